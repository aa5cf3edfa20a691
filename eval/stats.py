"""How far a figure can be trusted: seeded bootstrap intervals, for one run and for two runs case by case.

Percentile bootstrap (Efron, 1979): questions are drawn with replacement, the figure is computed anew, and the
middle 95 % of what comes out is the interval. Two runs are compared on the same draws, so that what makes a
question hard cancels out (Koehn, 2004). A difference whose interval holds 0 can't be told from noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from eval.figures import SetFigure

DRAWS = 1000
LEVEL = (2.5, 97.5)
DIGITS = 4


class Estimate(BaseModel):
    """A figure with its interval, the questions it counts, and those it could not be counted on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float
    low: float
    high: float
    n: int
    unscored: int = 0


def mean_estimate(values: Sequence[float], *, seed: int, unscored: int = 0) -> Estimate | None:
    """The mean of per-question figures; ``None`` where there are none."""
    if not values:
        return None
    data = np.asarray(values, dtype=np.float64)
    drawn = data[_draws(len(data), seed)].mean(axis=1)
    return _estimate(float(data.mean()), drawn, len(data), unscored)


def set_estimate(figure: SetFigure, *, seed: int, unscored: int = 0) -> Estimate | None:
    """A set figure; draws on which it can't be computed (one class only) are left out."""
    value = figure.value
    if value is None:
        return None
    drawn = [figure.of(rows) for rows in _draws(figure.size, seed)]
    return _estimate(value, np.array([d for d in drawn if d is not None]), figure.questions, unscored)


def paired_set_estimate(before: SetFigure, after: SetFigure, *, seed: int) -> Estimate | None:
    """The difference of a set figure between two runs over the same questions, in the same order."""
    if before.size != after.size or before.value is None or after.value is None:
        return None
    drawn = [(after.of(rows), before.of(rows)) for rows in _draws(after.size, seed)]
    changes = np.array([new - old for new, old in drawn if new is not None and old is not None])
    return _estimate(after.value - before.value, changes, after.questions, 0)


def _draws(size: int, seed: int) -> NDArray[np.intp]:
    """The same for every figure over as many questions, so that equal figures get equal intervals."""
    return np.random.default_rng([seed, size]).integers(0, size, size=(DRAWS, size))


def _estimate(value: float, drawn: NDArray[np.float64], n: int, unscored: int) -> Estimate:
    low, high = np.percentile(drawn, LEVEL) if len(drawn) else (value, value)
    return Estimate(
        value=round(value, DIGITS),
        low=round(float(low), DIGITS),
        high=round(float(high), DIGITS),
        n=n,
        unscored=unscored,
    )
