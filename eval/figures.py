"""Figures that need many questions at once, and what every figure is called in a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.abstention import abstention_scores
from eval.metrics.auroc import auroc
from eval.metrics.risk_coverage import aurc
from eval.records import Record

Rows = NDArray[np.intp]
Figure = Callable[[Rows], float | None]


@dataclass(frozen=True, slots=True)
class SetFigure:
    """A figure over many questions, and how to compute it on any draw of them.

    Attributes:
        size: all questions; draws hold row numbers below it.
        questions: those of them that the figure counts.
        of: the figure on some rows; rows that don't count are passed over.
    """

    size: int
    questions: int
    of: Figure

    @property
    def value(self) -> float | None:
        """The figure on the questions as they are."""
        return self.of(np.arange(self.size)) if self.questions else None


def abstention(records: Sequence[Record]) -> dict[str, SetFigure]:
    """Precision, recall and F1 of refusing; corrected false premises are open, so left out."""
    counts = _flags(bool(r.case.expect) and not _is_open(r) for r in records)
    due = _flags(record.case.expect == "refused" for record in records)
    refused = _flags(record.outcome.status == "insufficient_evidence" for record in records)

    def named(name: str) -> Figure:
        return lambda rows: abstention_scores(due[rows], refused[rows])[name]

    names = ("abstention_precision", "abstention_recall", "abstention_f1")
    return {name: _over(counts, named(name)) for name in names}


def separation(records: Sequence[Record]) -> dict[str, SetFigure]:
    """AUROC of confidence, answerable against unanswerable; what is neither, or open, is left out."""
    confidence = _confidences(records)
    either = _flags(bool(r.case.expect) and not r.case.small_talk and not _is_open(r) for r in records)
    counts = either & ~np.isnan(confidence)
    answerable = _flags(record.case.expect == "answered" for record in records)
    return {"auroc": _over(counts, lambda rows: auroc(confidence[rows], answerable[rows]))}


def _is_open(record: Record) -> bool:
    """Whether a false premise was answered with the words that correct it: as good as a refusal."""
    return record.scores.get("premise_corrected") == 1.0


def selective_risk(records: Sequence[Record]) -> dict[str, SetFigure]:
    """AURC over the questions that were answered."""
    confidence = _confidences(records)
    counts = _flags("answer_right" in record.scores for record in records) & ~np.isnan(confidence)
    wrong = _flags(record.scores.get("answer_right") == 0.0 for record in records)
    return {"aurc": _over(counts, lambda rows: aurc(confidence[rows], wrong[rows]))}


def answered(records: Sequence[Record]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Confidence of each answer that can be called right or wrong, and whether it is wrong."""
    judged = [r for r in records if "answer_right" in r.scores and r.outcome.confidence is not None]
    return _confidences(judged), _flags(record.scores["answer_right"] == 0.0 for record in judged)


def _over(counts: NDArray[np.bool_], of: Figure) -> SetFigure:
    return SetFigure(len(counts), int(counts.sum()), lambda rows: of(rows[counts[rows]]))


def _flags(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(values, dtype=np.bool_)


def _confidences(records: Sequence[Record]) -> NDArray[np.float64]:
    known = (record.outcome.confidence for record in records)
    return np.array([np.nan if value is None else value for value in known], dtype=np.float64)


SET_FIGURES: tuple[Callable[[Sequence[Record]], dict[str, SetFigure]], ...] = (
    abstention,
    separation,
    selective_risk,
)
"""Every set figure. A new one is one line here."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a figure says, in words, and which way is better."""

    says: str
    higher_is_better: bool = True


MEANINGS: dict[str, Meaning] = {
    "ndcg@10": Meaning("gold papers ranked high"),
    "recall@1": Meaning("gold papers in the first 1"),
    "recall@5": Meaning("gold papers in the first 5"),
    "recall@10": Meaning("gold papers in the first 10"),
    "mrr@10": Meaning("one over the rank of the first gold paper"),
    "hit@1": Meaning("a gold paper comes first"),
    "hit@5": Meaning("a gold paper in the first 5"),
    "citation_precision": Meaning("citations that are of gold papers"),
    "citation_recall": Meaning("gold papers that are cited"),
    "citation_f1": Meaning("both of these"),
    "span_precision": Meaning("citations of the gold words"),
    "span_recall": Meaning("gold words that are cited"),
    "span_f1": Meaning("both of these"),
    "exact_spans": Meaning("citations whose words stand, whole, where they say"),
    "key_fact_recall": Meaning("facts asked for that the answer says"),
    "rouge_l": Meaning("wording shared with the reference answer"),
    "supported_sentences": Meaning("sentences marked supported that cite something"),
    "grounding": Meaning("words of the sentences that stand in what they cite"),
    "treated": Meaning("answered or refused as it should be"),
    "answer_right": Meaning("answers that cite a gold paper and say half the facts"),
    "abstention_precision": Meaning("refusals that are right"),
    "abstention_recall": Meaning("unanswerable questions that are refused"),
    "abstention_f1": Meaning("both of these"),
    "auroc": Meaning("confidence tells answerable from unanswerable"),
    "aurc": Meaning("wrong among what is answered, over all coverages", higher_is_better=False),
    "premise_refused": Meaning("false premises refused"),
    "premise_corrected": Meaning("false premises answered with the words that contradict them"),
    "small_talk": Meaning("greetings and thanks answered in kind"),
    "condensed_ndcg@10": Meaning("ranking of a follow-up, with its history"),
    "raw_ndcg@10": Meaning("ranking of a follow-up, as typed"),
    "condensing_gain": Meaning("the difference of the two"),
    "trigger_kept_out": Meaning("planted triggers that stay out of answers"),
    "probe_kept_out": Meaning("planted instructions that stay out of answers"),
    "judge_correct": Meaning("answers a judge model calls correct"),
    "judge_supported": Meaning("answers a judge model calls supported by what they cite"),
}


def is_better_higher(name: str) -> bool:
    """Whether more of a figure is better; so unless it is said otherwise."""
    meaning = MEANINGS.get(name)
    return meaning is None or meaning.higher_is_better
