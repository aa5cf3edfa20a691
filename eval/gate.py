"""The gate: figures that must not fall below the committed ones; a failure names the cases that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.figures import SET_FIGURES, is_better_higher
from eval.records import Record
from eval.summary import Summary, grouped
from rag.errors import InvalidInput, NotFound

EPSILON = 1e-6


class Expectation(BaseModel):
    """One figure that is watched.

    Attributes:
        group: the questions it is counted on, as in the summary.
        expected: what the reference run gave; a hard floor stands as it is.
        tolerance: how far it may be off, on the worse side; 0 for a hard floor.
        fault: what has gone wrong where it fails.
        hard: never moved by ``--update``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str
    figure: str
    expected: float
    tolerance: float = Field(ge=0)
    fault: str
    hard: bool = False

    def fails(self, value: float | None) -> bool:
        """Whether a value is worse than allowed; a figure that nothing scored fails too."""
        if value is None:
            return True
        worse_by = self.expected - value if is_better_higher(self.figure) else value - self.expected
        return worse_by > self.tolerance + EPSILON


class Expectations(BaseModel):
    """The committed expectations."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figures: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure that fell.

    Attributes:
        value: what it is now; ``None`` where nothing was scored.
        changed: of each question that got worse since the reference run, its id and what it was and is.
    """

    expectation: Expectation
    value: float | None
    changed: tuple[tuple[str, str, str], ...]


def read_expectations(path: Path) -> Expectations:
    """The expectations in a file.

    Raises:
        NotFound: there is none.
        InvalidInput: it is malformed; names what.
    """
    if not path.is_file():
        raise NotFound(f"There is no {path}; the gate has nothing to compare with.")
    try:
        return Expectations.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise InvalidInput(f"{path}: {place}: {fault['msg']}", field="expectations") from error


def check(
    records: Sequence[Record], expectations: Expectations, reference: Sequence[Record]
) -> tuple[Finding, ...]:
    """The figures that fell, in the order of the expectations.

    Args:
        records: the run that is judged.
        expectations: what it should reach.
        reference: the run that the expectations were taken from, to tell which cases changed.
    """
    groups = grouped(records)
    before = {record.case.id: record for record in reference}
    findings = []
    for expectation in expectations.figures:
        members = groups.get(expectation.group, [])
        value = point(members, expectation.figure)
        if expectation.fails(value):
            changed = tuple(_changes(members, before, expectation.figure))
            findings.append(Finding(expectation, value, changed))
    return tuple(findings)


def point(records: Sequence[Record], figure: str) -> float | None:
    """One figure of some records, without its interval."""
    values = [record.scores[figure] for record in records if figure in record.scores]
    if values:
        return sum(values) / len(values)
    if not records:
        return None
    return next((found[figure].value for family in SET_FIGURES if figure in (found := family(records))), None)


def updated(expectations: Expectations, summary: Summary) -> Expectations:
    """The expectations with every figure that is no hard floor taken from a run's summary.

    Raises:
        NotFound: the run has no such figure.
    """
    figures = []
    for each in expectations.figures:
        estimate = summary.figure("all", each.group, each.figure)
        if estimate is None:
            raise NotFound(
                f"The reference run has no figure {each.figure} for {each.group}; run all of bundled."
            )
        figures.append(each if each.hard else each.model_copy(update={"expected": estimate.value}))
    return Expectations(figures=tuple(figures))


def described(finding: Finding, *, shown: int = 20) -> str:
    """A finding in words, with the first of the cases that changed."""
    e = finding.expectation
    value = "not scored" if finding.value is None else f"{finding.value:.4f}"
    bound = f"{e.expected:.4f}" + (f" ± {e.tolerance:g}" if e.tolerance else "")
    lines = [f"{e.figure} of {e.group}: {value}, expected {bound}. {e.fault}"]
    lines += [f"    {name}: {was} -> {now}" for name, was, now in finding.changed[:shown]]
    if len(finding.changed) > shown:
        lines.append(f"    ... and {len(finding.changed) - shown} more")
    return "\n".join(lines)


def _changes(records: Sequence[Record], before: dict[str, Record], figure: str) -> list[tuple[str, str, str]]:
    changed = []
    for record in records:
        old = before.get(record.case.id)
        was, now = _told(old, figure), _told(record, figure)
        if was != now and not _is_better(old, record, figure):
            changed.append((record.case.id, was, now))
    return changed


def _told(record: Record | None, figure: str) -> str:
    """A record's part in a figure: its own score, or how it was treated where the figure is over many."""
    if record is None:
        return "new"
    if figure in record.scores:
        return f"{record.scores[figure]:.3f}"
    return record.outcome.status if _is_over_many(figure) else "unscored"


def _is_better(old: Record | None, new: Record, figure: str) -> bool:
    if old is None or figure not in old.scores or figure not in new.scores:
        return False
    gain = new.scores[figure] - old.scores[figure]
    return gain > 0 if is_better_higher(figure) else gain < 0


def _is_over_many(figure: str) -> bool:
    return any(figure in family([]) for family in SET_FIGURES)
