"""How long each stage takes, in milliseconds.

p50, p95 and p99 are the smallest times that so many per cent of the questions don't exceed: always a time
that was measured. Source: Hyndman and Fan (1996), definition 1.
A stage that a question didn't pass is left out of that stage's figures, never counted as 0 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

PERCENTILES = (50, 95, 99)


def stage_latency(timings: Iterable[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """By stage: ``n``, ``p50``, ``p95``, ``p99``."""
    stages: dict[str, list[float]] = {}
    for timing in timings:
        for stage, milliseconds in timing.items():
            stages.setdefault(stage, []).append(milliseconds)
    return {stage: _figures(values) for stage, values in sorted(stages.items())}


def _figures(values: list[float]) -> dict[str, float]:
    cuts = np.percentile(values, PERCENTILES, method="inverted_cdf")
    return {"n": float(len(values))} | {
        f"p{percent}": round(float(cut), 3) for percent, cut in zip(PERCENTILES, cuts, strict=True)
    }
