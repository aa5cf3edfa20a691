from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.gate import Expectation, Expectations, check, described, point, read_expectations, updated
from eval.rundir import Run
from rag.errors import InvalidInput, NotFound
from rag.types import Answer
from tests.eval.conftest import PAPERS
from tests.eval.faults import refuses_everything
from tests.fakes.service import FakeService


class Refusing(FakeService):
    def ask(self, question: str, **given: object) -> Answer:
        return refuses_everything(super().ask(question, **given))  # type: ignore[arg-type]  # passed on as it came


def expect(
    figure: str, expected: float, tolerance: float = 0.0, *, group: str = "all", hard: bool = False
) -> Expectation:
    return Expectation(
        group=group,
        figure=figure,
        expected=expected,
        tolerance=tolerance,
        fault="What went wrong.",
        hard=hard,
    )


def test_figures_within_tolerance_hold(make_run: Callable[..., Run]) -> None:
    records = make_run("first").records
    wanted = Expectations(figures=(expect("ndcg@10", 1.0, 0.01), expect("aurc", 0.0, 0.01)))
    assert check(records, wanted, records) == ()


def test_a_figure_that_fell_is_named_with_the_cases_that_changed(make_run: Callable[..., Run]) -> None:
    reference = make_run("first").records
    refusing = make_run("second", Refusing(PAPERS)).records
    wanted = Expectations(figures=(expect("key_fact_recall", 1.0, 0.1), expect("abstention_precision", 1.0)))
    facts, refused = check(refusing, wanted, reference)
    assert [name for name, _, _ in facts.changed] == ["a1", "a2", "a3", "a4", "c1"]
    told = described(facts, shown=2)
    assert told.startswith("key_fact_recall of all: 0.0000, expected 1.0000 ± 0.1. What went wrong.")
    assert "    a1: 1.000 -> 0.000" in told
    assert "and 3 more" in told
    assert ("a1", "answered", "insufficient_evidence") in refused.changed


def test_a_figure_that_nothing_scores_any_more_fails(make_run: Callable[..., Run]) -> None:
    records = make_run("first", Refusing(PAPERS)).records
    (finding,) = check(records, Expectations(figures=(expect("exact_spans", 1.0),)), records)
    assert finding.value is None
    assert "not scored" in described(finding)


def test_a_group_that_is_gone_fails(make_run: Callable[..., Run]) -> None:
    records = make_run("first").records
    assert check(records, Expectations(figures=(expect("treated", 0.5, group="multi"),)), records)


def test_where_less_is_better_more_fails() -> None:
    assert expect("aurc", 0.1, 0.05).fails(0.2)
    assert not expect("aurc", 0.1, 0.05).fails(0.0)
    assert not expect("ndcg@10", 0.1, 0.05).fails(0.2)


def test_a_case_that_got_better_is_not_blamed(make_run: Callable[..., Run]) -> None:
    refusing = make_run("second", Refusing(PAPERS)).records
    records = make_run("first").records
    (finding,) = check(records, Expectations(figures=(expect("key_fact_recall", 1.1),)), refusing)
    assert finding.changed == ()


def test_updating_takes_figures_from_a_run_and_leaves_hard_floors(make_run: Callable[..., Run]) -> None:
    wanted = Expectations(figures=(expect("ndcg@10", 0.2), expect("exact_spans", 0.7, hard=True)))
    fresh = updated(wanted, make_run("first").summary)
    assert [each.expected for each in fresh.figures] == [1.0, 0.7]
    with pytest.raises(NotFound, match="no figure nonsense"):
        updated(Expectations(figures=(expect("nonsense", 1),)), make_run("second").summary)


def test_malformed_expectations_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "expectations.json"
    path.write_text(json.dumps({"figures": [{"group": "all"}]}))
    with pytest.raises(InvalidInput, match=r"figures.0.figure"):
        read_expectations(path)
    with pytest.raises(NotFound):
        read_expectations(tmp_path / "none.json")


def test_a_point_without_records_is_unscored() -> None:
    assert point([], "auroc") is None
