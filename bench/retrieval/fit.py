"""``python -m bench.retrieval.fit FOLDER NAME…``: the weights, and how well they do on sets they never saw.

Every group of questions counts the same, however many it holds. For each set the weights are fitted on all
others, and tried on it beside those fitted on all.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.retrieval.features import Features, difference, features, ndcg
from bench.retrieval.sets import Set, every, options
from rag.retrieve import Mix

BM25 = (0.3, 0.35, 0.4, 0.45, 0.5)
LATE = (0.0, 0.1, 0.2, 0.3, 0.4)
SENTENCE = (0.0, 0.25, 0.5, 0.75, 1.0)  # share of what is left, windows have the rest

Scores = dict[str, NDArray[np.float64]]  # by group, a value for each question


def grid() -> list[Mix]:
    """All weights that are tried."""
    return [
        Mix(bm25=a, late=late, sentence=(1 - a - late) * s, dense=(1 - a - late) * (1 - s))
        for a, late, s in product(BM25, LATE, SENTENCE)
    ]


def scored(one: Set, made: dict[str, Features], weights: Mix) -> Scores:
    """nDCG@10 of each group of a set."""
    values = ndcg(one, {key: of.ranked(weights) for key, of in made.items()})
    return {group: np.array([values[key] for key in keys]) for group, keys in one.groups.items()}


def shown(weights: Mix) -> str:
    """The four weights."""
    return " ".join(f"{name} {value:.3f}" for name, value in weights.stages.items())


def main() -> None:
    """Fit and report."""
    given = options(__doc__).parse_args()
    tried = grid()
    table: dict[str, list[Scores]] = {}
    alone: dict[str, list[Scores]] = {}
    for one in every(given.folders, given.names, given.split):
        made = features(one, Path(given.work))
        table[one.name] = [scored(one, made, weights) for weights in tried]
        arms = (Mix(bm25=1, dense=0, sentence=0, late=0), Mix(bm25=0, dense=1, sentence=0, late=0))
        alone[one.name] = [scored(one, made, weights) for weights in arms]
        print(f"{one.name}: {len(made)} questions", flush=True)

    def best(names: list[str]) -> int:
        means = [[v.mean() for name in names for v in table[name][i].values()] for i in range(len(tried))]
        return int(np.argmax([np.mean(mean) for mean in means]))

    everything = best(list(table))
    print(f"fitted on all: {shown(tried[everything])}")
    for name in table:
        without = best([other for other in table if other != name])
        print(f"fitted without {name}: {shown(tried[without])}")
        for group, values in table[name][without].items():
            better = max((arm[group] for arm in alone[name]), key=lambda arm: float(arm.mean()))
            gap, low, high = difference(values, better)
            known = table[name][everything][group].mean()
            print(
                f"  {group}: {values.mean():.4f} (fitted on all: {known:.4f}), "
                f"{gap:+.4f} [{low:+.4f}, {high:+.4f}] over the better of BM25 and windows alone"
            )


if __name__ == "__main__":
    main()
