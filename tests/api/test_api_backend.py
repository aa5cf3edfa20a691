from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from api.app import QUESTION_BYTES, create_app
from api.backend import Backend, Opening
from rag.errors import LibraryLocked
from rag.settings import load_settings
from tests.fakes.app import app_over, running
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from rag.service import Service

ASKED = {"question": "How is attention made sparse?"}


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.005)


def wait_for(event: threading.Event) -> Callable[[], None]:
    def wait() -> None:
        event.wait(60)

    return wait


async def test_health_answers_while_the_service_is_being_opened() -> None:
    hold, service = threading.Event(), WholeService(PAPERS)

    def opener(opening: Opening) -> Service:
        opening.say("the shelves are being dusted")
        hold.wait(60)
        return cast("Service", service)

    async with running(create_app(opener, load_settings()), ready=False) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        waiting = await client.get("/readyz")
        assert waiting.status_code == 503
        assert waiting.json()["type"].endswith(":not-ready")
        assert waiting.json()["not_ready"] == ["the shelves are being dusted"]
        asked = await client.post("/v1/ask", json=ASKED)
        assert asked.status_code == 503
        assert int(asked.headers["retry-after"]) >= 1
        assert (await client.post("/v1/papers", json=[])).status_code == 503
        assert b"citewell_ready 0.0" in (await client.get("/metrics")).content
        hold.set()
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.005)
        assert (await client.post("/v1/ask", json=ASKED)).status_code == 200
    assert service.closed


async def test_a_service_that_cannot_be_opened_is_told_without_its_insides() -> None:
    def opener(_: Opening) -> Service:
        raise LibraryLocked("Process 7 holds /secret/folder; stop it.")

    async with running(create_app(opener, load_settings()), ready=False) as client:
        while "could not be opened" not in (ready := await client.get("/readyz")).text:
            await asyncio.sleep(0.005)
        asked = await client.post("/v1/ask", json=ASKED)
    assert ready.status_code == asked.status_code == 503
    assert asked.json()["type"].endswith("library-locked")
    assert "/secret/folder" not in ready.text + asked.text


async def test_readiness_follows_the_service(client: httpx.AsyncClient, service: WholeService) -> None:
    service.unready = ("the index is being rebuilt",)
    assert (await client.get("/readyz")).json()["not_ready"] == ["the index is being rebuilt"]
    service.unready = ()
    assert (await client.get("/readyz")).status_code == 200


async def test_what_probes_the_service_keeps_nobody_waiting(
    client: httpx.AsyncClient, service: WholeService
) -> None:
    probing = set()

    def not_ready() -> tuple[str, ...]:
        probing.add(threading.current_thread())
        return ()

    service.not_ready = not_ready  # type: ignore[method-assign]
    for path in ("/readyz", "/metrics"):
        assert (await client.get(path)).status_code == 200
        assert probing
        assert threading.current_thread() not in probing
        probing.clear()


async def test_more_calls_than_can_wait_are_refused_and_health_still_answers() -> None:
    service, hold = WholeService(PAPERS), threading.Event()
    service.before_call = wait_for(hold)
    async with running(app_over(service, load_settings(concurrency=1, waiting=1))) as client:
        running_or_waiting = [asyncio.create_task(client.post("/v1/ask", json=ASKED)) for _ in range(2)]
        await asyncio.sleep(0.05)
        refused = await client.post("/v1/ask", json=ASKED)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert (await client.get("/healthz")).status_code == 200
        assert b"citewell_calls 2.0" in (await client.get("/metrics")).content
        hold.set()
        assert [response.status_code for response in await asyncio.gather(*running_or_waiting)] == [200, 200]
        assert (await client.post("/v1/ask", json=ASKED)).status_code == 200


async def test_a_caller_that_leaves_gives_up_its_place() -> None:
    service, hold = WholeService(PAPERS), threading.Event()
    service.before_call = wait_for(hold)
    app = app_over(service, load_settings(concurrency=1, waiting=1))
    async with running(app) as client:
        backend = app.state.parts.backend
        first = asyncio.create_task(client.post("/v1/ask", json=ASKED))
        await until(lambda: backend.in_flight == 1)
        second = asyncio.create_task(client.post("/v1/ask", json=ASKED))
        await until(lambda: backend.in_flight == 2)
        second.cancel()
        await until(lambda: backend.in_flight == 1)
        hold.set()
        assert (await first).status_code == 200


