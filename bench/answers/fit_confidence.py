r"""Fits how sure an answer is, and writes ``rag/answer/fitted/confidence.json``.

    python -m bench.answers.fit_confidence --cache CACHE --set NAME=CORPUS=QUESTIONS [--set ...] \
      [--weigh NAME=3] --write

Prints, by set, what is refused at a risk, with the set in the fit and with it left out of it. Sets are given
as to ``fit_evidence``; those whose names begin alike (``bundled``, ``bundled_few``) share their papers.
Questions marked ``test`` are left out. To the questions that a set marks as unanswerable come, for every set:

* ``held``: its answerable questions once more, with their papers taken out of what is found;
* ``everyday`` and ``nonsense``: a sample of the questions in ``data/``;
* ``cross``: questions of the other sets;
* ``withheld`` and ``overview``: the templates of these files in ``data/``, filled with the titles of its gold
  papers; the former ask what no abstract says, the latter what any does.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.answers.cases import Case
from bench.answers.examples import Example, kept
from bench.answers.fit_evidence import parse_set
from bench.answers.logit import Matrix, auroc, logistic
from rag.answer.linear import Linear, logit, sigmoid
from rag.answer.refuse.confidence import GATES, Calibration, passed
from rag.settings import DEFAULT_RISK

OUT = Path(__file__).parents[2] / "rag" / "answer" / "fitted" / "confidence.json"
RISKS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
PENALTY = 2.0
Factors = Mapping[str, float]
# Added to the logit of a gate: it is to stop what it knows, and leave the rest to the gates that know better.
LEEWAY: Mapping[str, float] = {"about": 3.0, "found": 3.0, "said": 4.0}
# Taken back where it does know: no number beside what is to be counted, a question for the record.
KNOWN: Mapping[str, Mapping[str, float]] = {"said": {"plainly_missing": 3.5}}

# What each kind of question is to each gate: let through, held back, or (absent) not looked at.
# The figure is its weight in all, however many questions there are of it; its sets share it.
KINDS: Mapping[str, Mapping[str, float]] = {
    "about": {
        "answerable": 300,
        "overview": 40,
        "held": 60,
        "off_corpus": 60,
        "withheld": 30,
        "everyday": -210,
        "nonsense": -60,
        "cross": -120,
        "off_domain": -20,
    },
    "found": {"answerable": 360, "overview": 20, "held": -200, "off_corpus": -140},
    "said": {
        "answerable": 200,
        "overview": 60,
        "withheld": -150,
        "withheld_detail": -100,
        "false_premise": -20,
    },
}
# The mix that confidence and risk refer to: as many questions without an answer as with one.
MIX = {
    "answerable": 270,
    "overview": 30,
    "held": -60,
    "off_corpus": -60,
    "everyday": -60,
    "nonsense": -30,
    "cross": -30,
    "withheld": -30,
    "withheld_detail": -20,
    "false_premise": -10,
}


def rows(
    found: Sequence[Example], kinds: Mapping[str, float], factors: Factors
) -> tuple[list[Example], Matrix, Matrix]:
    """The examples of these kinds, whether each may pass, and its weight.

    The weight of a kind is shared by the sets that have it, each by its factor.
    """
    used = [example for example in found if example.kind in kinds]
    counts = Counter((example.kind, example.set) for example in used)
    shared: dict[str, float] = defaultdict(float)
    for kind, name in counts:
        shared[kind] += factors.get(name, 1.0)
    weights = [
        abs(kinds[example.kind])
        * factors.get(example.set, 1.0)
        / shared[example.kind]
        / counts[example.kind, example.set]
        for example in used
    ]
    return used, np.array([float(kinds[example.kind] > 0) for example in used]), np.array(weights)


def fit_gate(name: str, found: Sequence[Example], factors: Factors) -> Linear:
    """One gate."""
    used, y, weights = rows(found, KINDS[name], factors)
    x = np.array([[example.signals[signal] for signal in GATES[name]] for example in used])
    slopes, bias = logistic(x, y, PENALTY, weights)
    known = KNOWN.get(name, {})
    return Linear(
        {s: round(float(w) - known.get(s, 0.0), 4) for s, w in zip(GATES[name], slopes, strict=True)},
        round(bias + LEEWAY[name], 4),
    )


def product(gates: Mapping[str, Linear], example: Example) -> float:
    """The logit of getting through all gates."""
    return logit(passed({name: gate.probability(example.signals) for name, gate in gates.items()}))


def thresholds(p: Matrix, y: Matrix, weights: Matrix) -> list[tuple[float, float]]:
    """For each risk the lowest probability from which answering keeps within it."""
    order = np.argsort(-p, kind="stable")
    wrong = np.cumsum((weights * (1 - y))[order]) / np.cumsum(weights[order])
    wrong = np.minimum.accumulate(wrong[::-1])[::-1]  # the risk is to fall as the threshold rises
    bars = p[order]
    return [(risk, round(float(bars[wrong <= risk].min(initial=1.0)), 4)) for risk in RISKS]


def report(found: Sequence[Example], factors: Factors, risk: float) -> None:
    """By set: the share refused of each kind and AUROC, with the set in the fit and with it left out."""
    sets = list(dict.fromkeys(example.set for example in found))
    whole = fit(found, factors)
    for name in sets:
        mine = [example for example in found if example.set == name]
        others = [example for example in found if example.set != name]
        print(f"{name}, in the fit:      {_told(whole, mine, risk)}")
        if others:
            print(f"{name}, left out of it:  {_told(fit(others, factors), mine, risk)}")


def _told(fitted: Calibration, found: Sequence[Example], risk: float) -> str:
    sure: dict[str, list[float]] = {}
    for example in found:
        through = fitted.through(example.signals)
        sure.setdefault(example.kind, []).append(fitted.confidence(through))
    bar, told = fitted.threshold(risk), []
    high = np.array(sure.pop("answerable"))
    told.append(f"answerable {_share(high < bar)}")
    for kind, values in sorted(sure.items()):
        low = np.array(values)
        told.append(f"{kind} {_share(low < bar)} AUROC {auroc(high, low):.3f}")
    return "; ".join(told)


def _share(refused: NDArray[np.bool_]) -> str:
    """A share with its 95 % interval (Wilson)."""
    n, p, z = len(refused), float(refused.mean()), 1.96
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (max(0.0, (middle + side * half) / (1 + z * z / n)) for side in (-1, 1))
    return f"{p:.3f} [{low:.3f}, {high:.3f}] n={n}"


def main() -> None:
    """Fits, tells and writes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps corpora and signals")
    parser.add_argument("--set", action="append", required=True, type=parse_set, dest="sets")
    parser.add_argument("--weigh", action="append", default=[], help="NAME=FACTOR of a set; 1 unless given")
    parser.add_argument("--most", type=int, default=500, help="questions of a set at most")
    parser.add_argument("--risk", type=float, default=DEFAULT_RISK, help="at which refusals are told")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    asked: dict[str, list[Case]] = {each.name: each.cases() for each in given.sets}
    found: list[Example] = []
    for each in given.sets:
        others = [
            case
            for name, cases in asked.items()
            if name.partition("_")[0] != each.name.partition("_")[0]
            for case in cases
            if case.answerable
        ]
        found += kept(given.cache / each.name, each, others, given.most)
        print(f"{each.name}: {len(found)} examples so far", flush=True)
    factors = {name: float(factor) for name, factor in (text.split("=") for text in given.weigh)}
    fitted = fit(found, factors)
    report(found, factors, given.risk)
    if given.write:
        OUT.write_text(json.dumps(_as_file(fitted, list(asked)), indent=1) + "\n", encoding="utf-8")


def fit(found: Sequence[Example], factors: Factors) -> Calibration:
    """Gates, scale and thresholds."""
    gates = {name: fit_gate(name, found, factors) for name in GATES}
    used, y, weights = rows(found, MIX, factors)
    z = np.array([product(gates, example) for example in used])
    slopes, offset = logistic(z[:, None], y, 0.0, weights)
    p = np.array([sigmoid(float(slopes[0]) * v + offset) for v in z])
    bars = tuple(thresholds(p, y, weights))
    return Calibration(gates, round(float(slopes[0]), 4), round(offset, 4), bars)


def _as_file(fitted: Calibration, sets: Sequence[str]) -> dict[str, object]:
    return {
        "made_by": "bench/answers/fit_confidence.py",
        "sets": list(sets),
        "gates": {
            name: {"bias": gate.bias, "weights": dict(gate.weights)} for name, gate in fitted.gates.items()
        },
        "slope": fitted.slope,
        "offset": fitted.offset,
        "thresholds": fitted.thresholds,
    }


if __name__ == "__main__":
    main()
