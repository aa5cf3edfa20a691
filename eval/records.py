"""One line a question: the case, what came of it, its scores; and how lines are kept and read again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.cases import Case
from eval.outcome import Outcome
from rag.errors import InvalidInput, NotFound

CASES = "cases.jsonl"
TIMINGS = "timings.jsonl"


class Record(BaseModel):
    """A question that was asked. What is unscored is absent from ``scores``.

    Attributes:
        verdicts: what a judge model thought, apart from what is computed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: Case
    outcome: Outcome
    scores: dict[str, float]
    verdicts: dict[str, float] = Field(default_factory=dict)


class Timing(BaseModel):
    """How long one question took, by stage, in milliseconds: what no second run gives again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    timings_ms: dict[str, float]


def line_of(model: Record | Timing) -> str:
    """One JSON line; fields that have their default are left out."""
    return json.dumps(model.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n"


def read_records(path: Path, *, torn_end: bool = False) -> tuple[Record, ...]:
    """Every record of a run's ``cases.jsonl``.

    Args:
        path: the file.
        torn_end: drop a last line that was cut short, as a run leaves it when it is killed.

    Raises:
        NotFound: there is no such file.
        InvalidInput: a line is no record; names it.
    """
    if not path.is_file():
        raise NotFound(f"There is no {path}; `citewell eval run` makes one.")
    lines = path.read_text(encoding="utf-8").split("\n")
    if torn_end:
        lines = lines[:-1]
    records = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            records.append(Record.model_validate_json(line))
        except ValidationError as error:
            raise InvalidInput(
                f"{path}:{number} is no record of a run: {error.errors()[0]['msg']}"
            ) from error
    return tuple(records)


def read_timings(path: Path) -> tuple[Timing, ...]:
    """Every timing of a run; none where the file is missing, and not a last one that was cut short."""
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return tuple(Timing.model_validate_json(line) for line in lines if line)


def write_lines(path: Path, models: Iterable[Record | Timing]) -> None:
    """Writes a whole file of lines, so that it is there whole or as it was."""
    fresh = path.with_suffix(".new")
    fresh.write_text("".join(line_of(model) for model in models), encoding="utf-8")
    fresh.replace(path)
