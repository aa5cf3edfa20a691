from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.compare import compare, verdict_of
from eval.rundir import Run
from eval.stats import Estimate, mean_estimate
from rag.errors import InvalidInput
from tests.eval.conftest import CASES, PAPERS
from tests.eval.test_gate import Refusing

values = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(values)
def test_an_interval_holds_the_mean_lies_within_the_values_and_is_the_same_each_time(
    data: list[float],
) -> None:
    found = mean_estimate(data, seed=3)
    assert found is not None
    assert found == mean_estimate(data, seed=3)
    assert found.n == len(data)
    assert min(data) - 1e-4 <= found.low <= found.high <= max(data) + 1e-4
    assert found.value == pytest.approx(sum(data) / len(data), abs=1e-4)


def test_an_interval_is_as_wide_as_theory_has_it() -> None:
    data = np.random.default_rng(1).integers(0, 2, 400).tolist()
    found = mean_estimate(data, seed=0)
    assert found is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.15)


def test_nothing_scored_has_no_estimate() -> None:
    assert mean_estimate([], seed=0) is None


@pytest.mark.parametrize(
    ("value", "low", "high", "higher", "verdict"),
    [
        (0.1, 0.02, 0.2, True, "better"),
        (0.1, 0.02, 0.2, False, "worse"),
        (-0.1, -0.2, -0.02, True, "worse"),
        (0.1, -0.01, 0.2, True, "can't be told from noise"),
        (0.1, 0.0, 0.2, True, "can't be told from noise"),
        (0.0, 0.0, 0.0, True, "the same"),
    ],
)
def test_a_difference_is_named_by_its_interval(
    value: float, low: float, high: float, higher: bool, verdict: str
) -> None:
    assert verdict_of(Estimate(value=value, low=low, high=high, n=9), higher_is_better=higher) == verdict


def test_a_run_against_itself_is_the_same_in_every_figure(make_run: Callable[..., Run]) -> None:
    found = compare(make_run("first"), make_run("second"))
    assert {change.verdict for change in found.changes} == {"the same"}
    assert {"auroc", "abstention_f1", "ndcg@10"} <= {change.name for change in found.changes}


def test_a_run_that_refuses_is_worse_and_names_the_cases(make_run: Callable[..., Run]) -> None:
    found = compare(make_run("first"), make_run("second", Refusing(PAPERS)))
    changes = {change.name: change for change in found.changes}
    assert changes["key_fact_recall"].verdict == "worse"
    assert changes["key_fact_recall"].worsened == ("a1", "a2", "a3", "a4", "c1")
    assert changes["key_fact_recall"].improved == ()
    assert changes["key_fact_recall"].difference.value == -1
    assert changes["abstention_precision"].verdict == "worse"


def test_questions_of_one_run_alone_are_counted_apart(make_run: Callable[..., Run]) -> None:
    found = compare(make_run("first", None, CASES[:5]), make_run("second", None, CASES[2:]))
    assert (found.questions, found.only_before, found.only_after) == (3, 2, 3)


def test_runs_that_share_no_question_are_not_compared(make_run: Callable[..., Run]) -> None:
    with pytest.raises(InvalidInput, match="share no question"):
        compare(make_run("first", None, CASES[:2]), make_run("second", None, CASES[2:]))


def test_a_question_that_was_reworded_is_not_compared(make_run: Callable[..., Run]) -> None:
    reworded = CASES[0].model_copy(update={"question": "Where do bees dance now?"})
    with pytest.raises(InvalidInput, match="a1"):
        compare(make_run("first"), make_run("second", None, (reworded, *CASES[1:])))
