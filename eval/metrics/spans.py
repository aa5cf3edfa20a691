"""Whether the words cited are the words that hold the answer, and whether they are exact.

A citation and a gold quote match where they overlap in the same abstract by at least half of the shorter.

    span precision = citations that match a gold quote / citations
    span recall    = gold quotes that some citation matches / gold quotes
    exact share    = citations whose words stand, whole, at their place in the stored abstract / citations

Source: rationale matching as in ERASER (DeYoung et al., 2020), with half of the shorter span in place of
an IoU of one half, since a sentence is cited where a clause of it is gold. Gold quotes name one place where
the answer stands; another sentence that says the same counts as a miss, so span precision is a lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.citations import f1

HALF = 0.5


@dataclass(frozen=True, slots=True)
class PaperSpan:
    """Code points ``[start, end)`` of one paper's abstract."""

    paper_id: str
    start: int
    end: int


def matches(one: PaperSpan, other: PaperSpan) -> bool:
    """Whether two spans overlap by at least half of the shorter."""
    if one.paper_id != other.paper_id:
        return False
    overlap = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return shorter > 0 and overlap >= HALF * shorter


def span_scores(gold: Sequence[PaperSpan], cited: Sequence[PaperSpan]) -> dict[str, float | None]:
    """Precision, recall and F1 of the spans cited."""
    if not gold:
        return {"span_precision": None, "span_recall": None, "span_f1": None}
    if not cited:
        return {"span_precision": None, "span_recall": 0.0, "span_f1": 0.0}
    precision = sum(any(matches(span, quote) for quote in gold) for span in cited) / len(cited)
    recall = sum(any(matches(span, quote) for span in cited) for quote in gold) / len(gold)
    return {"span_precision": precision, "span_recall": recall, "span_f1": f1(precision, recall)}


def exact_share(exact: Sequence[bool]) -> float | None:
    """The share of citations that are exact; unscored where nothing is cited."""
    return sum(exact) / len(exact) if exact else None
