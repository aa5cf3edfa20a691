"""Papers of drawn words with drawn vectors: several windows for some, no sentence for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index import Growth
from rag.library import Entry, Library
from rag.types import Chunk, ChunkKind, EmbeddingIdentity, Paper, Span
from rag.vectors import TokenVectors

ANEW = Growth(few=0, share=0)  # every change is a whole build
DIM = 16
MODEL = EmbeddingIdentity("drawn", "0" * 64, DIM)
VOCABULARY = [
    "graph",
    "neural",
    "kinase",
    "k-means",
    "GPT-3.5",
    "protein",
    "attention",
    "sparse",
    "of",
    "the",
]


def entry(number: int) -> Entry:
    """Paper ``number``, always the same."""
    rng = np.random.default_rng(number)
    words = [" ".join(rng.choice(VOCABULARY, 6)) for _ in range(number % 4)]
    abstract = ". ".join(words) or "Untold"
    paper = Paper(
        f"p{number:05}",
        f"{rng.choice(VOCABULARY)} number{number}",
        abstract,
        authors=(f"Author {number % 7}", "Ada Ångström"),
        year=None if number % 10 == 0 else 2000 + number % 20,
        sources=("A.txt",) if number % 3 else ("A.txt", "b.txt"),
        categories=("cs.CL",) if number % 2 else (),
    )
    spans: list[Span] = []
    for sentence in words:
        start = spans[-1].end + 2 if spans else 0
        spans.append(Span(start, start + len(sentence)))
    windows = [Chunk(paper.id, ChunkKind.WINDOW, i, Span(0, len(abstract))) for i in range(1 + number % 2)]
    sentences = [Chunk(paper.id, ChunkKind.SENTENCE, i, span) for i, span in enumerate(spans)]
    chunks = (*windows, *sentences)
    tokens = TokenVectors.of(unit(rng, 5), np.arange(5, dtype=np.int32))
    return Entry(paper, chunks, unit(rng, len(chunks)), bytes(tokens) if number % 5 else None)


def unit(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Drawn unit vectors."""
    drawn = rng.standard_normal((count, DIM))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn.astype(np.float32)


@contextmanager
def library(folder: Path, papers: int, server: str = "") -> Iterator[Library]:
    """A library of the first ``papers`` papers."""
    with Library.open(folder / "data", server=server) as opened:
        opened.bind_embedding(MODEL)
        opened.commit([entry(number) for number in range(papers)])
        yield opened
