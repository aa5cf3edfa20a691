"""Late interaction: every token of a question against every token of a paper (MaxSim).

Khattab and Zaharia, 2020, "ColBERT". The score of a paper is the mean over the question's tokens of the
cosine of the nearest token in the paper.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from rag.index.select import Rows, Scores
from rag.vectors import Floats, TokenVectors, joined


class LateWriter:
    """Writes the packed token vectors of one paper after another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / "tokens.bin").open("wb")
        self._offsets = [0]

    def add(self, packed: bytes | None) -> None:
        """The next paper's, ``None`` where it has none."""
        self._file.write(packed or b"")
        self._offsets.append(self._offsets[-1] + len(packed or b""))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None:
            np.save(self._folder / "tokens.offsets.npy", np.array(self._offsets, np.int64))


class LateIndex:
    """Token vectors of all papers, opened by mapping.

    Reading fifty papers from here takes a tenth of what it takes to read them from the library.

    Args:
        folders: where a ``LateWriter`` wrote, in the order of their rows.
    """

    def __init__(self, *folders: Path) -> None:
        parts = [np.load(folder / "tokens.offsets.npy") for folder in folders]
        self._files = [_mapped(folder / "tokens.bin") for folder in folders]
        self._firsts = np.cumsum([0, *(len(part) - 1 for part in parts)])
        self._offsets: list[Rows] = parts

    def __bool__(self) -> bool:
        """Whether any paper has token vectors."""
        return any(part[-1] for part in self._offsets)

    def of(self, row: int) -> TokenVectors | None:
        """The token vectors of a paper, ``None`` where it has none."""
        part = int(np.searchsorted(self._firsts, row, side="right")) - 1
        inside = row - int(self._firsts[part])
        start, end = self._offsets[part][inside : inside + 2]
        return TokenVectors.from_bytes(self._files[part][start:end]) if end > start else None

    def search(self, query: Floats, rows: Rows) -> tuple[Scores, dict[int, Floats]]:
        """Score papers against the tokens of a question.

        Args:
            query: unit vectors ``[tokens, token_dim]``.
            rows: paper rows.

        Returns:
            The score of each paper: NaN for one that has no token vectors, and for all when the question has
            none. By row, of those that have a score, the cosines ``[tokens of the paper, of the query]``.
        """
        scores = np.full(len(rows), np.nan, np.float32)
        read = enumerate(map(self.of, rows.tolist()))
        papers = {place: tokens for place, tokens in read if tokens is not None and len(tokens.rows)}
        if not papers or not len(query):
            return scores, {}
        ends = np.cumsum([len(tokens.rows) for tokens in papers.values()])
        begins = [0, *ends[:-1].tolist()]
        cosines = joined(papers.values()).cosines(query)
        places = list(papers)
        scores[places] = np.maximum.reduceat(cosines, begins, axis=0).mean(axis=1)
        tables = (cosines[begin:end] for begin, end in zip(begins, ends.tolist(), strict=True))
        return scores, dict(zip(rows[places].tolist(), tables, strict=True))


def _mapped(path: Path) -> memoryview:
    """A file's bytes; an empty one can't be mapped."""
    return np.memmap(path, np.uint8, mode="r").data if path.stat().st_size else memoryview(b"")
