"""What a sentence calls by name: acronyms, words with capitals, words with digits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from rag.answer.lexicon import words_of
from rag.answer.text.tokens import plain

_NAME = re.compile(r"[^\W_]+(?:[-.&/'+][^\W_]+)*\+*")
_INTRODUCES = re.compile(
    r"\b(?:we|paper|work|study|article|here)\b[^.;]{0,30}?\b(?:propos|introduc|present|develop)\w*\s+([^.;]{1,80})"
    r"|\b(?:called|named|dubbed|termed)\s+([^.;]{1,40})",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z0-9-]{1,9})\)")
_PLAIN_WORD = re.compile(r"[\w'/]+")
_MOST = 7  # words that an acronym stands for
_REACH = 120  # characters before it in which they stand


def names(text: str) -> tuple[str, ...]:
    """The names in a sentence, in order, as they stand; a plain word at the start counts as none."""
    flat = plain(text)
    found = []
    for match in _NAME.finditer(flat):
        word = match.group().removesuffix("'s").strip("'.")
        if is_name(word, first=not re.search(r"[^\W_]", flat[: match.start()])) and not _is_title_case(
            flat, match
        ):
            found.append(word)
    return tuple(found)


def is_name(word: str, *, first: bool = False) -> bool:
    """Whether a word is a name by its looks."""
    if len(word) < 2 or not any(char.isalpha() for char in word):
        return False
    if word.casefold() in words_of("openers") or re.fullmatch(
        r"\d+(?:st|nd|rd|th|s|[a-z]{1,3})|\d[\d.,]*-[a-z]+", word
    ):
        return False
    inner = any(char.isupper() for char in word[1:])
    mixed = any(char.isdigit() for char in word) and any(char.isupper() or char.isdigit() for char in word)
    if first and word[0].isupper() and not mixed:
        return inner and not re.fullmatch(r"[A-Z][a-z]+(?:-[a-zA-Z][a-z]*)*", word)
    return word[0].isupper() or inner or mixed


def _is_title_case(text: str, match: re.Match[str]) -> bool:
    """Whether the word only opens what follows a colon or stop within the sentence."""
    before = text[: match.start()].rstrip()
    word = match.group()
    return before.endswith((":", ".", "?", "!", "•")) and bool(re.fullmatch(r"[A-Z][a-z]+", word))


def folded(name: str) -> str:
    """A name without case, hyphens, stops and plural: ``BERTs``, ``Bert`` and ``BERT`` are one."""
    plain_name = re.sub(r"[^\w+]", "", name.casefold())
    return (
        plain_name[:-1]
        if len(plain_name) > 3 and plain_name.endswith("s") and not plain_name.endswith("ss")
        else plain_name
    )


def stands_in(name: str, text: str, defined: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether a name stands in a text, whole, as parts of a compound, or as the words it abbreviates.

    Args:
        name: as `names` gives it.
        text: where to look.
        defined: acronyms and their words, as the paper itself introduces them.
    """
    flat = plain(text)
    held = _forms(flat)
    if folded(name) in held or all(folded(part) in held for part in _NAME_PARTS.split(name) if part):
        return True
    lowered = flat.casefold()
    return any(
        (folded(short) == folded(name) and long in lowered)
        or (folded(name) in folded_words(long) and folded(short) in held)
        for short, long in defined
    )


_NAME_PARTS = re.compile(r"[-/&.]")


def _forms(text: str) -> frozenset[str]:
    """Every word of a text folded, parts of compounds, and neighbours joined (``GPT 4`` is ``GPT-4``)."""
    words = [match.group() for match in _NAME.finditer(text)]
    forms = {folded(word) for word in words}
    forms.update(
        folded(part) for word in words for part in _NAME_PARTS.split(word.removesuffix("'s")) if part
    )
    forms.update(folded(a + b) for a, b in pairwise(words))
    return frozenset(forms)


def folded_words(text: str) -> frozenset[str]:
    """The folded words of a text."""
    return frozenset(folded(word) for word in text.split())


def introduced(text: str) -> tuple[str, ...]:
    """Names that a text gives to its own things: "we propose FastFormer", "a method called Tarn"."""
    return tuple(
        name for match in _INTRODUCES.finditer(text) for name in names(f"x {match[1] or match[2]}")[:1]
    )


def definitions(text: str) -> tuple[tuple[str, str], ...]:
    """Acronyms that a text introduces (``large language models (LLMs)``), each with its words, lower case."""
    flat = plain(text)
    return tuple(
        (match[1], long)
        for match in _ACRONYM.finditer(flat)
        if (long := _abbreviated(match[1], flat[max(0, match.start() - _REACH) : match.start()]))
    )


def _abbreviated(short: str, before: str) -> str:
    """The words before an acronym in brackets that it stands for, one a capital; empty where it does not."""
    letters = [char for char in short.removesuffix("s") if char.isupper()]
    *words, gap = re.split(r"[\s-]+", before)
    words = words[-len(letters) :]
    if gap or not 2 <= len(letters) == len(words) <= _MOST:
        return ""
    first, *rest = words
    first = re.sub(r".*[^\w'/]", "", first)  # a bracket may open before it
    fits = all(map(_PLAIN_WORD.fullmatch, (first, *rest))) and first[0].casefold() == letters[0].casefold()
    return " ".join((first, *rest)).casefold() if fits else ""
