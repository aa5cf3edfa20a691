"""The words of a question that name what it is about, told from those that go with any question."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rag.answer.lexicon import groups, words_of
from rag.index.words import Words


def subjects(terms: Iterable[str], words: Words) -> frozenset[str]:
    """Those of a question's terms that may name a subject."""
    return frozenset(terms) - subjectless(words) - _with_any(words)


@lru_cache(maxsize=4)
def subjectless(words: Words) -> frozenset[str]:
    """What is asked of any subject: a question of these alone asks it of what was spoken of."""
    return frozenset(words.terms(" ".join(words_of("subjectless") | words_of("measured"))))


@lru_cache(maxsize=4)
def asking(words: Words) -> frozenset[str]:
    """What says that something is asked, not what: no paper is expected to have it."""
    return frozenset(words.terms(" ".join(groups("asking")[0])))


@lru_cache(maxsize=4)
def _with_any(words: Words) -> frozenset[str]:
    """What goes with any question."""
    return frozenset(words.terms(" ".join(words_of("asking"))))


@lru_cache(maxsize=4)
def vague(words: Words) -> frozenset[str]:
    """What is asked of any subject and tells nothing where no paper has it: "pros", "drawbacks"."""
    return frozenset(words.terms(" ".join(groups("subjectless")[1])))
