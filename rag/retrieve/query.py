"""What a query says beyond its words: slips, acronyms, phrases in quotation marks, the title of a paper."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

import numpy as np

from rag.index.lexical import RARE, LexicalIndex
from rag.index.words import STOPWORDS
from rag.retrieve.acronyms import LONGEST, meaning, stands_for
from rag.types import Paper

QUOTED = r'(?:"([^"]+)"|“([^”]+)”|«([^»]+)»|„([^“”]+)[“”])'
"""Finds what stands in quotation marks, of four kinds."""

_QUOTED = re.compile(QUOTED)
_WORDS = re.compile(r"\w+")
_PLAIN = re.compile(r"[a-z]{5,24}")  # shorter words have too many neighbours, longer ones are no words
_ENDING = re.compile(r"(?:ing|ed|es|s)$")
_LEAST_BARE = 5  # letters
_TRIED = 4  # stems one slip away that are looked at
_READ = 30  # papers in which a stem's forms are looked up
_NAMED = 5  # words from which a title standing within a question names the paper, not a subject


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it is searched.

    Attributes:
        text: the query, typing errors mended and acronyms spelt out.
        mended: what was put in, by the word as it stood.
        words: the text, as spaced words.
        phrases: what stands in quotation marks and has two words or more, as spaced words.
    """

    text: str
    mended: Mapping[str, str] = field(default_factory=dict)
    words: str = field(init=False)
    phrases: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Take the text apart, once."""
        quoted = (words_of(next(filter(None, match))) for match in _QUOTED.findall(self.text))
        object.__setattr__(self, "words", words_of(self.text))
        object.__setattr__(self, "phrases", tuple(phrase for phrase in quoted if " " in phrase))

    def names(self, paper: Paper) -> bool:
        """Whether the query is, quotes or holds this paper's title."""
        title = words_of(paper.title)
        if not title:
            return False
        held = title.count(" ") + 1 >= _NAMED and f" {title} " in f" {self.words} "
        return held or title == self.words or title in self.phrases

    def quotes(self, paper: Paper) -> bool:
        """Whether the paper has every quoted phrase; true of all papers where none is quoted."""
        text = f" {words_of(f'{paper.title} {paper.abstract}')} " if self.phrases else ""
        return all(f" {phrase} " in text for phrase in self.phrases)


def words_of(text: str) -> str:
    """The words of a text, folded, with one space between."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True, slots=True)
class Known:
    """What a query is understood by.

    Attributes:
        lexical: the words of the papers.
        is_word: whether a word that no paper has is a word all the same.
        read: the papers of some rows.
        titled: rows of papers whose titles have words in a row that begin with some small letters.
    """

    lexical: LexicalIndex
    is_word: Callable[[str], bool]
    read: Callable[[Iterable[int]], Iterable[Paper]]
    titled: Callable[[str], Iterable[int]]


def understand(query: str, known: Known) -> Asked:
    """The query, its acronyms that no paper has spelt out, and what is no word mended.

    A slip is a letter left out, put in, changed, or two exchanged (Damerau, 1964); the commonest word of the
    papers that is one slip away is put in its place. Words that mean nothing by themselves ("waht") are told
    by the last kind alone. What is put in stands in a paper as it is: a stem that papers have makes no word
    of every ending. No capital within a name is taken for a slip: ResNeXt is not ResNet.
    """
    text, mended = query, {}
    for word in known.lexical.unknown(query):
        if not word.isascii() or not word.isalpha():
            continue
        if put_in := _spelt_out(word, query, known) or _mended(word, query, known):
            text, places = re.subn(rf"\b{word}\b", put_in, text, flags=re.IGNORECASE)
            if places:  # none where folding took an accent away
                mended[word] = put_in
    return Asked(text, mended)


def _spelt_out(word: str, query: str, known: Known) -> str | None:
    """What a word of the query stands for, if it is an acronym that papers spell out.

    Of the query's other words that few papers have, if there are any, such a paper must have one. A query
    that spells it out by itself is left as it is.
    """
    place = re.search(rf"\b{word}\b", query, re.IGNORECASE) if len(word) <= LONGEST else None
    if place is None:
        return None

    def spelling(initials: str) -> Iterable[Paper]:
        rows = np.array([*known.titled(initials)], np.int64)
        others = " ".join(known.lexical.rare(f"{query[: place.start()]} {query[place.end() :]}", RARE))
        return known.read((rows[known.lexical.scores(others, rows) > 0] if others else rows).tolist())

    found = meaning(place.group(), known.is_word, spelling)
    return None if found and stands_for(place.group().upper(), query) else found


def _mended(word: str, query: str, known: Known) -> str | None:
    """What a word of the query is a slip for, if it is one."""
    if known.is_word(word) or known.is_word(_bare(word)):
        return None
    near = next((slip for slip in _exchanged(word) if slip in STOPWORDS), None)
    if near is None and _PLAIN.fullmatch(word):
        near = _nearest(word, known)
    return near if near and _capitals(word, query) <= set(near) else None


def _capitals(word: str, query: str) -> set[str]:
    """The letters of a word of the query, but for the first, that stand as capitals among small ones."""
    found = None if query.isupper() else re.search(rf"\b{word}\b", query, re.IGNORECASE)
    return {letter.casefold() for letter in found.group()[1:] if letter.isupper()} if found else set()


def _bare(word: str) -> str:
    """A word without the ending that a verb or a plural has; itself where too little would be left."""
    bare = _ENDING.sub("", word)
    return bare if len(bare) >= _LEAST_BARE else word


def _nearest(word: str, known: Known) -> str | None:
    """The word one slip away that most papers have; of its forms, the one that they write most often."""
    for stem, forms in known.lexical.by_stem([*dict.fromkeys(_slips(word))])[:_TRIED]:
        papers = known.read(known.lexical.rows(stem, _READ))
        counts = Counter(
            said for paper in papers for said in set(words_of(f"{paper.title} {paper.abstract}").split())
        )
        if written := max((form for form in forms if counts[form]), key=counts.__getitem__, default=None):
            return written
    return None


def _exchanged(word: str) -> Iterator[str]:
    """The word with two neighbours exchanged, the first letter left where it is."""
    for i in range(1, len(word) - 1):
        yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _slips(word: str) -> Iterator[str]:
    """Every string one slip away that starts with the same letter."""
    yield from _exchanged(word)
    for i in range(1, len(word) + 1):
        head, tail = word[:i], word[i:]
        if tail:
            yield head + tail[1:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
