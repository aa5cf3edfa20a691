"""Logistic regression and conditional (listwise) logit, both with an L2 penalty, by L-BFGS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

Matrix = NDArray[np.float64]


def listwise(
    groups: Sequence[tuple[Matrix, Matrix]], penalty: float, weights: Sequence[float] | None = None
) -> Matrix:
    """Weights ``[signals]`` that make the right rows of each group likeliest.

    Args:
        groups: ``(signals [n, k], worth [n])`` of each; rows compete within their group.
        penalty: of the squared standardised weights.
        weights: of each group.
    """
    rows = np.concatenate([x for x, _ in groups])
    scale = rows.std(axis=0) + 1e-9
    scaled = [(x / scale, y / y.sum()) for x, y in groups if y.sum() > 0]
    counts = [w for w, (_, y) in zip(weights or [1.0] * len(groups), groups, strict=True) if y.sum() > 0]

    def loss(beta: Matrix) -> tuple[float, Matrix]:
        total, slope = penalty * float(beta @ beta), 2 * penalty * beta
        for weight, (x, y) in zip(counts, scaled, strict=True):
            score = x @ beta
            log_p = score - score.max() - np.log(np.exp(score - score.max()).sum())
            total -= weight * float(y @ log_p)
            slope = slope - weight * (x.T @ (y - np.exp(log_p)))
        return total, slope

    fitted: Matrix = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x / scale
    return fitted


def logistic(x: Matrix, y: Matrix, penalty: float, weights: Matrix | None = None) -> tuple[Matrix, float]:
    """Weights ``[signals]`` and bias of a probability.

    Args:
        x: ``[n, k]``.
        y: 0 or 1 each.
        penalty: of the squared standardised weights; the bias is free.
        weights: of each row.
    """
    middle, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([(x - middle) / scale, np.ones(len(x))])
    w = np.ones(len(x)) if weights is None else weights

    def loss(beta: Matrix) -> tuple[float, Matrix]:
        score = z @ beta
        total = float(w @ (np.logaddexp(0, score) - y * score)) + penalty * float(beta[:-1] @ beta[:-1])
        slope = z.T @ (w * (1 / (1 + np.exp(-score)) - y))
        slope[:-1] += 2 * penalty * beta[:-1]
        return total, slope

    beta = minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B").x
    slopes = beta[:-1] / scale
    return slopes, float(beta[-1] - slopes @ middle)


def auroc(high: Matrix, low: Matrix) -> float:
    """The probability that one of ``high`` is above one of ``low``, ties counting half."""
    return float(np.mean((high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])))
