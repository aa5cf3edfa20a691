"""``python -m bench.retrieval.projection``: makes the projection of token vectors that late interaction uses.

The directions are those of the largest second moment of the token vectors of the bundled papers (principal
components without taking the mean away), so nothing but the weights and those papers goes in.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import numpy as np

from data import bundled_papers
from rag.corpus import chunk_paper, read_papers
from rag.embed.minilm import MiniLM
from rag.retrieve.projection import PATH
from rag.types import Paper
from rag.vectors import Floats

BATCH = 16


def moments(papers: list[Paper], model: MiniLM) -> Floats:
    """The second moments of all unit token vectors, ``[dim, dim]``."""
    chunk = partial(chunk_paper, count_tokens=model.count_tokens, max_tokens=model.max_tokens)
    total = np.zeros((384, 384), np.float32)
    for start in range(0, len(papers), BATCH):
        batch = papers[start : start + BATCH]
        for encoded in model.encode_passages([(paper, chunk(paper)) for paper in batch]):
            if encoded.tokens is not None:
                rows = encoded.tokens.floats()
                total += rows.T @ rows
    return total


def leading(second: Floats, dim: int) -> Floats:
    """The directions of the largest moments, ``[384, dim]``; the largest component of each is positive."""
    _, directions = np.linalg.eigh(second)
    chosen = directions[:, ::-1][:, :dim]
    largest = np.abs(chosen).argmax(axis=0)
    return np.asarray(chosen * np.sign(chosen[largest, np.arange(dim)]), np.float32)


def main() -> None:
    """Read, embed, decompose, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dim", type=int, default=96, help="components of a projected token vector")
    parser.add_argument("--to", type=Path, default=PATH, help="file to write")
    options = parser.parse_args()
    papers: dict[str, Paper] = {}
    for path in bundled_papers():
        with path.open("rb") as stream:
            papers |= {p.id: p for p in read_papers(stream, name=path.name) if isinstance(p, Paper)}
    projection = leading(moments(list(papers.values()), MiniLM.load()), options.dim)
    np.save(options.to, projection.astype(np.float16))
    print(f"{options.to}: {projection.shape} from {len(papers)} papers")


if __name__ == "__main__":
    main()
