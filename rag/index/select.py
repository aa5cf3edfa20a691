"""The best few of many scores, with ties broken the same way every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Ranked = list[tuple[int, float]]


def best(rows: Rows, scores: Scores, k: int) -> Ranked:
    """The ``k`` rows of the highest scores, best first; of equal scores the lower row comes first.

    Args:
        rows: ascending row numbers.
        scores: one score a row.
        k: how many at most.
    """
    if k <= 0 or not len(rows):
        return []
    if len(rows) > k:
        bar = np.partition(scores, len(scores) - k)[len(scores) - k]
        above = np.flatnonzero(scores > bar)
        level = np.flatnonzero(scores == bar)[: k - len(above)]
        chosen = np.concatenate([above, level])
        rows, scores = rows[chosen], scores[chosen]
    order = np.lexsort((rows, -scores))
    return list(zip(rows[order].tolist(), scores[order].tolist(), strict=True))
