"""From token states to vectors: means, and which tokens a span has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.types import Span
from rag.vectors import Floats


def unit(vectors: Floats) -> Floats:
    """The vectors ``[..., dim]`` scaled to length one; a zero vector stays."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def mean(states: Floats) -> Floats:
    """The unit mean of all states ``[n, dim]``: what sentence-transformers gives for the text."""
    return unit(states.mean(axis=0, dtype=np.float32))


def rows_within(spans: NDArray[np.int64], span: Span) -> slice:
    """The rows whose token lies in ``span``, at least in part; special tokens lie nowhere.

    Args:
        spans: ``[n, 2]``, rising, with an empty one at each end.
        span: in the same coordinates.
    """
    inner = spans[1:-1]
    first = int(np.searchsorted(inner[:, 1], span.start, side="right"))
    last = int(np.searchsorted(inner[:, 0], span.end, side="left"))
    return slice(first + 1, max(first, last) + 1)
