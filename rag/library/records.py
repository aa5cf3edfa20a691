"""What goes into the library and what comes out of it."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rag.errors import InvalidInput, LibraryError
from rag.types import Chunk, Paper

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A paper ready to be stored.

    Args:
        paper: the paper.
        chunks: its chunks, all of this paper.
        vectors: float32 ``[len(chunks), dim]``, finite, row for row.
        tokens: its token vectors as the embedding model packs them, or ``None``.
    """

    paper: Paper
    chunks: Sequence[Chunk]
    vectors: NDArray[np.float32]
    tokens: bytes | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StoredPaper:
    """A paper as the library holds it; ``vectors`` is read-only."""

    paper: Paper
    chunks: tuple[Chunk, ...]
    vectors: NDArray[np.float32]
    content_hash: str
    revision: int
    tokens: bytes | None = None


class RunState(StrEnum):
    """How an ingestion stands. ``interrupted``: its process died; what it committed is whole."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """One ingestion: when, how it stands, and its counts in papers (``rejected``: in records)."""

    id: str = field(default_factory=lambda: secrets.token_hex(8))
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    state: RunState = RunState.RUNNING
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


def content_hash(paper: Paper) -> str:
    """SHA-256 of all a paper says about itself; where it was found (``sources``) is left out."""
    said = [paper.title, paper.abstract, paper.authors, paper.year, paper.url, paper.categories]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


def fold(text: str) -> str:
    """Text as a search compares it: NFKC, case and white space made equal."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def folded(paper: Paper) -> str:
    """All that a substring search looks through, a line for each field."""
    return "\n".join(fold(part) for part in (paper.title, paper.abstract, *paper.authors))


def unstorable(text: str) -> bool:
    """Whether no database can keep the text: it holds NUL, or half of a surrogate pair."""
    return _UNSTORABLE.search(text) is not None


def check_storable(paper: Paper) -> None:
    """Refuse a paper whose text can't be kept.

    Raises:
        InvalidInput: a field is empty that must not be, or holds NUL or a lone surrogate; names the field.
    """
    fields = {
        "id": (paper.id,),
        "title": (paper.title,),
        "abstract": (paper.abstract,),
        "url": (paper.url,),
        "authors": paper.authors,
        "sources": paper.sources,
        "categories": paper.categories,
    }
    for name, texts in fields.items():
        if any(unstorable(text) for text in texts):
            raise InvalidInput(f"{name} holds NUL or a lone surrogate: take it out.", field=name)
    for name in ("id", "abstract"):
        if not fields[name][0].strip():
            raise InvalidInput(f"{name} is empty: give the paper one.", field=name)
    if paper.year is not None and not 0 <= paper.year <= 9999:
        raise InvalidInput(f"year is {paper.year}: a year lies between 0 and 9999.", field="year")


def check_entry(entry: Entry, dim: int) -> None:
    """Refuse an entry that would leave the library inconsistent.

    Raises:
        InvalidInput: the paper can't be stored.
        LibraryError: chunks or vectors don't fit the paper, each other, or the library's model.
    """
    check_storable(entry.paper)
    name, length = entry.paper.id, len(entry.paper.abstract)
    if not entry.chunks:
        raise LibraryError(f"Paper {name} has no chunks: chunk it before storing it.")
    for chunk in entry.chunks:
        if chunk.paper_id != name or not 0 <= chunk.span.start < chunk.span.end <= length:
            raise LibraryError(f"Chunk {chunk.id} is no piece of paper {name}: chunk the paper again.")
    if entry.vectors.shape != (len(entry.chunks), dim) or entry.vectors.dtype != np.float32:
        raise LibraryError(
            f"Paper {name} has vectors {entry.vectors.dtype}{list(entry.vectors.shape)}, "
            f"expected float32[{len(entry.chunks)}, {dim}]: encode it with the library's model."
        )
    if not np.isfinite(entry.vectors).all():
        raise LibraryError(f"Paper {name} has a vector that is not finite: check the embedding model.")
