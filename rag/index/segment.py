"""The mapped files of one folder: some papers, by row, with all that a search needs of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index.columns import Columns
from rag.index.lexical import Postings
from rag.index.ragged import Ragged

COLUMNS = "columns"
LEXICAL = "lexical"
SENTENCES = ("sentences", "int8")
SPANS = "spans.npy"
WINDOWS = ("windows", "float32")


class Segment:
    """Papers ``0..len-1``, in the order of their ids.

    Args:
        folder: where ``build`` or ``extend`` wrote.
        dim: the length of a vector.

    Attributes:
        folder: the same.
        columns: ids, years and names.
        postings: terms.
        windows: vectors of windows.
        sentences: vectors of sentences.
        spans: int32 ``[sentences, 2]``, where each stands in its abstract.
    """

    def __init__(self, folder: Path, dim: int) -> None:
        self.folder = folder
        self.columns = Columns(folder / COLUMNS)
        self.postings = Postings(folder / LEXICAL)
        self.windows = Ragged(folder, *WINDOWS, dim)
        self.sentences = Ragged(folder, *SENTENCES, dim)
        self.spans: NDArray[np.int32] = np.load(folder / SPANS, mmap_mode="r")

    def __len__(self) -> int:
        """How many papers there are."""
        return len(self.columns.ids)
