"""Where the command line gets its answers: the data folder here or a running service, in wire values."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from api.wire.ask import AskIn, AskOut, CitationOut, RetrievedOut
from api.wire.papers import IngestOut, PaperOut, PaperPageOut
from api.wire.search import SearchIn, SearchOut


@dataclass(frozen=True, slots=True)
class Found:
    """What was retrieved, known before anything is written."""

    papers: tuple[RetrievedOut, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the answer that have passed verification."""

    text: str


Progress = Callable[[int, int | None], None]
"""Told how many records were looked at, and how many there are where that is known."""

Event = Found | CitationOut | Text | AskOut
"""What an answer comes in: what was found, then citations and text as they come, the whole answer last."""


class Source(Protocol):
    """Whoever answers. Every call raises a ``CitewellError`` that says what to do next."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    def ask(self, asked: AskIn) -> AskOut:
        """The answer to a question."""

    def stream(self, asked: AskIn) -> Generator[Event, None, None]:
        """The same answer in pieces, ``AskOut`` last; closing the iterator stops the work."""

    def search(self, sought: SearchIn) -> SearchOut:
        """Papers that bear on a query."""

    def papers(self, *, limit: int, cursor: str | None, q: str | None) -> PaperPageOut:
        """A page of stored papers."""

    def paper(self, paper_id: str) -> PaperOut:
        """One stored paper."""

    def ingest(self, paths: Sequence[Path], *, format: str | None, on_progress: Progress) -> IngestOut:  # noqa: A002  # the option's name
        """Add the papers of files, or of all files in folders."""

    def remove(self, paper_ids: Sequence[str]) -> tuple[str, ...]:
        """Delete papers; the ids of those there were."""
