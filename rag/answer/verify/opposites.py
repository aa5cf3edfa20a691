"""Words that mean the contrary of each other, so that one in place of the other turns a sentence round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from rag.answer.lexicon import paragraphs

_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "mis", "a")
_LONG_ENOUGH = 5  # letters of a word whose contrary is told by a prefix
_COMPARING = frozenset({0, 1})  # the groups that tell more from less and better from worse


@cache
def _sides() -> Mapping[str, tuple[tuple[int, int], ...]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for number, group in enumerate(paragraphs("opposites")):
        for sign, side in zip((1, -1), group.split("|"), strict=True):
            for word in side.split():
                found.setdefault(word, []).append((number, sign))
    return {word: tuple(dict.fromkeys(places)) for word, places in found.items()}


def sides(word: str) -> tuple[tuple[int, int], ...]:
    """The groups that a word (lower case) belongs to, each with its side, 1 or -1."""
    return _sides().get(word, ())


def compares(word: str) -> bool:
    """Whether a word states that something is more, less, better or worse."""
    return any(group in _COMPARING for group, _ in sides(word))


def negated_forms(word: str) -> Iterator[str]:
    """What the contrary of a word would be by its prefix: added, or taken away."""
    bare = word.replace("-", "")
    if len(bare) >= _LONG_ENOUGH:
        yield from (prefix + bare for prefix in _PREFIXES)
    yield from (
        bare[len(prefix) :]
        for prefix in _PREFIXES
        if bare.startswith(prefix) and len(bare) - len(prefix) >= _LONG_ENOUGH
    )
