"""What is wrong among what is answered, as fewer and fewer questions are answered, least confident last.

With the answered questions in order of falling confidence, after the k-th:

    coverage(k) = k / questions,  risk(k) = wrong answers among the first k / k,  AURC = mean of risk(k)

Source: El-Yaniv and Wiener (2010); AURC after Geifman and El-Yaniv (2017). Questions that were refused are
never covered, so the curve ends at the share that was answered. Equal confidences enter together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def risk_coverage(confidence: NDArray[np.float64], wrong: NDArray[np.bool_], questions: int) -> Curve:
    """Coverage and risk after each answered question, most confident first.

    Args:
        confidence: of each answered question.
        wrong: whether its answer is wrong.
        questions: how many were asked, answered or not.
    """
    if not len(confidence):
        return np.zeros(0), np.zeros(0)
    order = np.argsort(-confidence, kind="stable")
    after = np.arange(1, len(order) + 1)
    risk = np.cumsum(wrong[order]) / after
    level = confidence[order]
    last = np.searchsorted(-level, -level, side="right") - 1
    return after / questions, risk[last]


def aurc(confidence: NDArray[np.float64], wrong: NDArray[np.bool_]) -> float | None:
    """The area under the curve, 0 best; unscored where nothing was answered."""
    if not len(confidence):
        return None
    return float(risk_coverage(confidence, wrong, len(confidence))[1].mean())
