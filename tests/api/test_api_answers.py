from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.wire.answers import EXPORTS
from rag.export import FORMATS, export
from rag.saved import Keeper
from rag.types import Citation, Paper, Span
from tests.fakes.app import app_over, running
from tests.fakes.papers import PAPERS
from tests.fakes.whole import MADE_BY, WholeService

ASKED: dict[str, Any] = {
    "question": "What about it?",
    "history": [{"role": "user", "content": "Tell me of sparse attention."}],
    "filters": {"year_from": 2001, "sources": [], "authors": ["Ada Example"]},
    "top_k": 3,
    "mode": "extractive",
}


async def answered(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    response = await client.post("/v1/ask", json=ASKED | more)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_an_answer_is_kept_as_it_was_sent(client: httpx.AsyncClient) -> None:
    for sent in (await answered(client), await answered(client, question="Who won?", history=[])):
        kept = (await client.get(f"/v1/answers/{sent['id']}")).json()
        receipt = kept.pop("receipt")
        assert kept == sent
        assert receipt["corpus"] == {"generation": 1, "revision": 1, "papers": 3}
        assert receipt["models"] == [{"role": "embedding", "name": "words", "sha256": ""}]
        assert set(receipt) == {
            "saved_at", "request", "corpus", "models", "prompts", "fitted", "settings", "code",
        }  # fmt: skip


async def test_the_receipt_holds_a_request_that_gives_the_same_answer(client: httpx.AsyncClient) -> None:
    sent = await answered(client)
    request = (await client.get(f"/v1/answers/{sent['id']}")).json()["receipt"]["request"]
    assert request["history"] == ASKED["history"]
    assert request["filters"]["authors"] == ["Ada Example"]
    assert (await client.post("/v1/ask", json=request)).json() == sent


async def test_a_streamed_answer_is_kept_too(client: httpx.AsyncClient) -> None:
    text = (await client.post("/v1/ask", json=ASKED | {"stream": True})).text
    sent = await answered(client)
    assert f'"id":"{sent["id"]}"' in text
    assert (await client.get(f"/v1/answers/{sent['id']}")).status_code == 200


@pytest.mark.parametrize("name", sorted(FORMATS))
async def test_an_answer_is_exported_in_every_format(
    client: httpx.AsyncClient, service: WholeService, name: str
) -> None:
    sent = await answered(client)
    response = await client.get(f"/v1/answers/{sent['id']}/export", params={"format": name})
    kind = FORMATS[name]
    assert response.headers["content-type"].partition(";")[0] == kind.media_type
    assert response.headers["content-disposition"].endswith(f'citewell-{sent["id"]}.{kind.suffix}"')
    assert response.content.decode() == export(service.saved_answer(sent["id"]).answer, name)
    assert sent["citations"][0]["quote"] in response.text.replace("\\", "")


def test_the_documented_files_are_what_is_written() -> None:
    paper = Paper(
        "notes",
        "Notes on the engine",
        "It can do whatever we know how to order it to perform.",
        ("Ada Lovelace",),
        1843,
    )
    citation = Citation(1, paper, Span(0, len(paper.abstract)), verified=True)
    one = replace(WholeService([paper]).ask("What can it do whatever?"), citations=(citation,))
    shown = {kind: content["example"] for kind, content in EXPORTS["content"].items()}
    for name in ("bibtex", "ris"):
        assert shown[FORMATS[name].media_type] == export(one, name)
    assert shown[FORMATS["csl"].media_type] == json.loads(export(one, "csl"))
    assert set(shown) == {each.media_type for each in FORMATS.values()}


async def test_feedback_is_kept_with_its_answer(client: httpx.AsyncClient, service: WholeService) -> None:
    sent = await answered(client)
    for given in (
        {"rating": "up"},
        {"rating": "down", "citation": 1},
        {"rating": "down", "comment": "Not \N{RIGHT-TO-LEFT OVERRIDE}this.", "citation": None},
    ):
        response = await client.post(f"/v1/answers/{sent['id']}/feedback", json=given)
        assert response.status_code == 201
        assert response.json().items() >= ({"answer_id": sent["id"]} | given).items()
    ((_, opinions),) = service.answers.rated()
    assert [(each.rating, each.citation) for each in opinions] == [("up", None), ("down", 1), ("down", None)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "rating"),
        ({"rating": "sideways"}, "rating"),
        ({"rating": "up", "citation": 99}, "citation"),
        ({"rating": "up", "citation": 0}, "citation"),
        ({"rating": "up", "citation": "1"}, "citation"),
        ({"rating": "up", "citation": 10**30}, "citation"),
        ({"rating": "up", "comment": "x" * 2001}, "comment"),
        ({"rating": "up", "comment": "nul \0"}, "comment"),
        ({"rating": "up", "stars": 5}, "stars"),
    ],
)
async def test_malformed_feedback_names_its_field(
    client: httpx.AsyncClient, given: dict[str, Any], field: str
) -> None:
    sent = await answered(client)
    response = await client.post(f"/v1/answers/{sent['id']}/feedback", json=given)
    assert response.status_code == 422
    assert [fault["field"] for fault in response.json()["errors"]] == [field]


async def test_an_answer_that_is_not_kept_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("/v1/answers/nosuch", "/v1/answers/nosuch/export?format=ris"):
        response = await client.get(path)
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
    assert (await client.post("/v1/answers/nosuch/feedback", json={"rating": "up"})).status_code == 404


async def test_where_answers_are_not_kept_the_reason_is_given() -> None:
    service = WholeService(PAPERS)
    service.keeper = Keeper(MADE_BY)
    async with running(app_over(service)) as client:
        sent = await answered(client)
        assert sent["degraded"] == []
        response = await client.get(f"/v1/answers/{sent['id']}")
    assert response.status_code == 404
    assert "CITEWELL_KEEP_ANSWERS" in response.json()["detail"]


async def test_an_export_needs_a_format_that_there_is(client: httpx.AsyncClient) -> None:
    sent = await answered(client)
    for query in ("", "?format=", "?format=endnote", "?format=%00"):
        assert (await client.get(f"/v1/answers/{sent['id']}/export{query}")).status_code == 422


async def test_a_title_cannot_add_a_header_or_a_file_name(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/answers/a%0d%0aSet-Cookie:x/export?format=ris")
    assert response.status_code == 404
    assert "set-cookie" not in response.headers
