"""The doors over the real service with a language model behind it, and every way in which that one fails."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from rag.service import Service
from rag.settings import Settings, load_settings
from rag.types import Paper
from rag.wiring import open_service
from tests.fakes.app import running
from tests.fakes.embedding import WordHashEmbedding
from tests.fakes.live import beside_the_lanes, leave_after, live
from tests.fakes.llm_server import Behaviour, Fails, Hangs, LlmServer, Says, Sends
from tests.fakes.streams import parsed

FERNS = Paper(
    "ferns",
    "Shade and the growth of ferns",
    "Ferns in deep shade grow 12% slower than ferns in the open. "
    "Watering does not change the growth of ferns.",
    url="https://example.org/ferns",
)
ASKED = {"question": "How much slower do ferns grow in deep shade?"}
CHAT = {"model": "citewell", "messages": [{"role": "user", "content": ASKED["question"]}]}
TRUE = "Ferns in deep shade grow 12% slower than ferns in the open"
HALF = f"{TRUE} [1]. Watering does not change the growth of ferns [1]. And"


@pytest.fixture(scope="module")
def llm() -> Iterator[LlmServer]:
    with LlmServer() as server:
        yield server


@pytest.fixture(scope="module")
def settings(llm: LlmServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with one paper."""
    made = load_settings(
        data_dir=tmp_path_factory.mktemp("data"),
        llm_model="fake",
        llm_base_url=llm.base_url,
        llm_idle_timeout_s=5,
        concurrency=8,
    )
    service = open_service(made, WordHashEmbedding())
    service.ingest_papers([FERNS])
    for _ in range(2):  # the first call of a process imports half of the client
        service.ask(ASKED["question"])
    service.close()
    return made


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return app_of(settings)


def app_of(settings: Settings) -> FastAPI:
    def opener(_: object) -> Service:
        service = open_service(settings, WordHashEmbedding())
        service._answerer._threshold = 0.0  # how sure it must be was fitted for other vectors than these
        return service

    return create_app(opener, settings)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as client:
        yield client


async def post(client: httpx.AsyncClient, path: str, body: dict[str, Any], **more: Any) -> httpx.Response:
    response = await client.post(path, json={**body, **more}, timeout=30)
    assert response.status_code == 200, response.text
    return response


def lasting(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "timings_ms"}


@pytest.mark.parametrize(
    ("behaviour", "mode", "calls"),
    [
        (Says(f"{TRUE} [1]."), "llm", 1),
        (Says("NO ANSWER"), "llm", 1),
        (Fails(429, {"Retry-After": "0"}), "extractive", 2),
        (Fails(429, {"Retry-After": "3600"}), "extractive", 1),
        (Fails(500), "extractive", 2),
        (Fails(401), "extractive", 1),
        (Sends("<html><body>Sign in</body></html>", "text/html"), "extractive", 1),
        (Sends("data: {not json\n\n"), "extractive", 1),
        (Hangs(), "extractive", 1),
        (Says(f"{TRUE} [1]. And", finish=None), "extractive", 1),
        (Says(HALF, finish=None), "llm", 1),
        (Hangs(HALF), "llm", 1),
        (Says(HALF, finish="length"), "llm", 1),
    ],
    ids=lambda value: re.sub(r"\W+", " ", repr(value))[:40],
)
async def test_whatever_the_model_does_every_door_gives_the_same_checked_answer(
    client: httpx.AsyncClient, llm: LlmServer, behaviour: Behaviour, mode: str, calls: int
) -> None:
    llm.will(behaviour)
    llm.requests.clear()
    whole, streamed, chat, chunked = await asyncio.gather(
        post(client, "/v1/ask", ASKED),
        post(client, "/v1/ask", ASKED, stream=True),
        post(client, "/v1/chat/completions", CHAT),
        post(client, "/v1/chat/completions", CHAT, stream=True),
    )
    answer = whole.json()
    assert answer["mode"] == mode
    assert len(llm.requests) == 4 * calls
    assert bool(answer["degraded"]) is (behaviour not in (Says(f"{TRUE} [1]."), Says("NO ANSWER")))
    for citation in answer["citations"]:
        assert FERNS.abstract[citation["start"] : citation["end"]] == citation["quote"]
    events = parsed(streamed.text)
    assert [name for name, _ in events][-2:] == ["final", "done"]
    assert lasting(dict(events)["final"]) == lasting(answer)
    assert "".join(data["text"] for name, data in events if name == "delta") == answer["answer"]
    assert [data for name, data in events if name == "citation"] == answer["citations"]
    assert chat.json()["choices"][0]["message"]["content"] == answer["answer"]
    assert chat.json()["citations"] == answer["citations"]
    frames = [json.loads(frame.removeprefix("data: ")) for frame in chunked.text.split("\n\n")[:-2]]
    assert "".join(f["choices"][0]["delta"].get("content", "") for f in frames) == answer["answer"]
    reasons = {chat.json()["choices"][0]["finish_reason"], frames[-1]["choices"][0]["finish_reason"]}
    assert reasons == {"length" if behaviour == Says(HALF, finish="length") else "stop"}


async def test_a_question_for_a_model_of_ones_own_choice(client: httpx.AsyncClient, llm: LlmServer) -> None:
    llm.will(Says(f"{TRUE} [1]."))
    names = [model["id"] for model in (await client.get("/v1/models")).json()["data"]]
    assert names == ["citewell", "citewell-extractive", "citewell-llm"]
    modes = []
    for name in names:
        completion = (await post(client, "/v1/chat/completions", {**CHAT, "model": name})).json()
        modes.append((completion["citewell"]["mode"], completion["usage"]["total_tokens"]))
    assert modes == [("llm", 18), ("extractive", 0), ("llm", 18)]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
@pytest.mark.parametrize(("stream", "mark"), [(True, "data: "), (False, "")])
async def test_a_client_that_leaves_ends_the_call_to_the_model(
    settings: Settings, llm: LlmServer, path: str, stream: bool, mark: str
) -> None:
    async def until(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):  # nobody else ends the call before that
            while not holds():
                await asyncio.sleep(0.01)

    def all_asked() -> bool:
        return llm.running == 4

    body = {**(ASKED if path == "/v1/ask" else CHAT), "stream": stream}
    app = app_of(settings.model_copy(update={"llm_idle_timeout_s": 60}))
    backend = app.state.parts.backend
    llm.will(Hangs("Ferns", pings=True, most_s=60))
    async with live(app) as address:
        tasks = threads = 0
        for _ in range(3):
            await asyncio.gather(*(leave_after(mark, address, path, body, all_asked) for _ in range(4)))
            await until(lambda: not backend.in_flight)
            await until(lambda: llm.running == 0)
            tasks, threads = tasks or len(asyncio.all_tasks()), threads or beside_the_lanes()
        await until(lambda: len(asyncio.all_tasks()) <= tasks)
        await until(lambda: beside_the_lanes() <= threads)
