"""Questions in other languages than English: told by how they begin, and read without what names no subject.

The embedding model and the wordings that rules go by are English. What can be found all the same are names
and terms that languages share; a question's little words would count as words that no paper has.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from rag.answer.lexicon import paragraphs
from rag.index.words import STOPWORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ELIDED = re.compile(r"\b(?:[ldnsmtcj]|qu|dell|nell|all|sull|dall|un)['’](?=\w)", re.IGNORECASE)
_OTHER_SCRIPT = re.compile(  # Cyrillic; Hebrew, Arabic; of India; Thai; of China, Japan and Korea
    r"[\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
_FIRST = 3  # words among which one must be how a question begins
_FEW = 4  # words of a thing that is asked about
_LEAST = 2  # of its little words that speak for a language
_MANY = 3  # ... that do so though each of them is an English word as well
_ENGLISH = "English"


@dataclass(frozen=True, slots=True)
class _Language:
    """How the questions of a language begin, and all of their words that name no subject."""

    opening: frozenset[str]
    little: frozenset[str]


def without_little_words(text: str) -> str:
    """A question in another language without the words that name no subject; any other text as it is.

    Where these all stand before a few others, it asks what that is. Words of another script stand apart from
    what is written in Latin letters. Capitals are names: ALS is no German word. Where nothing would be left,
    the text stays.
    """
    if not (language := _language(text)):
        return _OTHER_SCRIPT.sub(r" \g<0> ", text).strip() if _OTHER_SCRIPT.search(text) else text
    little = language.little
    bare = _WORD.sub(lambda word: "" if _is_little(word[0], little) else word[0], _ELIDED.sub("", text))
    if not (kept := _WORD.findall(bare)):
        return text
    bare = " ".join(bare.split()).lstrip("¿ ")
    return f"What is {bare}" if len(kept) <= _FEW and bare in " ".join(text.split()) else bare


def is_english(text: str) -> bool:
    """Whether nothing speaks for another language."""
    return not _OTHER_SCRIPT.search(text) and _language(text) is None


def _language(text: str) -> _Language | None:
    """The language that most words of a text speak for; None where that is English, or is not plain."""
    said = [_folded(word) for word in _WORD.findall(_ELIDED.sub(" ", text))]
    languages, also_english = _languages()
    strange = {word for word in said if word not in also_english and word not in STOPWORDS}
    accented = any(not word.isascii() for word in _WORD.findall(text) if word.islower())
    ours = sum(word in STOPWORDS for word in said)
    most, found = ours, None
    for language in languages:
        theirs = [word for word in said if word in language.little]
        telling = strange.intersection(theirs)
        alone = telling.intersection(said[:1]) and text.rstrip().endswith("?")
        surely = accented or telling or len(theirs) >= max(_MANY, ours + _LEAST)
        opens = surely and not language.opening.isdisjoint(said[:_FIRST])
        if opens and (len(theirs) >= _LEAST or alone) and len(theirs) > most:
            most, found = len(theirs), language
    return found


@cache
def _languages() -> tuple[tuple[_Language, ...], frozenset[str]]:
    """The languages that are known, and the words of theirs that are English words, too."""
    listed: dict[str, _Language] = {}
    for paragraph in paragraphs("languages"):
        name, _, words = paragraph.partition(": ")
        opening, _, others = (frozenset(part.split()) for part in words.partition("|"))
        listed[name] = _Language(opening, opening | others)
    english = listed.pop(_ENGLISH)
    return tuple(listed.values()), english.little


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).replace("’", "'").casefold()


def _is_little(word: str, little: frozenset[str]) -> bool:
    """Whether a word is one of these little words; what is all capitals is a name."""
    return _folded(word) in little and (len(word) == 1 or not word.isupper())
