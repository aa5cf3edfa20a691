"""Names counted as filters compare them: whatever their case, shown as first written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.library.records import fold
from rag.types import Facet, Facets


@dataclass(slots=True)
class _Names:
    """How many papers have each name."""

    papers: Counter[str] = field(default_factory=Counter)
    written: dict[str, str] = field(default_factory=dict)

    def add(self, names: Iterable[str]) -> None:
        """The names of one paper, each counted once."""
        having = set()
        for name in names:
            if key := fold(name):
                having.add(key)
                self.written.setdefault(key, name)
        self.papers.update(having)

    def facets(self, most: int) -> tuple[Facet, ...]:
        """The commonest, names of equal count in their own order."""
        ranked = sorted(self.papers.items(), key=lambda counted: (-counted[1], counted[0]))
        return tuple(Facet(self.written[key], papers) for key, papers in ranked[:most])


@dataclass(slots=True)
class Tally:
    """Takes one paper after another and counts what they can be told apart by."""

    _years: Counter[int] = field(default_factory=Counter)
    _sources: _Names = field(default_factory=_Names)
    _authors: _Names = field(default_factory=_Names)
    _categories: _Names = field(default_factory=_Names)

    def add(self, year: int | None, authors: Iterable[str], categories: Iterable[str]) -> None:
        """One paper."""
        if year is not None:
            self._years[year] += 1
        self._authors.add(authors)
        self._categories.add(categories)

    def add_sources(self, sources: Iterable[str]) -> None:
        """Where one paper stands."""
        self._sources.add(sources)

    def facets(self, most: int) -> Facets:
        """Every year, newest first; of names the commonest ``most``."""
        return Facets(
            years=tuple(
                Facet(str(year), papers) for year, papers in sorted(self._years.items(), reverse=True)
            ),
            sources=self._sources.facets(most),
            authors=self._authors.facets(most),
            categories=self._categories.facets(most),
        )
