"""Words for those a study is about: a question asks for participants, and the abstract counts women."""

from __future__ import annotations

from functools import lru_cache

from rag.answer.lexicon import paragraphs
from rag.index.words import Words


def with_people(asked: frozenset[str], words: Words) -> frozenset[str]:
    """The terms of a question with those for anyone, where one of them stands for anyone ("participants")."""
    anyone, everyone = _people(words)
    return asked if asked.isdisjoint(anyone) else asked | everyone


def with_anyone(told: frozenset[str], words: Words) -> frozenset[str]:
    """The terms of a sentence with those that stand for anyone, where it tells of people ("women")."""
    anyone, everyone = _people(words)
    return told if told.isdisjoint(everyone) else told | anyone


def are_people(terms: frozenset[str], words: Words) -> bool:
    """Whether some of these terms stand for people."""
    return not terms.isdisjoint(_people(words)[1])


@lru_cache(maxsize=4)
def _people(words: Words) -> tuple[frozenset[str], frozenset[str]]:
    anyone, others = (frozenset(words.terms(text)) for text in paragraphs("people"))
    return anyone, anyone | others
