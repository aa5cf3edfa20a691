from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from api import stream
from rag.errors import LibraryCorrupt, NotReady, Stopped
from rag.events import AskEvent, Retrieval
from rag.settings import load_settings
from rag.types import Cancelled
from tests.fakes.app import app_over, running, served
from tests.fakes.live import beside_the_lanes, leave_after, live
from tests.fakes.process import Server, server
from tests.fakes.streams import parsed
from tests.fakes.whole import WholeService

QUESTION = "How is attention made sparse?"
ASKED = {"question": QUESTION, "stream": True}
CHAT = {"model": "citewell", "messages": [{"role": "user", "content": QUESTION}], "stream": True}

TOOL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask_papers", "arguments": {"question": QUESTION}},
}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.005)


def test_what_was_retrieved_is_there_before_anything_is_written(service: WholeService) -> None:
    seen = threading.Event()

    def wait(*_: object) -> None:
        seen.wait(20)

    service.after_event = wait
    with (
        served(app_over(service)) as url,
        httpx.stream("POST", f"{url}/v1/ask", json=ASKED, timeout=30) as response,
    ):
        lines = response.iter_lines()
        assert next(lines) == "event: retrieval"
        seen.set()
        assert "event: done" in list(lines)


async def test_silence_is_filled_with_comments(
    client: httpx.AsyncClient, service: WholeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)
    service.after_event = lambda event, _: time.sleep(0.3) if isinstance(event, Retrieval) else None
    for path, body in (("/v1/ask", ASKED), ("/v1/chat/completions", CHAT)):
        frames = (await client.post(path, json=body)).text.split("\n\n")
        assert ": ping" in frames[1:-2]
        assert ": ping" not in (frames[0], frames[-2])


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (NotReady("The store is away."), 503, True),
        (LibraryCorrupt("/secret/folder is damaged"), 503, False),
        (KeyError("/secret"), 500, False),
        (TimeoutError("/secret"), 500, False),
    ],
)
async def test_a_failure_after_the_first_event_is_the_last_event(
    client: httpx.AsyncClient, service: WholeService, error: Exception, status: int, told: bool
) -> None:
    def fail(*_: object) -> None:
        raise error

    service.after_event = fail
    response = await client.post("/v1/ask", json=ASKED)
    assert response.status_code == 200
    (first, _), (last, problem) = parsed(response.text)
    assert (first, last) == ("retrieval", "error")
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    assert (problem["detail"] == str(error)) is told
    assert "/secret" not in response.text


async def test_events_are_numbered_and_nothing_may_hold_them_back(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/v1/ask", json=ASKED)
    numbers = [line.removeprefix("id: ") for line in response.text.split("\n") if line.startswith("id: ")]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"


def wait_until_cancelled(event: AskEvent, cancelled: Cancelled) -> None:
    """Write nothing until nobody listens any more."""
    given_up = time.monotonic() + 20
    while isinstance(event, Retrieval) and time.monotonic() < given_up:
        if cancelled():
            raise Stopped("Nobody listens.")
        time.sleep(0.002)


@pytest.mark.parametrize(
    ("path", "body", "mark"),
    [
        ("/v1/ask", ASKED, "event: retrieval"),
        ("/v1/chat/completions", CHAT, '"assistant"'),
        ("/v1/ask", {**ASKED, "stream": False}, ""),
        ("/v1/chat/completions", {**CHAT, "stream": False}, ""),
        ("/mcp", TOOL, ""),
    ],
    ids=["ask, streamed", "chat, streamed", "ask", "chat", "tool"],
)
async def test_clients_that_leave_leave_nothing_behind(
    service: WholeService, path: str, body: dict[str, Any], mark: str
) -> None:
    service.after_event = wait_until_cancelled
    app = app_over(service, load_settings(concurrency=8, waiting=64))
    backend = app.state.parts.backend
    async with live(app) as address:
        tasks = threads = 0
        for _ in range(16):
            leaving = (
                leave_after(mark, address, path, body, lambda: backend.in_flight > 0) for _ in range(8)
            )
            async with asyncio.timeout(30):
                await asyncio.gather(*leaving)
            await until(lambda: not backend.in_flight)
            tasks, threads = tasks or len(asyncio.all_tasks()), threads or beside_the_lanes()
        await until(lambda: len(asyncio.all_tasks()) <= tasks)
        await until(lambda: beside_the_lanes() <= threads)
        service.after_event = lambda *_: None
        async with httpx.AsyncClient(base_url="http://{}:{}".format(*address)) as client:
            assert (await client.post("/v1/ask", json=ASKED)).text.endswith("data: {}\nid: 5\n\n")


async def test_a_server_that_stops_says_so_and_takes_no_more(service: WholeService) -> None:
    service.after_event = wait_until_cancelled
    async with running(app_over(service)) as other:
        backend = other._transport.app.state.parts.backend  # type: ignore[attr-defined]
        live_streams = [
            asyncio.create_task(other.post("/v1/ask", json=ASKED)),
            asyncio.create_task(other.post("/v1/chat/completions", json=CHAT)),
            asyncio.create_task(other.post("/v1/ask", json={**ASKED, "stream": False})),
        ]
        await until(lambda: backend.in_flight == 3)
        backend.drain(0.2)
        ready = await other.get("/readyz")
        refused = await other.post("/v1/search", json={"query": "attention"})
        assert ready.json()["not_ready"] == ["the server is being stopped"]
        assert (ready.status_code, refused.status_code) == (503, 503)
        streamed, chat, whole = await asyncio.gather(*live_streams)
    assert [name for name, _ in parsed(streamed.text)] == ["retrieval", "error"]
    assert parsed(streamed.text)[-1][1]["type"].endswith(":stopped")
    assert json.loads(chat.text.split("\n\n")[-2].removeprefix("data: "))["error"]["code"] == "stopped"
    assert (whole.status_code, whole.json()["type"]) == (503, "urn:citewell:problem:stopped")


def listen(running: Server, question: str, heard: threading.Barrier) -> str:
    """The whole stream; others wait at the barrier until it has begun."""
    body = {"question": question, "stream": True}
    with httpx.stream("POST", f"{running.url}/v1/ask", json=body, timeout=60) as response:
        parts = response.iter_text()
        text = next(parts)
        heard.wait(60)
        return text + "".join(parts)


def test_on_sigterm_live_streams_finish_or_end_with_an_error_and_the_server_ends_well() -> None:
    heard = threading.Barrier(3)
    with server("tests.fakes.serve_slow") as running, ThreadPoolExecutor(2) as pool:
        soon = pool.submit(listen, running, QUESTION, heard)
        never = pool.submit(listen, running, f"{QUESTION} And forever?", heard)
        heard.wait(60)
        status, log = running.stop(signal.SIGTERM)
        assert [name for name, _ in parsed(soon.result())][-2:] == ["final", "done"]
        name, problem = parsed(never.result())[-1]
    assert (name, problem["status"]) == ("error", 503)
    assert status == 0
    assert "Traceback" not in log
