"""What is stored beside abstracts, made by hand."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Filters

AUTHORS = (
    "geoffrey hinton",
    "hinton ge",
    "ashish vaswani",
    "k. he",
    "cy díaz",
    "ludwig van den berg",
    "ed young",
)


@dataclass
class Stored:
    """Papers of these authors, with years or without; none passes the filters that are refused.

    Abstracts hold the ``known`` words alone.
    """

    names: tuple[str, ...] = AUTHORS
    dated: bool = True
    refused: Filters | None = None
    known: frozenset[str] = frozenset()

    def authors(self) -> tuple[str, ...]:
        return self.names

    def holds(self, filters: Filters) -> bool:
        return filters != self.refused and (self.dated or filters.year_from is None)

    def unknown(self, text: str) -> tuple[str, ...]:
        return tuple(word for word in text.casefold().split() if word not in self.known)
