"""One state of the library made searchable: written once, never changed, open to any number of readers.

A generation is written whole, or it is what changed since another one that was: papers that came or were
changed lie in a segment of its own, and those that went or were changed are absent from the one below.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexUnavailable
from rag.index import manifest as manifests
from rag.index.base import Base, seal
from rag.index.columns import NO_YEAR
from rag.index.dense import DenseArm
from rag.index.late import LateIndex
from rag.index.lexical import LexicalIndex
from rag.index.ragged import Stack, Vectors
from rag.index.segment import Segment
from rag.index.select import Mask, Rows, Scores
from rag.index.store import EMBEDDED, Store
from rag.index.words import Words
from rag.types import Filters, IndexInfo, Span

GONE = "gone.npy"


class Generation:
    """All papers by row; rows of papers that are gone are never found. Any thread may search.

    Args:
        folder: where ``build`` or ``extend`` wrote it.
        words: the tokenizer of the lexical index.
        known: a base that is open; another is opened where this generation stands on another.
        store: where the windows of bases lie.

    Attributes:
        manifest: what it says of itself.
        base: what it stands on, or is.
        dense: papers by nearness.
        lexical: papers by shared words.
        late: papers by token vectors; false where none are stored.
        ids: the paper id of each row.
        revisions: the library's revision when each row's paper was last written; a changed paper has another.

    Raises:
        IndexUnavailable: its files are not what its manifest says.
    """

    def __init__(
        self, folder: Path, words: Words, known: Base | None = None, store: Store = EMBEDDED
    ) -> None:
        self.manifest = manifests.read(folder)
        self._folder = folder
        self.base = self._base(known, store)
        self.base.join()
        try:
            self._open(words)
        except BaseException:
            self.base.leave()
            raise

    def _base(self, known: Base | None, store: Store) -> Base:
        if self.manifest.base is None:
            return Base(self._folder, store, self.manifest)
        folder = self._folder.parent / str(self.manifest.base)
        try:
            fits = seal(folder) == self.manifest.base_seal
        except OSError:
            fits = False
        if not fits:
            raise IndexUnavailable(f"Generation {self._folder.name} has lost what it stands on: rebuild it.")
        return known if known is not None and known.folder == folder else Base(folder, store)

    def _open(self, words: Words) -> None:
        segments = [self.base.segment]
        self._present: Mask | None = None
        if self.manifest.base is not None:
            segments.append(Segment(self._folder, self.manifest.embedding.dim))
            self._present = np.ones(sum(map(len, segments)), np.bool_)
            self._present[np.load(self._folder / GONE)] = False
        self._columns = [segment.columns for segment in segments]
        self._spans = [segment.spans for segment in segments]
        self._offsets = [segment.sentences.offsets for segment in segments]
        self._sentences = Stack([segment.sentences for segment in segments])
        self.ids: list[str] = [paper_id for columns in self._columns for paper_id in columns.ids]
        self.revisions: NDArray[np.int64] = np.concatenate([columns.revisions for columns in self._columns])
        self.lexical = LexicalIndex(
            [segment.postings for segment in segments], words, self.manifest.lexical, self._present
        )
        self.late = LateIndex(*(segment.folder for segment in segments))
        self.dense = DenseArm(self.base.graph, Stack([s.windows for s in segments]), self._present)

    def __len__(self) -> int:
        """How many rows there are, those of papers that are gone among them."""
        return len(self.ids)

    @property
    def info(self) -> IndexInfo:
        """Which generation this is."""
        made_of = self.manifest
        return IndexInfo(made_of.number, made_of.papers, made_of.embedding.name, made_of.revision)

    def row(self, paper_id: str) -> int | None:
        """The row of a paper, ``None`` if it isn't here."""
        first = len(self)
        for columns in reversed(self._columns):
            first -= len(columns.ids)
            row = columns.row(paper_id)
            if row is not None and (self._present is None or self._present[first + row]):
                return first + row
        return None

    def authors(self) -> tuple[str, ...]:
        """The names of all authors, folded as filters compare them; some may have no paper left."""
        return tuple(dict.fromkeys(name for columns in self._columns for name in columns.authors))

    def titled(self, initials: str, most: int) -> list[int]:
        """Rows whose titles have words in a row that begin with some small letters; papers may be gone.

        Args:
            initials: the letters.
            most: rows of each segment at most.
        """
        rows: list[int] = []
        first = 0
        for columns in self._columns:
            rows += [first + row for row in columns.titled(initials, most)]
            first += len(columns.ids)
        return rows

    def mask(self, filters: Filters) -> Mask | None:
        """Which rows the filters let through; ``None`` when they limit nothing."""
        if not filters:
            return None
        allowed = np.concatenate([columns.mask(filters) for columns in self._columns])
        return allowed if self._present is None else allowed & self._present

    def by_age(self, filters: Filters, most: int, *, newest: bool) -> tuple[str, ...]:
        """The ids of papers that the filters let through, the newest or the oldest first, undated ones last.

        Args:
            filters: what to look among.
            most: how many at most.
            newest: which end comes first; of one year, the rows stay in order.
        """
        years = np.concatenate([columns.years for columns in self._columns])
        allowed = self.mask(filters) if filters else self._present
        rows = np.arange(len(years)) if allowed is None else np.flatnonzero(allowed)
        age = np.where(years == NO_YEAR, np.inf, -years if newest else years)[rows]
        return tuple(self.ids[row] for row in rows[np.argsort(age, kind="stable")[:most]])

    def best_sentence(self, query: Vectors, rows: Rows) -> tuple[Scores, Rows]:
        """The cosine of each paper's nearest sentence to a unit vector, and its ordinal; -1 for none."""
        return self._sentences.best(query, rows)

    def span(self, row: int, ordinal: int) -> Span:
        """Where a sentence stands in its paper's abstract."""
        part, inside = self._sentences.part(row)
        start, end = self._spans[part][self._offsets[part][inside] + ordinal]
        return Span(int(start), int(end))

    def sentences(self, row: int) -> tuple[tuple[Span, ...], Vectors]:
        """Where the sentences of a paper stand in its abstract, and their unit vectors, copied."""
        part, inside = self._sentences.part(row)
        own = slice(*self._offsets[part][inside : inside + 2])
        spans = tuple(Span(start, end) for start, end in self._spans[part][own].tolist())
        return spans, self._sentences.of(row)

    def close(self) -> tuple[Path, ...]:
        """Let go of files and memory; no search may be running.

        Returns:
            The folders that nothing has open any more.
        """
        own = () if self.manifest.base is None else (self._folder,)
        return (*own, self.base.folder) if self.base.leave() else own
