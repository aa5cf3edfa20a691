"""One paper, one hit: copies of a paper under other ids give way to the best of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rag.types import Paper

_LAYOUT = re.compile(r"[\W_]+")
_ALIKE = 0.8  # share of words in common from which two abstracts under one title are one


def squeezed(text: str) -> str:
    """Letters and digits only, folded: what survives a change of layout."""
    return _LAYOUT.sub("", unicodedata.normalize("NFKC", text).casefold())


def distinct(papers: Iterable[Paper], most: int) -> list[int]:
    """The positions of the first ``most`` papers that are no copy of an earlier one.

    A copy has the same abstract, or the same title and nearly the same words.
    """
    kept: list[int] = []
    abstracts: set[str] = set()
    titled: dict[str, list[frozenset[str]]] = {}
    for position, paper in enumerate(papers):
        if len(kept) == most:
            break
        abstract, title = squeezed(paper.abstract), squeezed(paper.title)
        words = frozenset(paper.abstract.casefold().split())
        alike = any(_overlap(words, other) >= _ALIKE for other in titled.get(title, ()))
        if (abstract and abstract in abstracts) or (title and alike):
            continue
        kept.append(position)
        abstracts.add(abstract)
        titled.setdefault(title, []).append(words)
    return kept


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
