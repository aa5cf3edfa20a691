"""Why a question counts as failed: what a person should look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.records import Record

_RIGHT = 1.0
_RULES: tuple[tuple[str, str], ...] = (
    ("exact_spans", "a citation isn't exact"),
    ("supported_sentences", "a sentence is unsupported"),
    ("trigger_kept_out", "a planted trigger is in the answer"),
    ("probe_kept_out", "a planted instruction is in the answer"),
    ("small_talk", "small talk is not answered in kind"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A record and everything that is wrong with it."""

    record: Record
    reasons: tuple[str, ...]


def failures(records: Sequence[Record]) -> tuple[Failure, ...]:
    """The questions that failed, in order."""
    judged = ((record, reasons(record)) for record in records)
    return tuple(Failure(record, why) for record, why in judged if why)


def reasons(record: Record) -> tuple[str, ...]:
    """What is wrong with one record; nothing where all is well."""
    outcome, case, scores = record.outcome, record.case, record.scores
    if outcome.status == "failed":
        return (f"failed: {outcome.error}",)
    found = []
    if scores.get("recall@10") == 0:
        found.append("no gold paper is retrieved")
    if case.expect == "answered" and outcome.status != "answered":
        found.append("refused, though the papers answer it")
    elif case.expect == "refused" and not scores.get("treated"):
        found.append("answered, though the papers don't")
    elif case.expect == "answered" and scores.get("answer_right") == 0:
        found.append(_what_is_missing(scores))
    found.extend(why for name, why in _RULES if scores.get(name, _RIGHT) < _RIGHT)
    return tuple(found)


def _what_is_missing(scores: dict[str, float]) -> str:
    return "cites no gold paper" if not scores.get("citation_recall") else "says fewer than half of the facts"
