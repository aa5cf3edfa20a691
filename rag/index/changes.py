"""What changed in the library since a generation was written whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.index.columns import Columns
from rag.index.select import Rows
from rag.library import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The difference between a segment and the library.

    Attributes:
        gone: rows of papers that were deleted or are stored otherwise now.
        fresh: ids of papers that are new or stored otherwise now, ascending.
    """

    gone: Rows
    fresh: list[str]

    def __len__(self) -> int:
        """How many papers differ, at most."""
        return len(self.gone) + len(self.fresh)


def since(columns: Columns, source: Snapshot) -> Changes:
    """Compare every paper's stamp: a deletion leaves no other trace in the library."""
    stamps = columns.stamps
    gone = np.ones(len(columns.ids), np.bool_)
    fresh: list[str] = []
    for paper_id, stamp in source.stamps():
        row = columns.row(paper_id)
        if row is not None and stamps[row] == stamp:
            gone[row] = False
        else:
            fresh.append(paper_id)
    return Changes(np.flatnonzero(gone), sorted(fresh))
