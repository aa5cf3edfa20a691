from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp_types import CallToolResult, TextContent

from api.app import create_app
from rag.errors import LibraryCorrupt, NotReady, TimedOut
from rag.settings import load_settings
from rag.wiring import open_service
from tests.fakes.app import app_over, running, served
from tests.fakes.embedding import WordHashEmbedding
from tests.fakes.llm_server import Hangs, LlmServer
from tests.fakes.mcp import over_http, over_socket, over_stdio
from tests.fakes.papers import PAPERS, SPARSE
from tests.fakes.whole import WholeService

QUESTION = "How is attention made sparse, and what does parsing need?"
HEADERS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@asynccontextmanager
async def client_of(service: WholeService) -> AsyncIterator[Client]:
    app = app_over(service)
    async with running(app), over_http(app) as client:
        yield client


async def called(client: Client, name: str, **arguments: Any) -> CallToolResult:
    return await client.call_tool(name, arguments)


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def test_the_tools_say_what_they_take_and_give_and_that_they_only_read(service: WholeService) -> None:
    async with client_of(service) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask_papers", "search_papers", "get_paper"}
        for tool in tools.values():
            assert tool.title
            assert tool.description
            assert tool.annotations is not None
            assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
            assert tool.input_schema["additionalProperties"] is False
            assert tool.output_schema is not None
            assert tool.output_schema["type"] == "object"
        assert set(tools["ask_papers"].input_schema["properties"]) == {
            "question", "history", "filters", "top_k", "mode",
        }  # fmt: skip


async def test_an_answer_is_the_very_body_that_http_sends_and_readable_too(service: WholeService) -> None:
    app = app_over(service)
    async with running(app) as http:
        body = (await http.post("/v1/ask", json={"question": QUESTION})).json()
        async with over_http(app) as client:
            result = await called(client, "ask_papers", question=QUESTION)
        kept = await http.get(f"/v1/answers/{body['id']}")
    assert result.structured_content == body
    assert text_of(result).splitlines()[2] == body["answer"]
    assert all(citation["quote"] in text_of(result) for citation in body["citations"])
    assert kept.status_code == 200


async def test_history_filters_and_mode_reach_the_service(service: WholeService) -> None:
    async with client_of(service) as client:
        result = await called(
            client,
            "ask_papers",
            question="What about it?",
            history=[{"role": "user", "content": "Tell me of parsing."}],
            filters={"year_from": 2021},
            top_k=1,
            mode="extractive",
        )
        assert result.structured_content is not None
        assert result.structured_content["standalone_question"] == "Tell me of parsing. What about it?"
        assert [each["paper_id"] for each in result.structured_content["retrieved"]] == ["parsing"]


async def test_papers_are_found_and_read(service: WholeService) -> None:
    async with client_of(service) as client:
        found = await called(client, "search_papers", query="sparse attention", top_k=2)
        assert found.structured_content is not None
        first = found.structured_content["results"][0]
        read = await called(client, "get_paper", paper_id=first["paper_id"])
        assert read.structured_content is not None
        assert read.structured_content["abstract"] == SPARSE.abstract
        assert json.loads(text_of(read)) == read.structured_content


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("ask_papers", {"question": " "}, "Correct the arguments"),
        ("ask_papers", {}, "question"),
        ("ask_papers", {"question": "x", "year_from": 2020}, "year_from"),
        ("ask_papers", {"question": "x", "top_k": 99}, "top_k"),
        ("search_papers", {"query": "x", "filters": {"yearfrom": 3}}, "filters.yearfrom"),
        ("get_paper", {"paper_id": "nosuch"}, "search_papers"),
        ("nosuch", {}, "nosuch"),
    ],
)
async def test_what_is_wrong_comes_back_as_an_error_to_act_on(
    service: WholeService, name: str, arguments: dict[str, Any], told: str
) -> None:
    async with client_of(service) as client:
        result = await client.call_tool(name, arguments)
        assert result.is_error
        assert told in text_of(result)


