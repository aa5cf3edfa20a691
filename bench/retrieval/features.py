"""What every stage makes of every candidate: enough to score any weights without searching again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import nDCG
from numpy.typing import NDArray

from bench.retrieval.sets import Set
from bench.stack import Stack, opened
from rag.embed.passages import encode_query
from rag.retrieve import Mix
from rag.retrieve.candidates import Faults, gather
from rag.retrieve.fuse import mix

STAGES = ("bm25", "dense", "sentence", "late")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One question: the ids of its candidates, and a score of each by each stage, from 0 to 1."""

    ids: list[str]
    scores: dict[str, Floats]

    def ranked(self, weights: Mix, top: int = 10) -> dict[str, float]:
        """The best by these weights; late interaction sees the best by the others, as in `HybridSearch`."""
        base = mix({name: s for name, s in self.scores.items() if name != "late"}, weights.stages)
        looked = np.argsort(-base, kind="stable")[: weights.depth]
        final = mix({name: s[looked] for name, s in self.scores.items()}, weights.stages)
        best = np.argsort(-final, kind="stable")[:top]
        return {self.ids[looked[i]]: float(final[i]) for i in best}


def features(one: Set, work: Path) -> dict[str, Features]:
    """The features of every question of a set; the set is ingested where it isn't yet."""
    with opened(work / one.name, one.papers) as made:
        return {key: _of(made, text) for key, text in one.questions.items()}


def _of(made: Stack, question: str) -> Features:
    with made.indexes.lease() as generation:
        encoded = encode_query(made.model, question)
        size = Mix().candidates
        found = gather(generation, question, encoded.vector, allowed=None, size=size, faults=Faults())
        late, _ = generation.late.search(encoded.tokens, found.rows)
        late = np.where(np.isnan(late), np.nanmin(late), late)
        scores = {**found.comparable(), "late": late}
        return Features([generation.ids[row] for row in found.rows], scores)


def ndcg(one: Set, runs: dict[str, dict[str, float]]) -> dict[str, float]:
    """nDCG@10 of every question."""
    found = {m.query_id: m.value for m in ir_measures.iter_calc([nDCG @ 10], one.qrels, runs)}
    return {key: found.get(key, 0.0) for key in one.questions}


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[float, float, float]:
    """The mean of the paired differences, and its 95 % interval by bootstrap over questions."""
    gaps = ours - theirs
    drawn = np.random.default_rng(0).integers(0, len(gaps), (10_000, len(gaps)))
    low, high = np.percentile(gaps[drawn].mean(axis=1), [2.5, 97.5])
    return float(gaps.mean()), float(low), float(high)
