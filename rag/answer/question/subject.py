"""The words of a question that name what it is about, told from those that go with any question."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rag.answer.lexicon import words_of
from rag.answer.question.asked import ASKING
from rag.index.words import Words


def subjects(terms: Iterable[str], words: Words) -> frozenset[str]:
    """Those of a question's terms that may name a subject."""
    return frozenset(terms) - subjectless(words) - _asking(words)


@lru_cache(maxsize=4)
def subjectless(words: Words) -> frozenset[str]:
    """What is asked of any subject: a question of these alone asks it of what was spoken of."""
    return frozenset(words.terms(" ".join(words_of("subjectless") | words_of("measured"))))


@lru_cache(maxsize=4)
def _asking(words: Words) -> frozenset[str]:
    return frozenset(words.terms(" ".join([ASKING, *words_of("asking")])))