@pytest.mark.parametrize(
    ("error", "told", "untold"),
    [
        (NotReady("Too many requests at one time.", retry_after_s=7), "Call again in 7 s", "defect"),
        (LibraryCorrupt("The file /home/x is damaged."), "Tell the user", "/home/x"),
        (LibraryCorrupt("The file /home/x is damaged."), "under request id ", "this request id"),
        (TimedOut("It took too long."), "a lower top_k", "will not help"),
        (KeyError("insides"), "ask_papers", "insides"),
    ],
)
async def test_a_service_that_fails_is_told_without_its_insides(
    service: WholeService, error: Exception, told: str, untold: str
) -> None:
    def fail() -> None:
        raise error

    service.before_call = fail
    async with client_of(service) as client:
        result = await called(client, "ask_papers", question=QUESTION)
    assert result.is_error
    assert told in text_of(result)
    assert untold not in text_of(result)


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
async def test_the_address_needs_no_slash_and_no_session(http: httpx.AsyncClient, path: str) -> None:
    response = await http.post(path, json=PING, headers=HEADERS)
    assert (response.status_code, response.json()) == (200, {"jsonrpc": "2.0", "id": 1, "result": {}})
    assert "mcp-session-id" not in response.headers
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (lambda http: http.get("/mcp"), 405),
        (lambda http: http.delete("/mcp"), 405),
        (lambda http: http.post("/mcp", content=b"nonsense", headers=HEADERS), 400),
        (lambda http: http.post("/mcp", content=b"x" * 1_100_000, headers=HEADERS), 413),
        (lambda http: http.post("/mcp", json=PING, headers={"origin": "http://evil.example"}), 403),
        (lambda http: http.post("/mcp", json=PING, headers={"host": "evil.example"}), 403),
    ],
)
async def test_it_stands_behind_the_same_guards(
    http: httpx.AsyncClient, send: Callable[[httpx.AsyncClient], Any], status: int
) -> None:
    assert (await send(http)).status_code == status


@pytest.fixture
async def http(service: WholeService) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app_over(service)) as http:
        yield http


async def test_a_client_that_starts_it_itself_gets_the_same() -> None:
    expected = WholeService(PAPERS).ask(QUESTION)
    async with over_stdio("-m", "tests.fakes.serve", "mcp") as client:
        result = await called(client, "ask_papers", question=QUESTION)
        missing = await called(client, "get_paper", paper_id="nosuch")
    assert result.structured_content is not None
    assert result.structured_content["id"] == expected.id
    assert result.structured_content["answer"] == expected.answer
    assert missing.is_error


@asynccontextmanager
async def client_of_the_real_service(transport: str, folder: Path, llm: LlmServer) -> AsyncIterator[Client]:
    """Over a socket or standard input, with a language model behind."""
    settings = load_settings(data_dir=folder, llm_base_url=llm.base_url, llm_model="small", risk=0.5)
    filled = open_service(settings, WordHashEmbedding())
    filled.ingest_papers(PAPERS)
    filled.close()
    if transport == "http":
        app = create_app(lambda _: open_service(settings, WordHashEmbedding()), settings)
        with served(app) as url:
            async with over_socket(url) as client:
                yield client
    else:
        told = {"DATA_DIR": str(folder), "LLM_BASE_URL": llm.base_url, "LLM_MODEL": "small", "RISK": "0.5"}
        environment = {f"CITEWELL_{name}": value for name, value in told.items()}
        async with over_stdio("-m", "tests.fakes.serve_real", "mcp", **environment) as client:
            yield client


@pytest.mark.parametrize("transport", ["http", "stdio"])
async def test_a_call_that_its_client_gives_up_ends_the_model_s_too(tmp_path: Path, transport: str) -> None:
    with LlmServer() as llm:
        llm.will(Hangs(pings=True, most_s=60))
        async with client_of_the_real_service(transport, tmp_path, llm) as client:
            calling = asyncio.create_task(called(client, "ask_papers", question=QUESTION, mode="llm"))
            while not llm.requests:
                await asyncio.sleep(0.01)
            calling.cancel()
            async with asyncio.timeout(10):  # the model would hang for longer
                while not llm.closed.is_set():
                    await asyncio.sleep(0.01)
            assert not (await called(client, "get_paper", paper_id=SPARSE.id)).is_error
