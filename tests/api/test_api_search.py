from __future__ import annotations

import httpx

from tests.fakes.papers import PAPERS, SPARSE


async def test_results_have_the_fields_of_the_contract(client: httpx.AsyncClient) -> None:
    body = (await client.post("/v1/search", json={"query": "sparse translation", "top_k": 2})).json()
    first = body["results"][0]
    assert {"paper_id", "title", "score", "snippet", "stages"} <= set(first)
    assert first["paper_id"] == SPARSE.id
    assert first["stages"] == {"words": {"rank": 1, "score": first["score"]}}
    assert "total" in body["timings_ms"]


async def test_snippets_are_exact(client: httpx.AsyncClient) -> None:
    abstracts = {paper.id: paper.abstract for paper in PAPERS}
    body = (await client.post("/v1/search", json={"query": "attention parsing speech heard"})).json()
    assert len(body["results"]) == 3
    for result in body["results"]:
        snippet = result["snippet"]
        assert abstracts[result["paper_id"]][snippet["start"] : snippet["end"]] == snippet["text"]


async def test_filters_limit_a_search(client: httpx.AsyncClient) -> None:
    sought = {"query": "attention parsing", "filters": {"year_from": 2020}}
    body = (await client.post("/v1/search", json=sought)).json()
    assert [result["paper_id"] for result in body["results"]] == ["parsing"]
