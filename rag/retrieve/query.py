"""What a query says beyond its words: typing errors, phrases in quotation marks, the title of a paper."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

from rag.index.lexical import LexicalIndex
from rag.index.words import STOPWORDS
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
        text: the query, typing errors mended.
        mended: what was mended, by the word as it stood.
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


def understand(
    query: str,
    lexical: LexicalIndex,
    is_word: Callable[[str], bool],
    read: Callable[[list[int]], Iterable[str]],
) -> Asked:
    """The query, with what is no word replaced by the commonest word of the papers that is one slip away.

    A slip is a letter left out, put in, changed, or two exchanged (Damerau, 1964); words that mean nothing by
    themselves ("waht") are told by the last kind alone. What is put in stands in
    a paper as it is: a stem that papers have makes no word of every ending. No capital within a name is
    taken for a slip: ResNeXt is not ResNet.

    Args:
        query: any text.
        lexical: the words of the papers.
        is_word: whether a word that no paper has is a word all the same.
        read: the texts of the papers of some rows.
    """
    text, mended = query, {}
    for word in lexical.unknown(query):
        if not word.isascii() or not word.isalpha() or is_word(word) or is_word(_bare(word)):
            continue
        near = next((slip for slip in _exchanged(word) if slip in STOPWORDS), None)
        if near or (_PLAIN.fullmatch(word) and (near := _nearest(word, lexical, read))):
            if not _capitals(word, query) <= set(near):
                continue
            text, places = re.subn(rf"\b{word}\b", near, text, flags=re.IGNORECASE)
            if places:  # none where folding took an accent away
                mended[word] = near
    return Asked(text, mended)


def _capitals(word: str, query: str) -> set[str]:
    """The letters of a word of the query, but for the first, that stand as capitals among small ones."""
    found = None if query.isupper() else re.search(rf"\b{word}\b", query, re.IGNORECASE)
    return {letter.casefold() for letter in found.group()[1:] if letter.isupper()} if found else set()


def _bare(word: str) -> str:
    """A word without the ending that a verb or a plural has; itself where too little would be left."""
    bare = _ENDING.sub("", word)
    return bare if len(bare) >= _LEAST_BARE else word


def _nearest(word: str, lexical: LexicalIndex, read: Callable[[list[int]], Iterable[str]]) -> str | None:
    """The word one slip away that most papers have; of its forms, the one that they write most often."""
    for stem, forms in lexical.by_stem([*dict.fromkeys(_slips(word))])[:_TRIED]:
        texts = read(lexical.rows(stem, _READ))
        counts = Counter(said for text in texts for said in set(words_of(text).split()))
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
