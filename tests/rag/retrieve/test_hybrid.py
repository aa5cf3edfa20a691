from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.errors import IndexUnavailable, ModelFailed
from rag.index.dense import DenseIndex
from rag.index.lexical import LexicalIndex
from rag.retrieve import Mix, Reranker, Retrieved
from rag.types import Filters, Paper
from tests.fakes.embedding import WordHashEmbedding
from tests.rag.retrieve.world import PAPERS, World, world


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as made:
        yield made


def _ids(found: Retrieved) -> list[str]:
    return [hit.paper.id for hit in found.hits]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: p.id)
def test_a_paper_is_found_by_its_title_and_by_each_sentence(here: World, paper: Paper) -> None:
    search = here.search()
    for query in (paper.title, *paper.abstract.split(". ")):
        assert _ids(search.search(query, top_k=1)) == [paper.id]


def test_a_hit_shows_the_sentence_that_won(here: World) -> None:
    hit = here.search().search("learns from a handful of annotated sentences", top_k=1).hits[0]
    assert hit.snippet.of(hit.paper.abstract) == "Our parser learns from a handful of annotated sentences."


def test_scores_fall_and_lie_between_0_and_1(here: World) -> None:
    scores = [hit.score for hit in here.search().search("a neural network in noise", top_k=5).hits]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_every_stage_says_what_it_made_of_a_hit(here: World) -> None:
    hit = here.search().search("speech in noise of crowded rooms", top_k=1).hits[0]
    assert {name: stage.rank for name, stage in hit.stages.items()} == dict.fromkeys(
        ("bm25", "dense", "sentence", "late"), 1
    )


def test_a_paper_that_shares_no_word_has_no_lexical_rank(here: World) -> None:
    found = here.search().search("triangles", top_k=5)
    assert [hit.paper.id for hit in found.hits if "bm25" in hit.stages] == ["graphs"]


def test_no_more_papers_come_than_were_asked_for(here: World) -> None:
    search = here.search()
    for top_k in (1, 2, 5, 50):
        found = search.search("neural network", top_k=top_k)
        assert len(found.hits) == len(found.evidence) == min(top_k, len(PAPERS))
        assert len(set(_ids(found))) == len(found.hits)


def test_evidence_is_that_of_the_hit(here: World) -> None:
    found = here.search().search("amino acids", top_k=2)
    for hit, evidence in zip(found.hits, found.evidence, strict=True):
        assert hit.snippet in evidence.spans
        assert evidence.vectors.shape == (len(evidence.spans), 64)
        np.testing.assert_allclose(np.linalg.norm(evidence.vectors, axis=1), 1, atol=1e-3)
        assert evidence.tokens is not None
        assert evidence.tokens.starts.max() < len(hit.paper.abstract)


def test_what_was_retrieved_outlives_the_generation(tmp_path: Path) -> None:
    with world(tmp_path) as there:
        found = there.search().search("amino acids", top_k=1)
        there.library.remove(["speech"])
        there.indexes.rebuild(there.library)
        assert found.idf("amino") < found.idf("nowhere")
        tokens = found.evidence[0].tokens
        assert tokens is not None
        assert np.isfinite(tokens.floats()).all()


def test_without_late_interaction_the_mix_decides(here: World) -> None:
    mixed = here.search(weights=Mix(late=0)).search("neural network in noise", top_k=5)
    alone = here.search(weights=Mix(late=1)).search("neural network in noise", top_k=5)
    late = [hit.stages["late"].score for hit in alone.hits]
    assert late == sorted(late, reverse=True)
    assert mixed.hits[0].score != alone.hits[1].score


def test_a_model_without_token_vectors_is_searched_without_that_stage(tmp_path: Path) -> None:
    class Plain(WordHashEmbedding):
        def encode_passages(self, passages: Any) -> Any:
            return [replace(encoded, tokens=None) for encoded in super().encode_passages(passages)]

    with world(tmp_path, model=Plain(model_name="word-hash")) as there:
        hit = there.search().search("amino acids", top_k=1).hits[0]
    assert hit.paper.id == "proteins"
    assert set(hit.stages) == {"bm25", "dense", "sentence"}


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(paper_ids=("graphs", "speech", "gone")), {"graphs", "speech"}),
        (Filters(year_from=2019, year_to=2020), {"sparse", "proteins"}),
        (Filters(sources=("first.txt",), authors=("ada example",)), {"sparse"}),
        (Filters(categories=("cs.CL",)), set()),
    ],
)
def test_filters_hold_for_both_arms(here: World, filters: Filters, allowed: set[str]) -> None:
    for query in ("neural network", "triangles", "something else entirely"):
        assert set(_ids(here.search().search(query, top_k=5, filters=filters))) == allowed


