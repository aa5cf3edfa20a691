from __future__ import annotations

from collections.abc import Iterator

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import get_response_synthesizer

from rag.retrieve import CitewellRetriever
from rag.types import Filters
from tests.rag.retrieve.world import World, world


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as made:
        yield made


def test_a_node_is_a_paper_with_its_winning_sentence(here: World) -> None:
    node = CitewellRetriever(here.search(), top_k=1).retrieve("annotated sentences for a parser")[0]
    assert node.node.node_id == "parsing"
    start, end = node.metadata["start"], node.metadata["end"]
    assert node.text[start:end] == "Our parser learns from a handful of annotated sentences."


def test_filters_are_those_of_the_search(here: World) -> None:
    retriever = CitewellRetriever(here.search(), filters=Filters(year_to=2018))
    assert [node.node.node_id for node in retriever.retrieve("noise")] == ["graphs"]


def test_an_engine_of_llamaindex_answers_from_it(here: World) -> None:
    engine = RetrieverQueryEngine(
        retriever=CitewellRetriever(here.search(), top_k=2),
        response_synthesizer=get_response_synthesizer(llm=MockLLM()),
    )
    answer = engine.query("What removes the noise of crowded rooms?")
    assert answer.source_nodes[0].node.node_id == "speech"
    assert "A neural network removes the noise of crowded rooms." in str(answer)
    assert "Speech in noise" in str(answer)
    assert "example.org" not in str(answer)


async def test_it_answers_when_awaited_too(here: World) -> None:
    nodes = await CitewellRetriever(here.search(), top_k=1).aretrieve("triangles")
    assert nodes[0].node.node_id == "graphs"
