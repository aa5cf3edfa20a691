"""Rules that hold for every input, and oracles that compute the same the slow way."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.auroc import auroc
from eval.metrics.overlap import longest_common_subsequence
from eval.metrics.retrieval import ranking_scores
from eval.metrics.risk_coverage import risk_coverage
from eval.metrics.spans import PaperSpan, matches

papers = st.sampled_from("abcdefghijklmno")
rankings = st.lists(papers, unique=True, max_size=15)
graded = st.dictionaries(papers, st.integers(0, 3), max_size=8)
judged = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=30)
spans = st.builds(
    lambda paper, start, length: PaperSpan(paper, start, start + length),
    st.sampled_from("ab"),
    st.integers(0, 50),
    st.integers(0, 30),
)


@given(graded, rankings)
def test_ranking_figures_equal_their_definitions(gold: dict[str, int], ranking: list[str]) -> None:
    found = ranking_scores(gold, ranking)
    relevant = {paper: grade for paper, grade in gold.items() if grade > 0}
    if not relevant:
        assert set(found.values()) == {None}
        return
    gains = [relevant.get(paper, 0) / math.log2(rank + 1) for rank, paper in enumerate(ranking[:10], 1)]
    best = sorted(relevant.values(), reverse=True)[:10]
    ideal = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(best, 1))
    first = next((rank for rank, paper in enumerate(ranking[:10], 1) if paper in relevant), None)
    assert found["ndcg@10"] == pytest.approx(sum(gains) / ideal)
    assert found["mrr@10"] == pytest.approx(1 / first if first else 0)
    for k in (1, 5, 10):
        share = len(set(ranking[:k]) & set(relevant)) / len(relevant)
        assert found[f"recall@{k}"] == pytest.approx(share)
    assert found["hit@5"] == float(any(paper in relevant for paper in ranking[:5]))


@given(judged)
def test_auroc_equals_the_share_of_pairs_in_order(rows: list[tuple[float, bool]]) -> None:
    ups = [score for score, positive in rows if positive]
    downs = [score for score, positive in rows if not positive]
    found = auroc(np.array([score for score, _ in rows]), np.array([positive for _, positive in rows]))
    if not ups or not downs:
        assert found is None
        return
    won = sum((up > down) + (up == down) / 2 for up, down in itertools.product(ups, downs))
    assert found == pytest.approx(won / (len(ups) * len(downs)))


@given(st.text("ab", max_size=8), st.text("abc", max_size=8))
def test_common_subsequence_equals_the_longest_found_by_trying_all(one: str, other: str) -> None:
    def holds(longer: str, part: tuple[str, ...]) -> bool:
        rest = iter(longer)
        return all(item in rest for item in part)

    tried = (
        size
        for size in range(len(one), -1, -1)
        for part in itertools.combinations(one, size)
        if holds(other, part)
    )
    assert longest_common_subsequence(one, other) == next(tried)


@given(judged)
def test_risk_ends_at_the_share_of_wrong_answers(rows: list[tuple[float, bool]]) -> None:
    wrong = np.array([flag for _, flag in rows])
    coverage, risk = risk_coverage(np.array([score for score, _ in rows]), wrong, len(rows))
    assert coverage[-1] == 1
    assert risk[-1] == pytest.approx(wrong.mean())
    assert bool(np.all((risk >= 0) & (risk <= 1)))


@given(spans, spans)
def test_matching_spans_is_symmetric_and_needs_common_words(one: PaperSpan, other: PaperSpan) -> None:
    assert matches(one, other) == matches(other, one)
    if matches(one, other):
        assert one.paper_id == other.paper_id
        assert max(one.start, other.start) < min(one.end, other.end)