def test_a_paper_is_found_by_its_name(tmp_path: Path) -> None:
    untitled = Paper("u/7", "", "Quokkas nap at noon.", year=2018)
    with world(tmp_path, (*PAPERS, untitled)) as papers:
        search = papers.search()
        for paper in (*PAPERS, untitled):
            assert search.called(paper.name, Filters()) == paper
        assert search.called(untitled.name, Filters(year_from=2018)) == untitled
        for name in (untitled.name, PAPERS[0].name):
            assert search.called(name, Filters(year_from=2020)) is None
        for name in ("“Speech”", "“The of and”", "Untitled paper 8", ""):
            assert search.called(name, Filters()) is None


def test_what_the_filters_hide_is_counted(here: World) -> None:
    only = Filters(paper_ids=("graphs",))
    assert here.search().search("triangles in streams of edges", top_k=1, filters=only).hidden == 0
    assert here.search().search("speech in noise", top_k=1, filters=only).hidden >= 1
    assert here.search().search("speech in noise", top_k=1).hidden == 0


def test_a_deleted_paper_is_gone_before_the_index_knows(tmp_path: Path) -> None:
    with world(tmp_path) as there:
        there.library.remove(["proteins"])
        found = there.search().search("amino acids", top_k=5)
    assert "proteins" not in _ids(found)
    assert len(found.hits) == 4


def test_a_changed_paper_is_left_out_until_the_index_knows_it(tmp_path: Path) -> None:
    changed = replace(PAPERS[2], abstract="Amino acids are another matter now.")
    with world(tmp_path) as there:
        there.store([changed])
        assert "proteins" not in _ids(there.search().search("amino acids", top_k=5))
        there.indexes.rebuild(there.library)
        assert there.search().search("amino acids", top_k=1).hits[0].paper.abstract == changed.abstract


def test_copies_of_a_paper_are_one_hit(tmp_path: Path) -> None:
    copy = replace(PAPERS[2], id="copy", abstract=PAPERS[2].abstract.upper())
    with world(tmp_path, (*PAPERS, copy)) as there:
        found = there.search().search("folding proteins amino acids", top_k=6)
    assert len({"proteins", "copy"} & set(_ids(found))) == 1
    assert len(found.hits) == 5


def test_a_pasted_title_comes_first(tmp_path: Path) -> None:
    title = "Noise and speech and noise in speech"
    loud = Paper("loud", title, "Nothing to the point.")
    decoys = [Paper(f"d{i}", f"{title} {i}", f"Noise and speech and noise in speech {i}.") for i in range(8)]
    with world(tmp_path, (*PAPERS, *decoys, loud)) as there:
        for query in (title, title.upper(), f"What does {title} say?"):
            hit = there.search().search(query, top_k=3).hits[0]
            assert (hit.paper.id, hit.score) == ("loud", 1)


def test_a_quoted_phrase_goes_before_its_scattered_words(tmp_path: Path) -> None:
    scattered = Paper(
        "scattered", "Speech speech", "In noise speech, speech in all noise, rooms crowded of noise."
    )
    with world(tmp_path, (*PAPERS, scattered)) as there:
        found = there.search().search('speech noise "the noise of crowded rooms"', top_k=2)
    assert _ids(found)[0] == "speech"


