"""The doors over the real service: the real readers, model, indexes and answers, on bundled papers."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from cli.main import main
from cli.session import Session
from data import bundled_papers
from rag.corpus import read_papers
from rag.saved.keeper import NOT_KEPT
from rag.settings import load_settings
from rag.types import Paper
from rag.wiring import open_service
from tests.fakes.app import running
from tests.fakes.hostile import ODD_TEXTS
from tests.fakes.mcp import over_http, over_stdio
from tests.fakes.streams import parsed


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Paper]]:
    """A data folder with some bundled papers in it."""
    folder = tmp_path_factory.mktemp("data")
    with bundled_papers()[0].open("rb") as stream:
        records = list(islice(read_papers(stream, name="first.txt"), 24))
    service = open_service(load_settings(data_dir=folder))
    service.ingest_papers(records)
    service.close()
    return folder, [record for record in records if isinstance(record, Paper)]


def app_of(folder: Path) -> FastAPI:
    settings = load_settings(data_dir=folder)
    return create_app(lambda _: open_service(settings), settings)


@asynccontextmanager
async def client_of(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app_of(folder)) as client:
        yield client


def lasting(body: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs from one run to the next: times, and the last digits of its figures.

    Another process may add up floats in another order.
    """

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: rounded(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [rounded(inner) for inner in value]
        return round(value, 5) if isinstance(value, float) else value

    return {name: rounded(value) for name, value in body.items() if name != "timings_ms"}


async def test_every_door_gives_the_same_answer(
    stored: tuple[Path, list[Paper]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, app = stored[0], app_of(stored[0])
    asked = {"question": "How can graph convolutional networks be simplified for recommendation?"}
    async with running(app) as client:
        whole = (await client.post("/v1/ask", json=asked)).json()
        streamed = parsed((await client.post("/v1/ask", json={**asked, "stream": True})).text)
        message = {"role": "user", "content": asked["question"]}
        chat = {"model": "citewell", "messages": [message]}
        completion = (await client.post("/v1/chat/completions", json=chat)).json()
        async with over_http(app) as tools:
            called = await tools.call_tool("ask_papers", asked)
        saved = (await client.get(f"/v1/answers/{whole['id']}")).json()
    start = "from cli.main import run; run()"
    async with over_stdio("-c", start, "--data-dir", str(folder), "mcp") as tools:
        started = await tools.call_tool("ask_papers", asked)
    assert whole["status"] == "answered"
    assert any(citation["title"].startswith("UltraGCN") for citation in whole["citations"])
    assert lasting(dict(streamed)["final"]) == lasting(whole)
    assert "".join(data["text"] for name, data in streamed if name == "delta") == whole["answer"]
    assert completion["choices"][0]["message"]["content"] == whole["answer"]
    assert completion["citations"] == whole["citations"]
    for result in (called, started):
        assert result.structured_content is not None
        assert lasting(result.structured_content) == lasting(whole)
    assert lasting({name: value for name, value in saved.items() if name != "receipt"}) == lasting(whole)
    assert main(["--data-dir", str(folder), "ask", asked["question"], "--json"], Session()) == 0
    assert lasting(json.loads(capsys.readouterr().out)) == lasting(whole)
    assert main(["--data-dir", str(folder), "replay", whole["id"]], Session()) == 0
    assert capsys.readouterr() == ("The same answer.\n", "")


async def test_every_quote_is_in_the_paper_that_the_service_shows(stored: tuple[Path, list[Paper]]) -> None:
    folder, papers = stored
    checked = 0
    async with client_of(folder) as client:
        for paper in papers[:12]:
            answer = (
                await client.post("/v1/ask", json={"question": f"What does {paper.title} show?"})
            ).json()
            for citation in answer["citations"]:
                shown = (await client.get(f"/v1/papers/{citation['paper_id']}")).json()
                assert shown["abstract"][citation["start"] : citation["end"]] == citation["quote"]
                assert hashlib.sha256(shown["abstract"].encode()).hexdigest() == citation["sha256"]
                checked += 1
    assert checked


async def test_odd_questions_are_answered_or_refused(stored: tuple[Path, list[Paper]]) -> None:
    async with client_of(stored[0]) as client:
        for path, name in (("/v1/ask", "question"), ("/v1/search", "query")):
            for label, text in ODD_TEXTS.items():
                content = json.dumps({name: text})
                headers = {"content-type": "application/json"}
                response = await client.post(path, content=content, headers=headers)
                assert response.status_code in (200, 413, 422), (path, label, response.text[:300])


async def test_a_removed_paper_is_in_no_later_search_or_answer(
    stored: tuple[Path, list[Paper]], tmp_path: Path
) -> None:
    folder, papers = stored
    shutil.copytree(folder, tmp_path / "data")
    (tmp_path / "data" / "answers.sqlite3").write_bytes(b"no database " * 999)  # and it answers all the same
    sought = {"query": papers[3].title}
    async with client_of(tmp_path / "data") as client:
        assert (await client.post("/v1/search", json=sought)).json()["results"][0]["paper_id"] == papers[3].id
        assert (await client.delete(f"/v1/papers/{papers[3].id}")).status_code == 204
        found = (await client.post("/v1/search", json=sought)).json()
        answer = (
            await client.post("/v1/ask", json={"question": f"What does {papers[3].title} show?"})
        ).json()
        kept = await client.get(f"/v1/answers/{answer['id']}")
    assert answer["degraded"] == [NOT_KEPT]
    assert (kept.status_code, "sqlite" in kept.text) == (503, False)
    assert papers[3].id not in {result["paper_id"] for result in found["results"]}
    assert papers[3].id not in {citation["paper_id"] for citation in answer["citations"]}


async def test_the_corpus_tells_what_filters_can_name_and_they_narrow_the_list(
    stored: tuple[Path, list[Paper]], tmp_path: Path
) -> None:
    shutil.copytree(stored[0], tmp_path / "data")
    named = {"authors": ["Ada Example"], "categories": ["cs.CL"], "source": "own", "year": 2021}
    added = [{"title": "Sparse words", "abstract": "Words are few here.", **named}]
    async with client_of(tmp_path / "data") as client:
        job = (await client.post("/v1/papers", json=added)).json()
        while (job := (await client.get(f"/v1/jobs/{job['id']}")).json())["state"] in ("queued", "running"):
            pass
        corpus = (await client.get("/v1/corpus")).json()
        lists = [
            (await client.get(f"/v1/papers?{limits}")).json()["items"]
            for limits in (
                "author=ADA%20example",
                "category=cs.CL&year_from=2021&year_to=2021",
                "source=own&source=nothing&q=sparse",
            )
        ]
        none = (await client.get("/v1/papers", params={"author": "Ada Example", "year_from": 2022})).json()
        wrong = await client.get("/v1/papers", params={"year_from": 2022, "year_to": 2021})
    assert corpus["papers"] == len(stored[1]) + 1
    assert corpus["facets"]["years"] == [{"name": "2021", "papers": 1}]
    assert corpus["facets"]["authors"] == [{"name": "Ada Example", "papers": 1}]
    assert {facet["name"] for facet in corpus["facets"]["sources"]} == {"first.txt", "own"}
    assert corpus["examples"]
    assert [[paper["title"] for paper in papers] for papers in lists] == [["Sparse words"]] * 3
    assert none["items"] == []
    assert wrong.status_code == 422
