"""An app on loopback, on the event loop of the test, and clients that leave in the middle."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI


@asynccontextmanager
async def live(app: FastAPI) -> AsyncIterator[tuple[str, int]]:
    """Host and port of an app that is ready."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        host, port = listener.getsockname()
        try:
            async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
                while (await client.get("/readyz")).status_code != httpx.codes.OK:
                    await asyncio.sleep(0.01)
            yield host, port
        finally:
            server.should_exit = True
            await serving


async def leave_after(
    mark: str,
    address: tuple[str, int],
    path: str,
    body: dict[str, Any],
    when: Callable[[], bool] = lambda: True,
) -> None:
    """Post, read until something has come (nothing where the mark is empty), and hang up when it is time."""
    reader, writer = await asyncio.open_connection(*address)
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nContent-Type: application/json\r\n"
    head += "Accept: application/json, text/event-stream\r\n"
    writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
    await writer.drain()
    if mark:
        await reader.readuntil(mark.encode())
    while not when():
        await asyncio.sleep(0.005)
    writer.close()
    await writer.wait_closed()


def beside_the_lanes() -> int:
    """Threads but for those that wait for the next call: their number is bounded, and grows as it likes.

    Such are the lanes, and the pool behind ``asyncio.to_thread``.
    """
    return sum(not thread.name.startswith(("citewell-", "asyncio_")) for thread in threading.enumerate())