class _Pieces(WordHashEmbedding):
    """Knows no word whole but ``angles``."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [2 + len(text.replace("angles", "1").split()) * (1 + ("1" not in text)) for text in texts]


def test_what_the_model_knows_as_no_word_is_mended_and_told(here: World) -> None:
    search = World(here.library, here.indexes, _Pieces(model_name="word-hash")).search()
    found = search.search("trianglse", top_k=1)
    assert _ids(found) == ["graphs"]
    assert list(found.mended) == ["trianglse"]
    assert not search.search("angles", top_k=1).mended


def test_words_that_no_paper_has_are_told(here: World) -> None:
    assert here.search().search("noise of zeppelins", top_k=1).unknown == ("zeppelins",)


class _NoModel(WordHashEmbedding):
    def encode_query(self, text: str) -> Any:
        raise ModelFailed(f"No answer to {text!r}.")


def test_without_the_embedding_model_words_still_find(here: World) -> None:
    search = World(here.library, here.indexes, _NoModel(model_name="word-hash")).search()
    found = search.search("crowded rooms", top_k=3)
    assert found.degraded == ("embedding",)
    assert _ids(found) == ["speech"]
    assert set(found.hits[0].stages) == {"bm25"}
    assert found.query is None
    assert found.hits[0].snippet in found.evidence[0].spans


def _fail(*_: object) -> Any:
    raise RuntimeError("broken")


def test_without_the_store_vectors_are_compared_one_by_one(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = here.search().search("crowded rooms", top_k=3)
    monkeypatch.setattr(DenseIndex, "search", _fail)
    found = here.search().search("crowded rooms", top_k=3)
    assert found.degraded == ("dense",)
    assert found.hits == expected.hits


def test_without_any_vectors_words_still_find(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DenseIndex, "search", _fail)
    monkeypatch.setattr(DenseIndex, "scan", _fail)
    found = here.search().search("crowded rooms", top_k=3)
    assert found.degraded == ("dense", "vectors")
    assert _ids(found) == ["speech"]


def test_without_the_lexical_index_vectors_still_find(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LexicalIndex, "search", _fail)
    found = here.search().search("crowded rooms", top_k=3)
    assert found.degraded == ("bm25",)
    assert _ids(found)[0] == "speech"
    assert "bm25" not in found.hits[0].stages


def test_without_either_index_there_is_no_search(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LexicalIndex, "search", _fail)
    monkeypatch.setattr(DenseIndex, "search", _fail)
    monkeypatch.setattr(DenseIndex, "scan", _fail)
    with pytest.raises(IndexUnavailable, match="rebuild"):
        here.search().search("crowded rooms", top_k=3)


def test_an_empty_library_gives_nothing(tmp_path: Path) -> None:
    with world(tmp_path, ()) as there:
        found = there.search().search("anything", top_k=3)
    assert (found.hits, found.degraded) == ((), ())


@pytest.mark.parametrize("query", ["", " ", "???", "\x00", "\ud800", "\u202e rtl", "の" * 50, "word " * 5000])
def test_no_query_is_too_odd(here: World, query: str) -> None:
    assert here.search().search(query, top_k=2).degraded == ()


class _Backwards(BaseNodePostprocessor):
    """The papers the other way round, without the one that had been first."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        assert query_bundle is not None
        return [NodeWithScore(node=node.node, score=float(i)) for i, node in enumerate(nodes[:0:-1])]


def test_a_reranker_orders_what_it_is_shown(here: World) -> None:
    plain = here.search().search("neural network", top_k=5)
    turned = here.search(reranker=Reranker(_Backwards(), depth=3)).search("neural network", top_k=5)
    first, second, third, *rest = _ids(plain)
    assert _ids(turned) == [third, second, *rest]
    assert first not in _ids(turned)
    assert [hit.stages["rerank"].score for hit in turned.hits if "rerank" in hit.stages] == [0.0, 1.0]
    scores = [hit.score for hit in turned.hits]
    assert scores == sorted(scores, reverse=True)


class _Twice(BaseNodePostprocessor):
    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        assert query_bundle is not None
        return [nodes[0], nodes[0]]


def test_a_reranker_that_fails_is_gone_without(here: World) -> None:
    plain = here.search().search("neural network", top_k=5)
    found = here.search(reranker=Reranker(_Twice())).search("neural network", top_k=5)
    assert _ids(found) == _ids(plain)
    assert found.degraded == ("rerank",)


def test_every_stage_is_timed(here: World) -> None:
    timings = here.search().search("noise", top_k=1).timings_ms
    assert set(timings) == {"understand", "encode", "candidates", "read", "late", "order", "total"}
    assert sum(timings.values()) == pytest.approx(2 * timings["total"])
