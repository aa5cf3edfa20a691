"""The verifier on claim-and-evidence pairs: what it lets pass, and how well its score tells them apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.figures import Figure, Rows, SetFigure
from eval.loaders.pairs import Pair, PairSet
from eval.metrics.auroc import auroc
from eval.metrics.citations import f1
from eval.stats import Estimate, set_estimate
from rag.answer.verify import Verifier as Checker
from rag.embed.minilm import MiniLM

PAIRS, FIGURES = "pairs.jsonl", "figures.json"

Flags = NDArray[np.bool_]
Verifier = Callable[[Pair], tuple[bool, float]]
"""Whether a claim counts as supported by its evidence, and how far (0..1)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair and the verifier's verdict."""

    pair: Pair
    supported: bool
    support: float


OnJudged = Callable[[Judged], None]


def pair_figures(judged: Sequence[Judged], *, seed: int) -> dict[str, Estimate]:
    """Precision, recall and F1 of "supported", the share of each label let pass, AUROC of the score."""
    truth = np.array([each.pair.supported for each in judged], dtype=np.bool_)
    passed = np.array([each.supported for each in judged], dtype=np.bool_)
    score = np.array([each.support for each in judged], dtype=np.float64)
    labels = np.array([each.pair.label for each in judged])

    def share(hit: Flags, of: Flags) -> float | None:
        return float((hit & of).sum() / of.sum()) if of.any() else None

    def both(rows: Rows) -> float | None:
        precision, recall = share(truth[rows], passed[rows]), share(passed[rows], truth[rows])
        return None if recall is None else f1(precision or 0.0, recall)

    def let_pass(label: str) -> Figure:
        return lambda rows: share(passed[rows], labels[rows] == label)

    figures: dict[str, Figure] = {
        "auroc": lambda rows: auroc(score[rows], truth[rows]),
        "supported_precision": lambda rows: share(truth[rows], passed[rows]),
        "supported_recall": lambda rows: share(passed[rows], truth[rows]),
        "supported_f1": both,
    }
    figures |= {f"passed: {label}": let_pass(label) for label in sorted(set(labels.tolist()))}
    found = {
        name: set_estimate(SetFigure(len(judged), len(judged), of), seed=seed) for name, of in figures.items()
    }
    return {name: estimate for name, estimate in found.items() if estimate is not None}


def bundled_verifier() -> Verifier:
    """The verifier as the service uses it, on the bundled embedding model.

    Raises:
        ModelMissing: the model's weights are not to be had.
    """
    checker = Checker(MiniLM.load())

    def verify(pair: Pair) -> tuple[bool, float]:
        support = checker.check(pair.claim, pair.evidence)
        return (support.supported, support.score) if support else (False, 0.0)

    return verify


def measure_pairs(
    verifier: Verifier,
    pairs: PairSet,
    out: Path,
    *,
    seed: int,
    on_done: Callable[[Judged], None] = lambda _: None,
) -> dict[str, Estimate]:
    """Judges every pair, and writes a line for each and the figures to ``out``."""
    judged = []
    for pair in pairs.pairs:
        judged.append(Judged(pair, *verifier(pair)))
        on_done(judged[-1])
    out.mkdir(parents=True, exist_ok=True)
    with (out / PAIRS).open("w", encoding="utf-8") as lines:
        for each in judged:
            row = {
                "id": each.pair.id,
                "label": each.pair.label,
                "expected": each.pair.supported,
                "supported": each.supported,
                "support": round(each.support, 6),
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    figures = pair_figures(judged, seed=seed)
    told = {name: estimate.model_dump() for name, estimate in figures.items()}
    (out / FIGURES).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return figures
