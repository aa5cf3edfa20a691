"""Whether the papers cited are the papers that hold the answer.

    precision = citations of gold papers / citations
    recall    = gold papers cited / gold papers
    F1        = 2 * precision * recall / (precision + recall)

Source: van Rijsbergen (1979) for F; citation precision and recall after ALCE (Gao et al., 2023), with gold
papers in place of a model's verdict. Without gold papers all three are unscored; an answer that cites nothing
has recall 0, F1 0, and a precision that nobody can know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence


def f1(precision: float, recall: float) -> float:
    """The harmonic mean; 0 where both are 0."""
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def citation_scores(gold: Collection[str], cited: Sequence[str]) -> dict[str, float | None]:
    """Precision, recall and F1 of the papers cited, one entry a citation."""
    if not gold:
        return {"citation_precision": None, "citation_recall": None, "citation_f1": None}
    recall = len(set(gold) & set(cited)) / len(set(gold))
    if not cited:
        return {"citation_precision": None, "citation_recall": 0.0, "citation_f1": 0.0}
    precision = sum(paper in gold for paper in cited) / len(cited)
    return {"citation_precision": precision, "citation_recall": recall, "citation_f1": f1(precision, recall)}
