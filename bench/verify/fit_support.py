"""Fits what tells supported sentences from others, and writes ``rag/answer/fitted/support.json``.

    python -m bench.verify.fit_support --set healthver=DIR --set attributionbench=DIR [--base NAME] [--write]

Each folder holds a ``dev.jsonl``. Slopes are fitted on all sets together, each with an intercept of its own
and the same weight; the intercept kept is that of ``--base``, whose sentences were written by language
models. A signal that speaks for support can't get a negative slope, nor a fault a positive one: what is
learnt on one set must make sense on another. Printed: AUROC and balanced accuracy within each set (five
folds, claims never split) and from one to the other, with 95 % bootstrap intervals over groups.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.stats import rankdata  # type: ignore[import-untyped]

from bench.verify.pairs import Pair, folds, idf_of, load
from rag.answer.verify.signals import (
    FAULTS,
    VECTOR_SIGNALS,
    WORD_SIGNALS,
    Candidate,
    best_candidate,
    is_literal,
)
from rag.answer.verify.source import Source, encode_claims, encode_sources
from rag.embed.minilm import MiniLM
from rag.index.words import Words

Matrix = NDArray[np.float64]
OUT = Path(__file__).parents[2] / "rag" / "answer" / "fitted" / "support.json"
AGAINST = {"compares_alone", *(f"has_{kind}" for kind in FAULTS)}
EITHER = {"length"}
WITH_VECTORS = (*WORD_SIGNALS, *VECTOR_SIGNALS)
WITHOUT = (*WORD_SIGNALS, "cosine")
FOLDS, DRAWS, PENALTY, BATCH = 5, 1000, 3.0, 16


@dataclass(frozen=True, slots=True)
class Measured:
    """A set with the signals of every pair."""

    name: str
    pairs: list[Pair]
    found: list[Candidate | None]
    sha256: str

    def matrix(self, names: Sequence[str]) -> Matrix:
        """``[pairs, names]``."""
        return np.array([[c.signals[n] if c else 0.0 for n in names] for c in self.found])

    @property
    def labels(self) -> Matrix:
        """1 where people said supported."""
        return np.array([float(pair.supported) for pair in self.pairs])

    @property
    def groups(self) -> NDArray[np.str_]:
        """What must not be split."""
        return np.array([pair.group for pair in self.pairs])


def measure(name: str, path: Path, model: MiniLM, words: Words) -> Measured:
    """The best span of every pair, and its signals."""
    pairs = load(path)
    idf = idf_of(pairs, words)
    papers = list({(p.title, p.abstract): p for pair in pairs for p in pair.papers}.values())
    sources: dict[tuple[str, str], Source] = {}
    for i in range(0, len(papers), BATCH):
        for source in encode_sources(model, papers[i : i + BATCH], words):
            sources[source.paper.title, source.paper.abstract] = source
    texts = sorted({pair.claim for pair in pairs})
    claims = {
        claim.statement.text: claim
        for i in range(0, len(texts), BATCH)
        for claim in encode_claims(model, texts[i : i + BATCH], words)
    }
    found = []
    for pair in pairs:
        held = [best_candidate(claims[pair.claim], sources[p.title, p.abstract], idf) for p in pair.papers]
        found.append(max((c for c in held if c), key=lambda c: c.liking, default=None))
    return Measured(name, pairs, found, hashlib.sha256(path.read_bytes()).hexdigest())


def fit(parts: Sequence[tuple[Matrix, Matrix]], names: Sequence[str]) -> tuple[Matrix, Matrix]:
    """Slopes, and an intercept for each part; both answers and all parts weigh the same."""
    x = np.concatenate([part for part, _ in parts])
    y = np.concatenate([labels for _, labels in parts])
    which = np.repeat(np.arange(len(parts)), [len(labels) for _, labels in parts])
    weight = np.concatenate(
        [
            np.where(labels > 0, 0.5 / labels.mean(), 0.5 / (1 - labels.mean())) * 1000 / len(labels)
            for _, labels in parts
        ]
    )
    middle, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([(x - middle) / scale, np.eye(len(parts))[which]])
    k = len(names)

    def loss(beta: Matrix) -> tuple[float, Matrix]:
        score = z @ beta
        slope = z.T @ (weight * (1 / (1 + np.exp(-score)) - y))
        slope[:k] += 2 * PENALTY * beta[:k]
        return float(weight @ (np.logaddexp(0, score) - y * score) + PENALTY * beta[:k] @ beta[:k]), slope

    free = [(None, None) if n in EITHER else (None, 0) if n in AGAINST else (0, None) for n in names]
    bounds = [*free, *[(None, None)] * len(parts)]
    beta = minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    slopes = beta[:k] / scale
    return slopes, beta[k:] - slopes @ middle


def auroc(score: Matrix, label: Matrix) -> float:
    """The chance that a supported pair scores above another."""
    n = label.sum()
    return float((rankdata(score)[label > 0].sum() - n * (n + 1) / 2) / (n * (len(label) - n)))


def balanced(said: NDArray[np.bool_], label: Matrix) -> float:
    """The mean of the shares told right among supported and among other pairs."""
    return float((said[label > 0].mean() + (~said[label == 0]).mean()) / 2)


def cut(score: Matrix, label: Matrix) -> float:
    """The score from which to say yes for the best balanced accuracy."""
    tried = np.quantile(score, np.linspace(0.02, 0.98, 97))
    return float(tried[int(np.argmax([balanced(score >= t, label) for t in tried]))])


def told(title: str, score: Matrix, said: NDArray[np.bool_], label: Matrix, groups: NDArray[np.str_]) -> None:
    """Prints both figures with intervals."""
    rng = np.random.default_rng(5)
    places = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    drawn = []
    for _ in range(DRAWS):
        rows = np.concatenate([places[i] for i in rng.integers(0, len(places), len(places))])
        if 0 < label[rows].sum() < len(rows):
            drawn.append((auroc(score[rows], label[rows]), balanced(said[rows], label[rows])))
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    print(
        f"{title:44s} n {len(label)}  AUROC {auroc(score, label):.3f} [{low[0]:.3f}, {high[0]:.3f}]"
        f"  balanced accuracy {balanced(said, label):.3f} [{low[1]:.3f}, {high[1]:.3f}]"
    )


def report(sets: Sequence[Measured], names: Sequence[str], title: str) -> None:
    """Within each set, and from each to each other."""
    print(title)
    for held in sets:
        x, y = held.matrix(names), held.labels
        score, said = np.zeros(len(y)), np.zeros(len(y), dtype=bool)
        for rows, test in folds(held.pairs, FOLDS):
            slopes, (base,) = fit([(x[rows], y[rows])], names)
            score[test] = x[test] @ slopes + base
            said[test] = score[test] >= cut(x[rows] @ slopes + base, y[rows])
        told(f"  within {held.name}", score, said, y, held.groups)
    for one in sets:
        slopes, (base,) = fit([(one.matrix(names), one.labels)], names)
        mark = cut(one.matrix(names) @ slopes + base, one.labels)
        for other in sets:
            if other is not one:
                score = other.matrix(names) @ slopes + base
                told(f"  {one.name} -> {other.name}", score, score >= mark, other.labels, other.groups)
                own = np.zeros(len(score), dtype=bool)
                for rows, test in folds(other.pairs, FOLDS):
                    own[test] = score[test] >= cut(score[rows], other.labels[rows])
                told("    the same, cut on the other folds", score, own, other.labels, other.groups)


def report_contradiction(held: Measured) -> None:
    """How the flag for contradiction does on pairs that people called refuted."""
    refuted = np.array([pair.refuted for pair in held.pairs])
    if not refuted.any():
        return
    flagged = np.array(
        [bool(c and (c.signals["has_negation"] or c.signals["has_opposite"])) for c in held.found]
    )
    supported = held.labels > 0
    print(
        f"  {held.name}: a denial or an opposite stands in {flagged[refuted].mean():.3f} of {refuted.sum()} "
        "refuted, "
        f"{flagged[supported].mean():.3f} of {supported.sum()} supported, "
        f"{flagged[~refuted & ~supported].mean():.3f} of {(~refuted & ~supported).sum()} other pairs"
    )


def literal(held: Measured) -> float:
    """The share of supported pairs among those whose claim is made of the span's own words."""
    said = [pair.supported for pair, c in zip(held.pairs, held.found, strict=True) if c and is_literal(c)]
    print(f"literal claims of {held.name}: {sum(said)} of {len(said)} supported")
    return round(sum(said) / len(said), 2)


