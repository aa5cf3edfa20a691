"""Vectors of which each paper has several: one mapped array, and where each paper's rows begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rag.index.select import Rows, Scores

Vectors = NDArray[np.float32]

_BLOCK = 4096  # papers scored at once: bounds what a wide scan copies
NOTHING = -1  # the ordinal, and the cosine, of a paper that has no vector


class RaggedWriter:
    """Writes the vectors of one paper after another.

    Args:
        folder: where the files go.
        name: their common name: ``name.bin``, ``name.scales.bin`` and ``name.offsets.npy``.
        dtype: how a number is stored: ``float32``, or ``int8`` with a scale a vector (a quarter of the bytes;
            cosines were measured to be off by 0.002 at most).
    """

    def __init__(self, folder: Path, name: str, dtype: str) -> None:
        self._file = (folder / f"{name}.bin").open("wb")
        self._scales = (folder / f"{name}.scales.bin").open("wb")
        self._offsets_path = folder / f"{name}.offsets.npy"
        self._whole = dtype == "int8"
        self._offsets = [0]

    @property
    def count(self) -> int:
        """How many vectors were written."""
        return self._offsets[-1]

    def add(self, vectors: Vectors) -> None:
        """The next paper's vectors ``[n, dim]``; stored with unit length, a zero vector as it is."""
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        units = (vectors / np.where(norms > 0, norms, 1)).astype("<f4")
        if self._whole:
            scales = (np.abs(units).max(axis=1, initial=1e-12) / 127).astype("<f4")
            self._scales.write(scales.tobytes())
            units = np.rint(units / scales[:, None]).astype(np.int8)
        self._file.write(units.tobytes())
        self._offsets.append(self._offsets[-1] + len(vectors))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._scales.close()
        if kind is None:
            np.save(self._offsets_path, np.array(self._offsets, np.int64))


class Ragged:
    """Unit vectors of many papers, opened by mapping.

    Args:
        folder: where a ``RaggedWriter`` wrote.
        name: the name it used.
        dtype: the type it used.
        dim: the length of a vector.
    """

    def __init__(self, folder: Path, name: str, dtype: str, dim: int) -> None:
        self.offsets: Rows = np.load(folder / f"{name}.offsets.npy")
        shape = (int(self.offsets[-1]), dim)
        stored = np.dtype(dtype).newbyteorder("<")
        self.counts: Rows = np.diff(self.offsets)
        self.vectors: NDArray[np.float32 | np.int8] = _mapped(folder / f"{name}.bin", stored, shape)
        self._scales: Scores | None = None
        if dtype == "int8":
            self._scales = _mapped(folder / f"{name}.scales.bin", np.dtype("<f4"), shape[:1])

    def __len__(self) -> int:
        """How many papers there are."""
        return len(self.offsets) - 1

    @property
    def owners(self) -> Rows:
        """The paper row of each vector."""
        return np.repeat(np.arange(len(self)), self.counts)

    def blocks(self, size: int) -> Iterator[tuple[int, Vectors]]:
        """All vectors in order, ``size`` at a time, each block with the position of its first."""
        for start in range(0, len(self.vectors), size):
            yield start, self.vectors[start : start + size].astype(np.float32)

    def of(self, row: int) -> Vectors:
        """The unit vectors of one paper, copied."""
        part = slice(int(self.offsets[row]), int(self.offsets[row + 1]))
        vectors = self.vectors[part].astype(np.float32)
        return vectors if self._scales is None else vectors * self._scales[part, None]

    def best(self, query: Vectors, rows: Rows) -> tuple[Scores, Rows]:
        """The nearest vector of each paper.

        Args:
            query: unit vector ``[dim]``.
            rows: paper rows.

        Returns:
            The cosine of the nearest vector of each, and its ordinal among that paper's vectors; the earlier
            of equals. ``NOTHING`` stands in both for a paper that has none.
        """
        cosines = np.full(len(rows), NOTHING, np.float32)
        ordinals = np.full(len(rows), NOTHING, np.int64)
        for start in range(0, len(rows), _BLOCK):
            part = slice(start, start + _BLOCK)
            self._best(query, rows[part], cosines[part], ordinals[part])
        return cosines, ordinals

    def _best(self, query: Vectors, rows: Rows, cosines: Scores, ordinals: Rows) -> None:
        counts = self.counts[rows]
        some = np.flatnonzero(counts)
        if not len(some):
            return
        counts = counts[some]
        begins = np.cumsum(counts) - counts
        within = np.arange(int(counts.sum())) - np.repeat(begins, counts)
        places = np.repeat(self.offsets[rows[some]], counts) + within
        # Not a matrix product: the threads of BLAS cost more than they bring for one vector.
        scores = np.vecdot(self.vectors[places].astype(np.float32, copy=False), query)
        if self._scales is not None:
            scores *= self._scales[places]
        highest = np.maximum.reduceat(scores, begins)
        winners = np.where(scores == np.repeat(highest, counts), within, np.iinfo(np.int64).max)
        cosines[some] = highest
        ordinals[some] = np.minimum.reduceat(winners, begins)


class Stack:
    """Several ``Ragged`` one after the other, as if they were one.

    Args:
        parts: in the order of their rows.
    """

    def __init__(self, parts: Sequence[Ragged]) -> None:
        self._parts = parts
        self._firsts = np.cumsum([0, *map(len, parts)])
        self.counts: Rows = np.concatenate([part.counts for part in parts])

    def __len__(self) -> int:
        """How many papers there are."""
        return int(self._firsts[-1])

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return int(self._parts[0].vectors.shape[1])

    def part(self, row: int) -> tuple[int, int]:
        """Which part holds a row, and which of its rows it is there."""
        number = int(np.searchsorted(self._firsts, row, side="right")) - 1
        return number, row - int(self._firsts[number])

    def of(self, row: int) -> Vectors:
        """The unit vectors of one paper, copied."""
        number, inside = self.part(row)
        return self._parts[number].of(inside)

    def best(self, query: Vectors, rows: Rows) -> tuple[Scores, Rows]:
        """The nearest vector of each paper, as ``Ragged.best``."""
        if len(self._parts) == 1:
            return self._parts[0].best(query, rows)
        cosines = np.full(len(rows), NOTHING, np.float32)
        ordinals = np.full(len(rows), NOTHING, np.int64)
        for part, first in zip(self._parts, self._firsts.tolist(), strict=False):
            inside = np.flatnonzero((rows >= first) & (rows < first + len(part)))
            cosines[inside], ordinals[inside] = part.best(query, rows[inside] - first)
        return cosines, ordinals


def _mapped(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """A file as an array; an empty one can't be mapped."""
    return np.asarray(np.memmap(path, dtype, mode="r", shape=shape)) if shape[0] else np.empty(shape, dtype)
