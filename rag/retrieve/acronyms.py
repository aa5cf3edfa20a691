"""What acronyms stand for, by the words of papers: FNO is the Fourier neural operator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from rag.index.words import STOPWORDS
from rag.types import Paper

_FEWEST, _MOST = 3, 6
"""Letters of an acronym whose words are looked for: two are the initials of too much."""
LONGEST = _MOST + 1
"""Letters of the longest acronym with its plural."""
_LEAST = 2  # letters of an acronym at all
_RUN = re.compile(r"\w+(?:[ -]+\w+)*")  # words with nothing between but blanks and hyphens
_WORD = re.compile(r"\w+")
_AGREED = 0.5
"""The part of the papers with such initials that must mean the same: by chance each means another thing."""


def stands_for(acronym: str, text: str) -> str | None:
    """The words in a row of a text that begin with the letters of an acronym ("CNNs"), if there are any."""
    letters = acronym.removesuffix("s")
    if len(letters) < _LEAST or not letters.isupper() or not letters.isalpha():
        return None
    wanted = letters.casefold()
    for run in _RUN.finditer(text):
        words = list(_WORD.finditer(run.group()))
        initials = "".join(word.group()[0].casefold()[:1] for word in words)
        at = initials.find(wanted)
        while at >= 0:
            first, last = words[at], words[at + len(wanted) - 1]
            if STOPWORDS.isdisjoint((first.group().casefold(), last.group().casefold())):
                return run.group()[first.start() : last.end()]
            at = initials.find(wanted, at + 1)
    return None


def meaning(
    acronym: str, is_word: Callable[[str], bool], titled: Callable[[str], Iterable[Paper]]
) -> str | None:
    """The words that an acronym stands for in most of the papers that spell it out, in title and abstract.

    In small letters it must be no word, and the initials of its words be capitals.

    Args:
        acronym: as it is written in a question.
        is_word: whether a word in small letters is one.
        titled: gives papers whose titles have words in a row that begin with some small letters.
    """
    letters = acronym.removesuffix("s")
    small = letters.islower()
    if not _FEWEST <= len(letters) <= _MOST or not (letters.isupper() or (small and not is_word(acronym))):
        return None
    spelt = [words for paper in titled(letters.casefold()) if (words := _spelt(letters, small, paper))]
    if not spelt:
        return None
    words, count = Counter(words.casefold() for words in spelt).most_common(1)[0]
    return next(s for s in spelt if s.casefold() == words) if count >= _AGREED * len(spelt) else None


def _spelt(letters: str, small: bool, paper: Paper) -> str | None:
    words = stands_for(letters.upper(), paper.title)
    if words is None or words.casefold() not in paper.abstract.casefold():
        return None
    return None if small and any(word[0].islower() for word in _WORD.findall(words)) else words
