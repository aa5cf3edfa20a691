from __future__ import annotations

import hashlib
import re
from typing import Any

import httpx
import pytest

from tests.fakes.papers import PARSING, SPARSE
from tests.fakes.streams import parsed

QUESTION = "How is attention made sparse, and what does parsing need?"


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    response = await client.post("/v1/ask", json={"question": QUESTION, **body})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_an_answer_has_every_field_of_the_contract(client: httpx.AsyncClient) -> None:
    answer = await ask(client)
    assert set(answer) == {
        "id", "status", "confidence", "question", "standalone_question", "answer", "sentences", "citations",
        "retrieved", "refusal", "mode", "model", "degraded", "usage", "timings_ms", "index",
    }  # fmt: skip
    assert set(answer["sentences"][0]) == {
        "text", "start", "end", "citations", "supported", "support", "contradicted_by",
    }  # fmt: skip
    assert set(answer["citations"][0]) == {
        "number", "paper_id", "title", "authors", "year", "url", "quote", "start", "end", "sha256",
        "verified",
    }  # fmt: skip
    assert set(answer["retrieved"][0]) == {"paper_id", "title", "score", "stages"}
    assert answer["retrieved"][0]["stages"]["words"]["rank"] == 1
    assert set(answer["index"]) == {"generation", "papers", "embedding_model"}
    assert "total" in answer["timings_ms"]


async def test_citations_and_sentences_are_exact(client: httpx.AsyncClient) -> None:
    answer = await ask(client)
    abstracts = {paper.id: paper.abstract for paper in (SPARSE, PARSING)}
    assert {citation["paper_id"] for citation in answer["citations"]} == set(abstracts)
    for citation in answer["citations"]:
        abstract = abstracts[citation["paper_id"]]
        assert abstract[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["sha256"] == hashlib.sha256(abstract.encode()).hexdigest()
        assert citation["verified"] is True
    for sentence in answer["sentences"]:
        assert answer["answer"][sentence["start"] : sentence["end"]] == sentence["text"]
    numbers = {citation["number"] for citation in answer["citations"]}
    assert {int(number) for number in re.findall(r"\[(\d+)\]", answer["answer"])} == numbers


async def test_what_cannot_be_answered_says_what_is_missing(client: httpx.AsyncClient) -> None:
    answer = await ask(client, question="Who won the world cup?")
    assert answer["status"] == "insufficient_evidence"
    assert answer["citations"] == []
    assert answer["refusal"]["missing"] == ["world"]
    assert set(answer["refusal"]["nearest"][0]) == {"paper_id", "title"}


async def test_history_and_filters_reach_the_service(client: httpx.AsyncClient) -> None:
    history = [{"role": "user", "content": "Tell me of parsing.", "id": "handed back as it came"}]
    answer = await ask(client, question="What about it?", history=history, filters={"year_from": 2021})
    assert answer["standalone_question"] == "Tell me of parsing. What about it?"
    assert [citation["paper_id"] for citation in answer["citations"]] == ["parsing"]
    answer = await ask(client, filters={"paper_ids": [SPARSE.id]}, top_k=1)
    assert [hit["paper_id"] for hit in answer["retrieved"]] == [SPARSE.id]


async def test_null_means_not_given(client: httpx.AsyncClient) -> None:
    answer = await ask(client, history=None, filters=None)
    assert answer["status"] == "answered"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": "   "}, "question"),
        ({"question": "x" * 4001}, "question"),
        ({"question": None}, "question"),
        ({"question": ["x"]}, "question"),
        ({"question": "nul \0 in it"}, "question"),
        ({"question": "x", "top_k": 0}, "top_k"),
        ({"question": "x", "top_k": 10**6}, "top_k"),
        ({"question": "x", "top_k": "8"}, "top_k"),
        ({"question": "x", "top_k": True}, "top_k"),
        ({"question": "x", "top_k": 10**400}, "top_k"),
        ({"question": "x", "mode": "magic"}, "mode"),
        ({"question": "x", "stream": "yes"}, "stream"),
        ({"question": "x", "topk": 3}, "topk"),
        ({"question": "x", "filters": {"yearfrom": 3}}, "filters.yearfrom"),
        ({"question": "x", "filters": {"year_from": 2020.5}}, "filters.year_from"),
        ({"question": "x", "filters": {"year_to": 10**30}}, "filters.year_to"),
        ({"question": "x", "filters": {"sources": "one"}}, "filters.sources"),
        ({"question": "x", "history": [{"role": "system", "content": "x"}]}, "history.0.role"),
        ({"question": "x", "history": [{"role": "user"}]}, "history.0.content"),
    ],
)
async def test_a_malformed_request_names_its_field(
    client: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    response = await client.post("/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [fault["field"] for fault in response.json()["errors"]] == [field]


async def test_a_stream_gives_the_same_answer_in_order(client: httpx.AsyncClient) -> None:
    whole = await ask(client)
    response = await client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = parsed(response.text)
    names = [name for name, _ in found]
    assert names == ["retrieval", "citation", "delta", "citation", "delta", "final", "done"]
    assert found[0][1]["retrieved"] == whole["retrieved"]
    assert found[-2][1] == whole
    assert "".join(data["text"] for name, data in found if name == "delta") == whole["answer"]


async def test_a_marker_never_comes_before_its_citation(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    known: set[int] = set()
    for name, data in parsed(response.text):
        if name == "citation":
            known.add(data["number"])
        if name == "delta":
            assert {int(number) for number in re.findall(r"\[(\d+)\]", data["text"])} <= known


async def test_a_streamed_refusal_is_whole(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/ask", json={"question": "Who won the world cup?", "stream": True})
    assert [name for name, _ in parsed(response.text)] == ["retrieval", "delta", "final", "done"]


async def test_a_stream_that_fails_before_its_first_event_is_a_problem(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/ask", json={"question": " ", "stream": True})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
