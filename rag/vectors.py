"""Vectors on their way from an embedding model to the library and the indexes.

All are rows of unit length unless said otherwise, so that a dot product is a cosine.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryCorrupt

Floats = NDArray[np.float32]

_SMALL = 250_000  # multiplications; OpenBLAS calls its threads for more than 262,144


def product(left: Floats, right: Floats) -> Floats:
    """``left @ right`` in strips of rows that OpenBLAS multiplies in the calling thread.

    Waking its threads for products of this size costs more than they save, a hundredfold when cores are busy.

    Args:
        left: float32 ``[n, k]``.
        right: float32 ``[k, m]``.
    """
    strip = max(1, _SMALL // max(1, right.size))
    if len(left) <= strip:
        return left @ right
    whole = np.empty((len(left), right.shape[1]), np.float32)
    for start in range(0, len(left), strip):
        np.matmul(left[start : start + strip], right, out=whole[start : start + strip])
    return whole


_HEADER = struct.Struct("<4sHHII")  # mark, version, dim, rows, reserved: 16 bytes keep the arrays aligned
_MARK = b"CWTV"
_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """The token vectors of one paper, a byte a component.

    ``rows[i] * scales[i]`` is the unit vector of the i-th kept token; ``starts[i]`` is where it begins in the
    abstract, or -1 for a token of the title. Special tokens and punctuation are not kept.

    Attributes:
        rows: int8 ``[n, dim]``.
        scales: float32 ``[n]``.
        starts: int32 ``[n]``, in code points.
    """

    rows: NDArray[np.int8]
    scales: Floats
    starts: NDArray[np.int32]

    @classmethod
    def of(cls, vectors: Floats, starts: NDArray[np.int32]) -> Self:
        """Quantises float vectors ``[n, dim]``, each row by its own largest component."""
        scales = np.abs(vectors).max(axis=1, initial=1e-12).astype(np.float32) / np.float32(127)
        rows = np.rint(vectors / scales[:, None]).astype(np.int8)
        return cls(rows, scales, np.asarray(starts, dtype=np.int32))

    def floats(self) -> Floats:
        """The vectors as float32 ``[n, dim]``."""
        return self.rows.astype(np.float32) * self.scales[:, None]

    def cosines(self, query: Floats) -> Floats:
        """``[n, q]``: each token with each of ``query``, unit vectors ``[q, dim]``."""
        return product(self.rows.astype(np.float32), query.T) * self.scales[:, None]

    def __bytes__(self) -> bytes:
        """Header, scales, starts, rows; little-endian."""
        count, dim = self.rows.shape
        return b"".join(
            (
                _HEADER.pack(_MARK, _VERSION, dim, count, 0),
                self.scales.astype("<f4").tobytes(),
                self.starts.astype("<i4").tobytes(),
                self.rows.tobytes(),
            )
        )

    @classmethod
    def from_bytes(cls, blob: bytes | memoryview) -> Self:
        """Reads what ``bytes`` of one gave; the arrays are views of ``blob``, nothing is copied.

        Raises:
            LibraryCorrupt: ``blob`` is something else, or cut short.
        """
        if len(blob) < _HEADER.size:
            raise LibraryCorrupt(_NOT_TOKENS)
        mark, version, dim, count, _ = _HEADER.unpack_from(blob)
        if (mark, version) != (_MARK, _VERSION) or len(blob) != _HEADER.size + count * (8 + dim):
            raise LibraryCorrupt(_NOT_TOKENS)
        at = _HEADER.size
        scales = np.frombuffer(blob, "<f4", count, at)
        starts = np.frombuffer(blob, "<i4", count, at + 4 * count)
        rows = np.frombuffer(blob, np.int8, count * dim, at + 8 * count)
        return cls(rows.reshape(count, dim), scales, starts)


def joined(papers: Iterable[TokenVectors]) -> TokenVectors:
    """The token vectors of several papers as one table, in order."""
    parts = list(papers)
    return TokenVectors(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.scales for part in parts]),
        np.concatenate([part.starts for part in parts]),
    )


_NOT_TOKENS = "Stored token vectors can't be read; ingest the paper again."


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """What an embedding model made of one paper.

    Attributes:
        vectors: float32 ``[chunks, dim]``, in the order of the chunks.
        tokens: for late interaction, where the model offers them.
    """

    vectors: Floats
    tokens: TokenVectors | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EncodedQuery:
    """What an embedding model made of a question.

    Attributes:
        vector: float32 ``[dim]``.
        tokens: float32 ``[n, token_dim]``; no rows where the model offers none, or no word is left.
        starts: int32 ``[n]``, where each token begins in the question, in code points; empty where the model
            can't say.
    """

    vector: Floats
    tokens: Floats
    starts: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