def fitted(sets: Sequence[Measured], names: Sequence[str], base: str) -> dict[str, object]:
    """The model of all sets together."""
    slopes, bases = fit([(held.matrix(names), held.labels) for held in sets], names)
    kept = {n: round(float(s), 4) for n, s in zip(names, slopes, strict=True) if abs(s) > 1e-4}
    return {"bias": round(float(bases[[held.name for held in sets].index(base)]), 4), "weights": kept}


def main() -> None:
    """Measures, and fits and writes if told to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", action="append", required=True, dest="sets", metavar="NAME=DIR")
    parser.add_argument("--base", default="attributionbench")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    model, words = MiniLM.load(threads=1), Words()
    named = [text.split("=", 1) for text in given.sets]
    sets = [measure(name, Path(folder) / "dev.jsonl", model, words) for name, folder in named]
    report(sets, WITH_VECTORS, "with token vectors")
    report(sets, WITHOUT, "words and cosine alone")
    print("contradiction")
    for held in sets:
        report_contradiction(held)
    result = {
        "made_by": "bench/verify/fit_support.py",
        "sets": [{"name": held.name, "sha256": held.sha256, "pairs": len(held.pairs)} for held in sets],
        "embedding": model.identity.name,
        "embedding_sha256": model.identity.sha256,
        "vectors": fitted(sets, WITH_VECTORS, given.base),
        "words": fitted(sets, WITHOUT, given.base),
        "threshold": 0.5,
        "literal": literal(next(held for held in sets if held.name == given.base)),
    }
    print(json.dumps(result, indent=1))
    if given.write:
        OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
