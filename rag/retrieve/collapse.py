"""One paper, one hit: copies of a paper under other ids give way to the best of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rag.types import Paper

_LAYOUT = re.compile(r"[\W_]+")
_ASCII_LAYOUT = bytes(code for code in range(128) if not chr(code).isalnum())
_ALIKE = 0.8  # share of words in common from which two abstracts under one title are one


def squeezed(text: str) -> str:
    """Letters and digits only, folded: what survives a change of layout."""
    if text.isascii():  # as most are: a twentieth of the time
        return text.lower().encode().translate(None, _ASCII_LAYOUT).decode()
    return _LAYOUT.sub("", unicodedata.normalize("NFKC", text).casefold())


def distinct(papers: Iterable[Paper], most: int) -> list[int]:
    """The positions of the first ``most`` papers that are no copy of an earlier one.

    A copy has the same abstract, or the same title and nearly the same words.
    """
    kept: list[int] = []
    abstracts: set[str] = set()
    titled: dict[str, list[Paper]] = {}
    for position, paper in enumerate(papers):
        if len(kept) == most:
            break
        abstract, title = squeezed(paper.abstract), squeezed(paper.title)
        alike = any(_overlap(paper, other) >= _ALIKE for other in titled.get(title, ()))
        if (abstract and abstract in abstracts) or (title and alike):
            continue
        kept.append(position)
        abstracts.add(abstract)
        titled.setdefault(title, []).append(paper)
    return kept


def _overlap(one: Paper, other: Paper) -> float:
    """Words of both abstracts as a share of the words of either."""
    words, others = (frozenset(paper.abstract.casefold().split()) for paper in (one, other))
    return len(words & others) / max(len(words | others), 1)
