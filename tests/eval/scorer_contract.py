"""What every scorer is held to: inherit, name the scorer, get the tests."""

from __future__ import annotations

from typing import ClassVar

import pytest

from eval.cases import Case
from eval.figures import MEANINGS
from eval.outcome import Outcome, observe
from eval.scoring import SCORERS, Scorer, Scores, Seen, locate
from tests.eval.conftest import CASES, PAPERS
from tests.fakes.service import FakeService


def seen(case: Case, outcome: Outcome, service: FakeService) -> Seen:
    """A case and an outcome as a scorer gets them."""
    paper = service.paper
    return Seen(case, outcome, locate(case.gold_quotes, paper), locate(case.corrections, paper))


class ScorerContract:
    """Subclass it with a scorer; ``lowest`` where figures may be negative."""

    scorer: ClassVar[Scorer]
    lowest: ClassVar[float] = 0.0

    @pytest.fixture(params=CASES, ids=lambda case: case.id)
    def case(self, request: pytest.FixtureRequest) -> Case:
        found = request.param
        assert isinstance(found, Case)
        return found

    def figures(self, case: Case, outcome: Outcome | None = None) -> Scores:
        service = FakeService(PAPERS)
        if outcome is None:
            answer = service.ask(case.question, history=case.turns)
            outcome = observe(answer, service.paper, raw=("bees",) if case.turns else None)
            outcome = outcome.model_copy(update={"baselines": {"bm25": ("bees", "ants")}})
        return type(self).scorer(seen(case, outcome, service))

    def test_it_is_named_where_scorers_are_named(self) -> None:
        assert type(self).scorer in SCORERS

    def test_figures_lie_in_their_range_or_are_left_unscored(self, case: Case) -> None:
        for name, value in self.figures(case).items():
            assert value is None or self.lowest <= value <= 1, name

    def test_the_same_outcome_scores_the_same(self, case: Case) -> None:
        assert self.figures(case) == self.figures(case)

    def test_no_gold_and_nothing_said_leave_everything_unscored(self, case: Case) -> None:
        bare = Case(id="x", kind=case.kind, split="dev", question="?", expect=None)
        assert set(self.figures(bare, Outcome(status="answered")).values()) <= {None}

    def test_every_failure_has_figures_too(self, case: Case) -> None:
        self.figures(case, Outcome(status="failed", error="down"))

    def test_every_figure_is_explained(self, case: Case) -> None:
        for name in self.figures(case):
            assert name.rpartition(":")[2] in MEANINGS
