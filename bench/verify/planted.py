"""Plants errors in true sentences of abstracts; counts how many are caught and how many true ones dropped.

    python -m bench.verify.planted [--papers FILE ...] [--most 400]

The papers are the bundled ones unless others are named. Caught: the sentence, cited to its paper, is not
called supported (for ``wrong paper``: not by the paper cited). Printed with Wilson intervals (95 %).
"""

from __future__ import annotations

import argparse
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.verify.errors import ERRORS, TRUE_EDITS
from rag.answer.verify import Verifier
from rag.corpus import read_papers, sentence_spans
from rag.embed.minilm import MiniLM
from rag.types import Paper

BUNDLED = Path(__file__).parents[2] / "data" / "papers"
LEAST = 6  # words of a sentence that is used


def read(files: Sequence[Path]) -> list[Paper]:
    """The papers of files that have an abstract."""
    papers: dict[str, Paper] = {}
    for path in files:
        with path.open("rb") as stream:
            for paper in read_papers(stream, name=path.name):
                if isinstance(paper, Paper) and paper.abstract:
                    papers[paper.id] = paper
    return list(papers.values())


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z, share = 1.96, hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def main() -> None:
    """Runs and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=Path, nargs="*", default=sorted(BUNDLED.iterdir()))
    parser.add_argument("--most", type=int, default=400, help="sentences")
    parser.add_argument("--show", type=int, default=0, help="mistakes shown of each kind")
    given = parser.parse_args()
    rng = random.Random(7)  # noqa: S311  # repeatable, not secret
    papers = read(given.papers)
    verifier = Verifier(MiniLM.load(threads=1))
    sentences = [
        (paper, span.of(paper.abstract)) for paper in papers for span in sentence_spans(paper.abstract)
    ]
    sentences = [(paper, text) for paper, text in sentences if len(text.split()) >= LEAST]
    drawn = rng.sample(sentences, min(given.most, len(sentences)))
    prepared = {paper.id: verifier.prepare([paper]) for paper in {p.id: p for p, _ in drawn}.values()}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    shown: dict[str, int] = defaultdict(int)
    for paper, text in drawn:
        other = rng.choice([p for p in papers if p.id != paper.id])
        for kind, change in {**TRUE_EDITS, **ERRORS}.items():
            changed = change(text, other.abstract, rng)
            if changed is None:
                continue
            cited = rng.choice([i for i in prepared if i != paper.id]) if kind == "wrong paper" else paper.id
            support = prepared[cited].check(changed)
            wrong = (support is None or not support.supported) != (kind in ERRORS)
            counts[kind][0] += wrong
            counts[kind][1] += 1
            if wrong and shown[kind] < given.show:
                shown[kind] += 1
                print(f"  {kind}: {changed}\n    was: {text}")
                print(f"    {support and (support.reasons, round(support.score, 2))}")
    told("true sentences dropped", TRUE_EDITS, counts)
    told("planted errors missed", ERRORS, counts)


def told(title: str, kinds: Iterable[str], counts: dict[str, list[int]]) -> None:
    """Prints the shares of one sort of change."""
    print(f"{title}, over {sum(counts[kind][1] for kind in kinds)} sentences")
    for name, (wrong, n) in [*((k, counts[k]) for k in kinds), ("all", _sum(kinds, counts))]:
        if n:
            low, high = wilson(wrong, n)
            print(f"  {name:24s} {wrong:4d} of {n:4d}  {wrong / n:.3f} [{low:.3f}, {high:.3f}]")


def _sum(kinds: Iterable[str], counts: dict[str, list[int]]) -> list[int]:
    return [sum(counts[kind][i] for kind in kinds) for i in (0, 1)]


if __name__ == "__main__":
    main()
