"""What a threshold is fitted on: how sure the service was of dev questions, and what was due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.cases import Case, load_bundled, of_split
from eval.run import Asked, Asking, ask_all


@dataclass(frozen=True, slots=True)
class Fitted:
    """One question.

    Attributes:
        confidence: what the service said, 0..1.
        right: whether the answer is right; ``None`` where it refused: fit on one that refuses nothing.
        should_refuse: whether the papers hold no answer.
    """

    id: str
    confidence: float
    right: bool | None
    should_refuse: bool


def dev_outcomes(
    service: Asked, cases: Sequence[Case] | None = None, *, workers: int = 2
) -> tuple[Fitted, ...]:
    """Asks the dev questions; those of the test split are never asked, whatever is given.

    Args:
        service: what is fitted.
        cases: the questions; all bundled ones unless given. Small talk has nothing to fit and is left out.
        workers: questions asked at a time.
    """
    asked = [case for case in of_split(cases or load_bundled(), "dev") if case.expect and not case.small_talk]
    found = []
    for record, _ in ask_all(service, asked, Asking(workers=workers)):
        if record.outcome.confidence is None:
            continue
        right = record.scores.get("answer_right")
        found.append(
            Fitted(
                id=record.case.id,
                confidence=record.outcome.confidence,
                right=None if right is None else right == 1.0,
                should_refuse=record.case.expect == "refused",
            )
        )
    return tuple(found)
