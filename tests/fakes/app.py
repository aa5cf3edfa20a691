"""An app over a service in memory, reached without a socket or through one."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, cast

import httpx
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.backend import Opening
from rag.settings import Settings, load_settings
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service


def app_over(service: WholeService, settings: Settings | None = None) -> FastAPI:
    """An app whose service is there at once."""

    def opener(_: Opening) -> Service:
        return cast("Service", service)

    return create_app(opener, settings or load_settings())


@asynccontextmanager
async def running(app: FastAPI, *, ready: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that has started, once it is ready."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            while ready and (await client.get("/readyz")).status_code != httpx.codes.OK:
                await asyncio.sleep(0.005)
            yield client


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an app on a free port of loopback, served by a thread of this process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        url = "http://{}:{}".format(*listener.getsockname())
        try:
            while httpx.get(f"{url}/readyz").status_code != httpx.codes.OK:
                time.sleep(0.01)
            yield url
        finally:
            server.should_exit = True
            thread.join()
