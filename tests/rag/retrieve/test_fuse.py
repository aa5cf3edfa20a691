from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from rag.retrieve.fuse import Scores, mix, ranks, spread

_FINITE = st.floats(-(2.0**99), 2.0**99, width=32)
_SCORES = st.integers(0, 30).flatmap(lambda n: arrays(np.float32, n, elements=_FINITE))


@st.composite
def _stages(draw: st.DrawFn) -> tuple[dict[str, Scores], dict[str, float]]:
    size = draw(st.integers(1, 12))
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True))
    stages: dict[str, Scores] = {name: draw(arrays(np.float32, size, elements=_FINITE)) for name in names}
    return stages, {name: draw(st.floats(0.0625, 4)) for name in names}


@given(_SCORES)
def test_spread_scores_are_finite_and_from_0_to_1(scores: Scores) -> None:
    result = spread(scores)
    assert np.isfinite(result).all()
    assert ((result >= 0) & (result <= 1)).all()


@given(_SCORES)
def test_spreading_never_turns_an_order_around(scores: Scores) -> None:
    order = np.argsort(scores, kind="stable")
    assert (np.diff(spread(scores)[order]) >= 0).all()


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
    stages = {"a": _of(1, 2, 3), "b": _of(9, 0, 0)}
    np.testing.assert_allclose(mix(stages, {"a": 2}), [0, 0.5, 1])


def test_weights_are_shares() -> None:
    stages = {"a": _of(0, 1, 0.5), "b": _of(2, 0, 0)}
    np.testing.assert_allclose(mix(stages, {"a": 3, "b": 1}), [0.25, 0.75, 0.375])


@given(_SCORES)
def test_ranks_count_from_1_and_follow_the_scores(scores: Scores) -> None:
    given_ranks = ranks(scores)
    assert sorted(given_ranks.tolist()) == list(range(1, len(scores) + 1))
    assert (np.diff(scores[np.argsort(given_ranks)]) <= 0).all()


def test_of_equal_scores_the_earlier_has_the_better_rank() -> None:
    assert ranks(_of(1, 2, 2, 0)).tolist() == [3, 1, 2, 4]


@pytest.mark.parametrize("size", [0, 1, 4])
def test_equal_scores_say_nothing(size: int) -> None:
    assert not spread(np.full(size, 7, np.float32)).any()


def _of(*scores: float) -> NDArray[np.float32]:
    return np.array(scores, np.float32)
