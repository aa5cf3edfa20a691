"""``python -m bench.retrieval.ablation FOLDER NAME…``: what each stage adds, and what it costs.

Prints what each stage adds. Quality is measured over what every stage made of all candidates;
milliseconds are medians of the search that is served, one question at a time.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.figures import percentile
from bench.retrieval.features import difference, features
from bench.retrieval.fit import Scores, scored
from bench.retrieval.sets import Set, every, options
from bench.stack import opened
from rag.retrieve import Mix

ALL = Mix()
ALONE = Mix(bm25=0, dense=0, sentence=0, late=0)
STEPS = {
    "BM25": replace(ALONE, bm25=1),
    "windows": replace(ALONE, dense=1),
    "best sentence": replace(ALONE, sentence=1),
    "BM25 + windows": replace(ALL, late=0, sentence=0),
    "BM25 + windows + best sentence": replace(ALL, late=0),
    "all, with late interaction": ALL,
    "all but BM25": replace(ALL, bm25=0),
    "all but windows": replace(ALL, dense=0),
    "all but best sentence": replace(ALL, sentence=0),
}
TIMED = 300  # questions


def row(cells: list[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def timings(one: Set, work: Path) -> dict[str, list[float]]:
    """Milliseconds of each stage for some questions, after a few that don't count."""
    laps: dict[str, list[float]] = {}
    with opened(work / one.name, one.papers) as made:
        search = made.search
        texts = list(one.questions.values())[:TIMED]
        for text in texts[:10]:
            search.search(text, top_k=10)
        for text in texts:
            began = time.perf_counter()
            found = search.search(text, top_k=10)
            laps.setdefault("whole call", []).append((time.perf_counter() - began) * 1e3)
            for stage, ms in found.timings_ms.items():
                laps.setdefault(stage, []).append(ms)
    return laps


def main() -> None:
    """Measure and print."""
    given = options(__doc__).parse_args()
    sets = list(every(given.folders, given.names, given.split))
    quality: dict[str, Scores] = {step: {} for step in STEPS}
    for one in sets:
        made = features(one, given.work)
        for step, weights in STEPS.items():
            quality[step] |= scored(one, made, weights)
    groups = [group for one in sets for group in one.groups]
    print(row(["nDCG@10", *groups]))
    print(row(["---"] * (len(groups) + 1)))
    for step, values in quality.items():
        print(row([step, *(f"{values[group].mean():.3f}" for group in groups)]))
    whole = quality["all, with late interaction"]
    print("\nDifference to all of it, with its 95 % interval:\n")
    print(row(["without", *groups]))
    print(row(["---"] * (len(groups) + 1)))
    for step, values in quality.items():
        if step != "all, with late interaction":
            gaps = [difference(values[group], whole[group]) for group in groups]
            print(row([step, *(f"{gap:+.3f} [{low:+.3f}, {high:+.3f}]" for gap, low, high in gaps)]))
    print("\nMilliseconds, median and 95th percentile:\n")
    laps = {one.name: timings(one, given.work) for one in sets}
    print(row(["stage", *laps]))
    print(row(["---"] * (len(laps) + 1)))
    for stage in next(iter(laps.values())):
        cells = [f"{np.median(of[stage]):.1f} / {percentile(of[stage], 0.95):.1f}" for of in laps.values()]
        print(row([stage, *cells]))


if __name__ == "__main__":
    main()
