from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from rag.index.lexical import LexicalBuilder, LexicalIndex, LexicalOptions, Postings
from rag.index.words import Words
from rag.retrieve.fuse import Scores, information, mix, ranks

_FINITE = st.floats(-(2.0**99), 2.0**99, width=32)
_SCORES = st.integers(0, 30).flatmap(lambda n: arrays(np.float32, n, elements=_FINITE))


@st.composite
def _stages(draw: st.DrawFn) -> tuple[dict[str, Scores], dict[str, float]]:
    size = draw(st.integers(1, 12))
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True))
    stages: dict[str, Scores] = {name: draw(arrays(np.float32, size, elements=_FINITE)) for name in names}
    return stages, {name: draw(st.floats(0.0625, 4)) for name in names}


@given(_stages())
def test_the_order_in_which_stages_are_given_does_not_matter(
    drawn: tuple[dict[str, Scores], dict[str, float]],
) -> None:
    stages, weights = drawn
    turned = dict(reversed(stages.items()))
    np.testing.assert_array_equal(mix(stages, weights), mix(turned, weights))


@given(_stages(), st.data())
def test_the_order_in_which_papers_are_given_does_not_matter(
    drawn: tuple[dict[str, Scores], dict[str, float]], data: st.DataObject
) -> None:
    stages, weights = drawn
    size = len(next(iter(stages.values())))
    order = np.array(data.draw(st.permutations(range(size))), np.int64)
    moved = {name: scores[order] for name, scores in stages.items()}
    np.testing.assert_array_equal(mix(stages, weights)[order], mix(moved, weights))


@given(_stages())
def test_a_paper_that_every_stage_likes_better_is_not_behind(
    drawn: tuple[dict[str, Scores], dict[str, float]],
) -> None:
    stages, weights = drawn
    mixed = mix(stages, weights)
    size = len(mixed)
    for one in range(size):
        for other in range(size):
            if all(scores[one] >= scores[other] for scores in stages.values()):
                assert mixed[one] >= mixed[other]


@given(_stages())
def test_mixed_scores_are_finite_and_from_0_to_1(drawn: tuple[dict[str, Scores], dict[str, float]]) -> None:
    mixed = mix(*drawn)
    assert np.isfinite(mixed).all()
    assert ((mixed >= 0) & (mixed <= 1)).all()


def test_a_stage_without_a_weight_does_not_count() -> None:
    stages = {"a": _of(0.1, 0.2, 0.3), "b": _of(0.9, 0, 0)}
    np.testing.assert_allclose(mix(stages, {"a": 2}), [0.1, 0.2, 0.3])


def test_weights_are_shares() -> None:
    stages = {"a": _of(0, 1, 0.5), "b": _of(1, 0, 0)}
    np.testing.assert_allclose(mix(stages, {"a": 3, "b": 1}), [0.25, 0.75, 0.375])


def test_what_a_paper_scores_does_not_depend_on_the_others() -> None:
    alone = mix({"a": _of(0.3), "b": _of(0.9)}, {"a": 1, "b": 2})
    among = mix({"a": _of(0.3, -1, 1), "b": _of(0.9, 1, -1)}, {"a": 1, "b": 2})
    assert alone[0] == among[0]


@given(_SCORES)
def test_ranks_count_from_1_and_follow_the_scores(scores: Scores) -> None:
    given_ranks = ranks(scores)
    assert sorted(given_ranks.tolist()) == list(range(1, len(scores) + 1))
    assert (np.diff(scores[np.argsort(given_ranks)]) <= 0).all()


def test_of_equal_scores_the_earlier_has_the_better_rank() -> None:
    assert ranks(_of(1, 2, 2, 0)).tolist() == [3, 1, 2, 4]


def test_no_paper_says_more_than_all_that_is_asked(tmp_path: Path) -> None:
    builder, words = LexicalBuilder(Words(), LexicalOptions()), Words()
    for title in ("graph kinase", "graph", "sparse k-means", "kinase kinase kinase"):
        builder.add(title, f"{title} " * 9)
    builder.save(tmp_path / "lexical")
    lexical = LexicalIndex([Postings(tmp_path / "lexical")], words, LexicalOptions())
    for query in ("graph kinase", "k-means", "kinase kinase", "graph of zeppelins", "zeppelins", ""):
        scores = lexical.scores(query, np.arange(4))
        assert (scores <= information(query, lexical)).all()
    assert information("graph zeppelins", lexical) > information("graph graph", lexical) > 0


def _of(*scores: float) -> NDArray[np.float32]:
    return np.array(scores, np.float32)
