"""Refusing what the papers don't answer, and only that. Refusal is the positive class.

    precision = rightly refused / refused
    recall    = rightly refused / should be refused
    F1        = 2 * precision * recall / (precision + recall)

Source: van Rijsbergen (1979); refusal as a class of its own as in SQuAD 2.0 (Rajpurkar et al., 2018).
Questions whose right outcome is open (a false premise that the answer corrected) are left out by the caller.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eval.metrics.citations import f1


def abstention_scores(
    due_each: NDArray[np.bool_], refused_each: NDArray[np.bool_]
) -> dict[str, float | None]:
    """Precision, recall and F1; each unscored where its denominator is zero.

    Args:
        due_each: of each question, whether it should be refused.
        refused_each: whether it was.
    """
    right = int((due_each & refused_each).sum())
    refused, due = int(refused_each.sum()), int(due_each.sum())
    precision = right / refused if refused else None
    recall = right / due if due else None
    both = f1(precision or 0.0, recall) if recall is not None else None
    return {"abstention_precision": precision, "abstention_recall": recall, "abstention_f1": both}
