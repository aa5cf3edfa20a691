"""How well confidence tells answerable questions from the others: the area under the ROC curve.

    AUROC = P(confidence of an answerable question > that of an unanswerable one), a tie counting one half

Computed from ranks: (sum of the positives' mid-ranks - p(p+1)/2) / (p*n). Source: Mann and Whitney (1947);
Fawcett (2006). Unscored where one of the classes is empty.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def auroc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float | None:
    """The area, in 0..1; ``scores`` and ``positive`` have one entry a question."""
    ups = int(positive.sum())
    downs = len(positive) - ups
    if not ups or not downs:
        return None
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle = ends - (counts - 1) / 2
    return float((middle[place][positive].sum() - ups * (ups + 1) / 2) / (ups * downs))
