"""Two runs over the same questions, case by case: what got better, what got worse, what can't be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.figures import SET_FIGURES, is_better_higher
from eval.records import Record
from eval.rundir import Run
from eval.stats import Estimate, mean_estimate, paired_set_estimate
from eval.summary import score_names
from rag.errors import InvalidInput

Verdict = Literal["better", "worse", "can't be told from noise", "the same"]
EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one figure.

    Attributes:
        difference: after minus before, over the questions that both runs scored, with its paired interval.
        improved: questions that got better, by id; empty for figures over many questions.
        worsened: questions that got worse.
    """

    name: str
    before: float
    after: float
    difference: Estimate
    verdict: Verdict
    improved: tuple[str, ...] = ()
    worsened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side; questions that only one has are left out and counted."""

    before: str
    after: str
    questions: int
    only_before: int
    only_after: int
    changes: tuple[Change, ...]


def compare(before: Run, after: Run, *, seed: int | None = None) -> Comparison:
    """Every figure that both runs have.

    Args:
        before: the run to compare with.
        after: the run that is judged.
        seed: of the bootstrap; that of ``after`` unless given.

    Raises:
        InvalidInput: the runs share no question, or the same id stands for two questions.
    """
    old = {record.case.id: record for record in before.records}
    new = {record.case.id: record for record in after.records}
    shared = [name for name in old if name in new]
    if not shared:
        raise InvalidInput(f"{before.name} and {after.name} share no question; compare runs of one set.")
    differing = [name for name in shared if _asked(old[name]) != _asked(new[name])]
    if differing:
        listed = ", ".join(differing[:5])
        raise InvalidInput(
            f"Questions were changed between the runs ({listed}); run the older code on the new set."
        )
    pairs = [(old[name], new[name]) for name in shared]
    draw = after.parameters.seed if seed is None else seed
    return Comparison(
        before=before.name,
        after=after.name,
        questions=len(shared),
        only_before=len(old) - len(shared),
        only_after=len(new) - len(shared),
        changes=(*_case_changes(pairs, draw), *_set_changes(pairs, draw)),
    )


def verdict_of(difference: Estimate, *, higher_is_better: bool) -> Verdict:
    """What a difference says: nothing, where its interval holds 0."""
    if difference.value == difference.low == difference.high == 0:
        return "the same"
    if difference.low <= 0 <= difference.high:
        return "can't be told from noise"
    return "better" if (difference.value > 0) == higher_is_better else "worse"


def _asked(record: Record) -> tuple[object, ...]:
    return record.case.question, record.case.history, record.case.expect


def _case_changes(pairs: Sequence[tuple[Record, Record]], seed: int) -> list[Change]:
    changes = []
    for name in score_names([before for before, _ in pairs]):
        scored = [(b, a) for b, a in pairs if name in b.scores and name in a.scores]
        deltas = [after.scores[name] - before.scores[name] for before, after in scored]
        estimate = mean_estimate(deltas, seed=seed, unscored=len(pairs) - len(scored))
        if estimate is None:
            continue
        higher = is_better_higher(name)
        gains = [delta if higher else -delta for delta in deltas]
        changes.append(
            Change(
                name=name,
                before=round(sum(before.scores[name] for before, _ in scored) / len(scored), 4),
                after=round(sum(after.scores[name] for _, after in scored) / len(scored), 4),
                difference=estimate,
                verdict=verdict_of(estimate, higher_is_better=higher),
                improved=tuple(
                    b.case.id for (b, _), gain in zip(scored, gains, strict=True) if gain > EPSILON
                ),
                worsened=tuple(
                    b.case.id for (b, _), gain in zip(scored, gains, strict=True) if gain < -EPSILON
                ),
            )
        )
    return changes


def _set_changes(pairs: Sequence[tuple[Record, Record]], seed: int) -> list[Change]:
    changes = []
    for family in SET_FIGURES:
        before, after = family([b for b, _ in pairs]), family([a for _, a in pairs])
        for name, old in before.items():
            new = after[name]
            estimate = paired_set_estimate(old, new, seed=seed)
            if estimate is None or old.value is None or new.value is None:
                continue
            verdict = verdict_of(estimate, higher_is_better=is_better_higher(name))
            changes.append(Change(name, round(old.value, 4), round(new.value, 4), estimate, verdict))
    return changes
