"""One state of the library made searchable: written once, never changed, open to any number of readers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexUnavailable
from rag.index import manifest as manifests
from rag.index.columns import Columns
from rag.index.dense import COLLECTION, DenseIndex, embedded
from rag.index.late import LateIndex
from rag.index.lexical import LexicalIndex
from rag.index.ragged import Ragged, Vectors
from rag.index.select import Mask, Rows, Scores
from rag.index.words import Words
from rag.types import Filters, IndexInfo, Span

CHROMA = "chroma"
COLUMNS = "columns"
LEXICAL = "lexical"
SENTENCES = ("sentences", "int8")
SPANS = "spans.npy"
WINDOWS = ("windows", "float32")


class Generation:
    """All papers by row: ``0..len-1``, in the order of their ids. Any thread may search.

    Args:
        folder: where ``build`` wrote it.
        words: the tokenizer of the lexical index.

    Attributes:
        dense: papers by nearness.
        lexical: papers by shared words.
        late: papers by token vectors; false where none are stored.

    Raises:
        IndexUnavailable: its files are not what its manifest says.
    """

    def __init__(self, folder: Path, words: Words) -> None:
        self.manifest = manifests.read(folder)
        dim = self.manifest.embedding.dim
        self._columns = Columns(folder / COLUMNS)
        self.lexical = LexicalIndex(folder / LEXICAL, len(self), words)
        self.late = LateIndex(folder)
        self._sentences = Ragged(folder, *SENTENCES, dim)
        self._spans: NDArray[np.int32] = np.load(folder / SPANS, mmap_mode="r")
        windows = Ragged(folder, *WINDOWS, dim)
        client = embedded(folder / CHROMA)
        try:
            self.dense = DenseIndex(client, COLLECTION, windows)
            if fault := self.dense.fault():
                raise IndexUnavailable(f"Generation {folder.name} is damaged ({fault}): rebuild it.")
        except BaseException:
            client.close()  # type: ignore[attr-defined]  # see DenseIndex.close
            raise

    def __len__(self) -> int:
        """How many papers there are."""
        return self.manifest.papers

    @property
    def info(self) -> IndexInfo:
        """Which generation this is."""
        return IndexInfo(self.manifest.number, len(self), self.manifest.embedding.name)

    @property
    def ids(self) -> list[str]:
        """The paper id of each row."""
        return self._columns.ids

    @property
    def revisions(self) -> NDArray[np.int64]:
        """The library's revision when each row's paper was last written; a changed paper has another one."""
        return self._columns.revisions

    def row(self, paper_id: str) -> int | None:
        """The row of a paper, ``None`` if it isn't here."""
        return self._columns.row(paper_id)

    def mask(self, filters: Filters) -> Mask | None:
        """Which rows the filters let through; ``None`` when they limit nothing."""
        return self._columns.mask(filters)

    def best_sentence(self, query: Vectors, rows: Rows) -> tuple[Scores, Rows]:
        """The cosine of each paper's nearest sentence to a unit vector, and its ordinal; -1 for none."""
        return self._sentences.best(query, rows)

    def span(self, row: int, ordinal: int) -> Span:
        """Where a sentence stands in its paper's abstract."""
        start, end = self._spans[self._sentences.offsets[row] + ordinal]
        return Span(int(start), int(end))

    def sentences(self, row: int) -> tuple[tuple[Span, ...], Vectors]:
        """Where the sentences of a paper stand in its abstract, and their unit vectors, copied."""
        part = slice(*self._sentences.offsets[row : row + 2])
        spans = tuple(Span(start, end) for start, end in self._spans[part].tolist())
        return spans, self._sentences.of(row)

    def close(self) -> None:
        """Let go of files and memory; no search may be running."""
        self.dense.close()
