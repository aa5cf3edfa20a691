"""What papers are filtered by, held in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index.select import Mask
from rag.library.records import fold
from rag.types import Filters, Paper

_NAMED = ("sources", "authors", "categories")
NO_YEAR = -1
_WORD = re.compile(r"\w+")
_BETWEEN = "\n"


@dataclass(slots=True)
class ColumnsBuilder:
    """Takes one paper after another, then writes the columns."""

    ids: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    revisions: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    initials: list[str] = field(default_factory=list)
    names: dict[str, dict[str, list[int]]] = field(default_factory=lambda: {name: {} for name in _NAMED})

    def add(self, paper: Paper, revision: int) -> None:
        """The next paper, and the library's revision when it was last written."""
        row = len(self.ids)
        self.ids.append(paper.id)
        self.years.append(NO_YEAR if paper.year is None else paper.year)
        self.revisions.append(revision)
        self.places.append(len(paper.sources))
        self.initials.append("".join(word[0] for word in _WORD.findall(fold(paper.title))))
        for column, having in self.names.items():
            for name in {fold(name) for name in getattr(paper, column)}:
                having.setdefault(name, []).append(row)

    def save(self, folder: Path) -> None:
        """Write them: names as JSON, numbers as arrays."""
        folder.mkdir()
        names = {column: list(having) for column, having in self.names.items()}
        initials = _BETWEEN.join(self.initials)
        (folder / "names.json").write_text(json.dumps({"ids": self.ids, "initials": initials, **names}))
        numbers = {"years": self.years, "revisions": self.revisions, "places": self.places}
        for column, having in self.names.items():
            numbers[f"{column}.rows"] = [row for rows in having.values() for row in rows]
            numbers[f"{column}.counts"] = [len(rows) for rows in having.values()]
        for name, values in numbers.items():
            np.save(folder / f"{name}.npy", np.array(values, np.int64))


class Columns:
    """Ids, years, names and the initials of titles of all papers, by row.

    Args:
        folder: where a ``ColumnsBuilder`` wrote.
    """

    def __init__(self, folder: Path) -> None:
        names = json.loads((folder / "names.json").read_text())
        self.ids: list[str] = names["ids"]
        self.revisions: NDArray[np.int64] = np.load(folder / "revisions.npy")
        self.years: NDArray[np.int64] = np.load(folder / "years.npy")
        self._places: NDArray[np.int64] = np.load(folder / "places.npy")
        self._rows_of = {paper_id: row for row, paper_id in enumerate(self.ids)}
        self._having = {column: _postings(folder, column, names[column]) for column in _NAMED}
        self._initials: str = names["initials"]

    @property
    def stamps(self) -> list[tuple[int, int]]:
        """What tells whether a paper is stored as it was: see ``Snapshot.stamps``."""
        return list(zip(self.revisions.tolist(), self._places.tolist(), strict=True))

    def row(self, paper_id: str) -> int | None:
        """The row of a paper, ``None`` if it isn't here."""
        return self._rows_of.get(paper_id)

    @property
    def authors(self) -> Iterable[str]:
        """The names of all authors, folded."""
        return self._having["authors"]

    def titled(self, initials: str, most: int) -> list[int]:
        """The first rows whose titles have words in a row that begin with some small letters."""
        rows: list[int] = []
        row = seen = 0
        while len(rows) < most and (at := self._initials.find(initials, seen)) >= 0:
            row += self._initials.count(_BETWEEN, seen, at)
            rows.append(row)
            seen = at if (at := self._initials.find(_BETWEEN, at)) >= 0 else len(self._initials)
        return rows

    def mask(self, filters: Filters) -> Mask:
        """Which papers the filters let through, one bool a row."""
        allowed = np.ones(len(self.ids), np.bool_)
        if filters.paper_ids:
            rows = (self._rows_of.get(paper_id) for paper_id in filters.paper_ids)
            allowed &= self._only([np.array([row for row in rows if row is not None], np.int64)])
        if filters.year_from is not None or filters.year_to is not None:
            allowed &= self.years != NO_YEAR
        if filters.year_from is not None:
            allowed &= self.years >= filters.year_from
        if filters.year_to is not None:
            allowed &= self.years <= filters.year_to
        for column, having in self._having.items():
            asked: Iterable[str] = getattr(filters, column)
            if asked:
                allowed &= self._only(_rows(having, asked))
        return allowed

    def _only(self, parts: Iterable[NDArray[np.int64]]) -> Mask:
        mask = np.zeros(len(self.ids), np.bool_)
        for rows in parts:
            mask[rows] = True
        return mask


def _rows(having: Mapping[str, NDArray[np.int64]], names: Iterable[str]) -> list[NDArray[np.int64]]:
    return [having[name] for name in map(fold, names) if name in having]


def _postings(folder: Path, column: str, names: list[str]) -> dict[str, NDArray[np.int64]]:
    """The rows that have each name."""
    rows, counts = (np.load(folder / f"{column}.{part}.npy") for part in ("rows", "counts"))
    ends = np.cumsum(counts)
    return {name: rows[end - n : end] for name, end, n in zip(names, ends, counts, strict=True)}
