"""Papers, a chunker and an encoder that need no model: the same text always gives the same vectors."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.library import Entry
from rag.types import Chunk, ChunkKind, EmbeddingIdentity, Paper, Span
from rag.vectors import Encoded, TokenVectors

DIM = 6
MODEL = EmbeddingIdentity("fake", "0" * 64, DIM)


def a_paper(number: int, version: int = 0, *, sources: tuple[str, ...] = ("a.txt",)) -> Paper:
    """Paper ``number`` in one of its versions, which differ in their abstract."""
    return Paper(
        id=f"p{number:05}",
        title=f"On matter {number}",
        abstract=f"We study matter {number}. Its version is {version}." + " It goes on." * (number % 3),
        authors=("Ada Ångström", f"B. Number{number}"),
        year=2000 + number % 20,
        url=f"https://papers.invalid/{number}",
        sources=sources,
        categories=("cs.CL",),
    )


def chunked(paper: Paper) -> tuple[Chunk, ...]:
    """The whole abstract, and its sentences cut at full stops."""
    ends = [at + 1 for at, char in enumerate(paper.abstract) if char == "."] or [len(paper.abstract)]
    starts = [0, *ends[:-1]]
    sentences = [Span(start, end) for start, end in zip(starts, ends, strict=True)]
    return (
        Chunk(paper.id, ChunkKind.WINDOW, 0, Span(0, len(paper.abstract))),
        *(Chunk(paper.id, ChunkKind.SENTENCE, at, span) for at, span in enumerate(sentences)),
    )


def vectors_of(paper: Paper, chunks: Sequence[Chunk]) -> NDArray[np.float32]:
    """A vector per chunk, made of its text's digest."""
    digests = [hashlib.sha256(chunk.span.of(paper.abstract).encode()).digest()[:DIM] for chunk in chunks]
    return np.array([list(digest) for digest in digests], dtype=np.float32) / np.float32(255)


def tokens_of(paper: Paper) -> TokenVectors:
    """A token vector per sentence."""
    chunks = chunked(paper)[1:]
    starts = np.array([chunk.span.start for chunk in chunks], dtype=np.int32)
    return TokenVectors.of(vectors_of(paper, chunks), starts)


def entry(paper: Paper) -> Entry:
    """A paper ready to be stored."""
    chunks = chunked(paper)
    return Entry(paper, chunks, vectors_of(paper, chunks), bytes(tokens_of(paper)))


class FakeEncoder:
    """Embeds by digest, and keeps what it was asked; fails once told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure: Exception | None = None

    def __call__(self, passages: Sequence[tuple[Paper, Sequence[Chunk]]]) -> list[Encoded]:
        if self.failure is not None:
            raise self.failure
        self.asked += [paper.id for paper, _ in passages]
        return [Encoded(vectors_of(paper, chunks), tokens_of(paper)) for paper, chunks in passages]


@contextmanager
def unwritten(database: Path) -> Iterator[None]:
    """Fails if anything is committed to the SQLite file while the block runs."""
    watcher = sqlite3.connect(database)
    try:
        before = watcher.execute("PRAGMA data_version").fetchone()
        yield
        assert watcher.execute("PRAGMA data_version").fetchone() == before
    finally:
        watcher.close()
