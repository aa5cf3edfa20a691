"""The lexical index against BM25 computed from its formula."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.index.lexical import LexicalBuilder, LexicalIndex, LexicalOptions, Postings
from rag.index.words import Words

WORDS = Words()
OPTIONS = LexicalOptions(title_weight=2, k1=1.3, b=0.6)
TEXT = st.lists(st.sampled_from(["graph", "kinase", "k-means", "sparse", "of", "protein"]), max_size=8).map(
    " ".join
)


def index_of(folder: Path, papers: list[tuple[str, str]]) -> LexicalIndex:
    builder = LexicalBuilder(WORDS, OPTIONS)
    for title, abstract in papers:
        builder.add(title, abstract)
    builder.save(folder / "lexical")
    return LexicalIndex([Postings(folder / "lexical")], WORDS, OPTIONS)


def bm25(papers: list[tuple[str, str]], query: str) -> list[float]:
    texts = [Counter(WORDS.terms(title) * 2 + WORDS.terms(abstract)) for title, abstract in papers]
    mean = sum(text.total() for text in texts) / len(texts)
    scores = []
    for text in texts:
        score = 0.0
        for term in set(WORDS.terms(query)):
            having = sum(term in other for other in texts)
            idf = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
            if text[term]:
                score += idf * text[term] / (text[term] + 1.3 * (1 - 0.6 + 0.6 * text.total() / mean))
        scores.append(score)
    return scores


@settings(max_examples=60, deadline=None)
@given(papers=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=12), query=TEXT, data=st.data())
def test_search_and_scores_equal_the_formula(
    papers: list[tuple[str, str]], query: str, data: st.DataObject
) -> None:
    mask = data.draw(st.none() | st.lists(st.booleans(), min_size=len(papers), max_size=len(papers)))
    k = data.draw(st.integers(0, 15))
    expected = bm25(papers, query)
    with TemporaryDirectory() as folder:
        index = index_of(Path(folder), papers)
        found = index.search(query, k, None if mask is None else np.array(mask, np.bool_))
        rows = np.arange(len(papers))
        assert index.scores(query, rows) == pytest.approx(expected, rel=1e-5)
    matching = [r for r in range(len(papers)) if expected[r] > 0 and (mask is None or mask[r])]
    assert len(found) == min(k, len(matching))
    assert {row for row, _ in found} <= set(matching)
    assert [score for _, score in found] == pytest.approx(
        sorted((expected[r] for r in matching), reverse=True)[: len(found)], rel=1e-5
    )
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))


@pytest.mark.parametrize("papers", [[], [("", "")], [("the", "of")], [("graph", "")]])
def test_tiny_corpora_answer(papers: list[tuple[str, str]], tmp_path: Path) -> None:
    index = index_of(tmp_path, papers)
    assert len(index.search("graph kinase", 5)) == sum("graph" in title for title, _ in papers)
    assert index.scores("kinase", np.arange(len(papers))).tolist() == [0.0] * len(papers)


@pytest.mark.parametrize("query", ["", "of the", "unheard", "\x00", "\ud800", "?" * 5000])
def test_a_query_without_a_known_term_finds_nothing(query: str, tmp_path: Path) -> None:
    assert index_of(tmp_path, [("graph", "kinase of the graph")]).search(query, 10) == []


def test_rarer_terms_weigh_more_and_unknown_ones_most(tmp_path: Path) -> None:
    index = index_of(tmp_path, [("graph", "kinase"), ("graph", "sparse"), ("graph", "")])
    assert index.idf("unheard") > index.idf("kinas") > index.idf("graph") > 0


def test_unknown_words_are_named_as_written_once_and_stopwords_never(tmp_path: Path) -> None:
    index = index_of(tmp_path, [("graph", "k-means")])
    assert index.unknown("The Florbs of graphs, kmeans, and florbs?") == ("florbs",)


def test_words_go_by_their_stems_that_of_most_papers_first(tmp_path: Path) -> None:
    index = index_of(tmp_path, [("graph", ""), ("graphs", "kinase"), ("kinases", "graph"), ("the", "of")])
    assert index.by_stem(["kinase", "graphing", "sparse", "kinases"]) == [
        ("graph", ["graphing"]),
        ("kinas", ["kinase", "kinases"]),
    ]
    assert index.by_stem(["sparse"]) == index.by_stem([]) == []


def test_the_papers_of_a_term_are_as_many_as_are_wanted(tmp_path: Path) -> None:
    index = index_of(tmp_path, [("graph", ""), ("kinase", ""), ("graphs", "graph")])
    assert index.rows("graph", 5) == [0, 2]
    assert index.rows("graph", 1) == [0]
    assert index.rows("unheard", 1) == []