async def test_a_change_that_waits_keeps_no_question_waiting() -> None:
    service, hold = WholeService(PAPERS), threading.Event()
    remove = service.remove

    def slow(paper_ids: Sequence[str]) -> tuple[str, ...]:
        hold.wait(60)
        return remove(paper_ids)

    service.remove = slow  # type: ignore[method-assign]
    app = app_over(service, load_settings(concurrency=1))
    async with running(app) as client:
        changes = [asyncio.create_task(client.delete(f"/v1/papers/{name}")) for name in ("parsing", "speech")]
        await until(lambda: app.state.parts.backend.in_flight == 2)
        assert (await client.post("/v1/ask", json=ASKED)).status_code == 200
        hold.set()
        assert [response.status_code for response in await asyncio.gather(*changes)] == [204, 204]


async def test_answers_that_take_long_keep_no_search_waiting() -> None:
    service, hold = WholeService(PAPERS), threading.Event()
    service.after_event = lambda *_: wait_for(hold)()
    app = app_over(service, load_settings(concurrency=1))
    async with running(app) as client:
        asked = asyncio.create_task(client.post("/v1/ask", json=ASKED))
        await until(lambda: app.state.parts.backend.in_flight == 1)
        assert (await client.post("/v1/search", json={"query": "attention"})).status_code == 200
        assert not asked.done()
        hold.set()
        assert (await asked).status_code == 200


@pytest.mark.parametrize(("model", "answers"), [({}, 3), ({"llm_model": "fake", "llm_concurrency": 5}, 8)])
def test_more_answers_run_where_some_wait_for_a_language_model(model: dict[str, Any], answers: int) -> None:
    backend = Backend.of(lambda _: cast("Service", None), load_settings(concurrency=3, **model))
    assert backend._answers._pool._max_workers == answers
    backend._answers.stop()


async def test_stopping_while_opening_tells_the_opener() -> None:
    told = threading.Event()

    def opener(opening: Opening) -> Service:
        if opening.cancelled.wait(60):
            told.set()
        return cast("Service", WholeService())

    async with running(create_app(opener, load_settings()), ready=False):
        pass
    assert told.is_set()


@pytest.mark.parametrize("declared", [True, False])
async def test_a_large_body_is_refused(client: httpx.AsyncClient, declared: bool) -> None:
    body = b" " * (QUESTION_BYTES + 1)

    async def chunks() -> object:
        yield body

    content = body if declared else chunks()
    response = await client.post("/v1/ask", content=content, headers={"content-type": "application/json"})  # type: ignore[arg-type]
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


async def test_papers_may_be_larger_than_questions() -> None:
    settings = load_settings(max_body_bytes=2 * QUESTION_BYTES)
    async with running(app_over(WholeService(), settings)) as client:
        fits = await client.post("/v1/papers", json=[{"title": "x" * (QUESTION_BYTES + 1)}])
        assert fits.status_code == 202
        large = await client.post("/v1/papers", content=b"x" * (2 * QUESTION_BYTES + 1))
        assert large.status_code == 413


async def test_figures_count_requests_stages_and_refusals(client: httpx.AsyncClient) -> None:
    await client.post("/v1/ask", json=ASKED)
    await client.post("/v1/ask", json={"question": "Who won the world cup?"})
    await client.get("/v1/papers/parsing")
    await client.get("/nosuch/secret")
    await client.get("/static/page.css")
    text = (await client.get("/metrics")).text
    assert 'citewell_answers_total{mode="extractive",status="insufficient_evidence"} 1.0' in text
    assert 'citewell_requests_total{method="POST",route="/v1/ask",status="200"} 2.0' in text
    assert 'route="/v1/papers/{paper_id:path}"' in text
    assert 'route="unmatched",status="404"' in text
    assert 'route="/static",status="200"' in text
    assert 'citewell_stage_seconds_count{call="ask",stage="retrieve"} 2.0' in text
    assert "citewell_index_papers 3.0" in text
    assert "secret" not in text


@pytest.mark.parametrize("body", [ASKED, ASKED | {"stream": True}, {}])
async def test_a_request_is_counted_once_and_before_its_end_is_sent(body: dict[str, object]) -> None:
    app, shown = app_over(WholeService(PAPERS)), list[str]()
    async with running(app) as client:

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            async def counted_yet(message: Message) -> None:
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    shown.append((await client.get("/metrics")).text)
                await send(message)

            await app(scope, receive, counted_yet)

        transport = httpx.ASGITransport(watched)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as asking:
            status = (await asking.post("/v1/ask", json=body)).status_code
        shown.append((await client.get("/metrics")).text)
    line = f'citewell_requests_total{{method="POST",route="/v1/ask",status="{status}"}} 1.0'
    assert [line in text for text in shown] == [True, True]
