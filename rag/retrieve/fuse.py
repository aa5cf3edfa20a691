"""Scores of different scales made one.

Scores are mixed, not ranks: how far ahead the first is says something that its rank does not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def spread(scores: Scores) -> Scores:
    """The scores on a scale from 0, the lowest, to 1, the highest; all 0 where they are equal."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        return np.zeros_like(scores)
    spread: Scores = np.clip((scores - low) / np.float32(high - low), 0, 1)
    return spread


def mix(stages: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """The weighted mean of the spread scores, between 0 and 1.

    Args:
        stages: by stage, a score for each paper; all of one length. A stage that is missing does not count.
        weights: by stage, from 0.
    """
    present = [(weights[name], scores) for name, scores in sorted(stages.items()) if weights.get(name, 0) > 0]
    total = sum(weight for weight, _ in present)
    size = len(next(iter(stages.values()), ()))
    mixed = np.zeros(size, np.float32)
    for weight, scores in present:
        mixed += np.float32(weight / total) * spread(scores)
    return np.minimum(mixed, np.float32(1))


def ranks(scores: Scores) -> NDArray[np.int64]:
    """The rank of each score, from 1; of equal scores the earlier has the better rank."""
    order = np.argsort(-scores, kind="stable")
    result = np.empty(len(scores), np.int64)
    result[order] = np.arange(1, len(scores) + 1)
    return result
