"""Where the sentences of an abstract begin and end.

Punkt (nltk) proposes; it is told the abbreviations of science rather than given a trained model, so that
it needs no data. What it can't see is added or taken back here. Why Punkt, and what else was measured, is in
``docs/decisions/0003-sentence-segmentation.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from rag.corpus.abbreviations import BEFORE_NUMBER, MAY_END, NEVER_END, OPENERS, SURNAMES, UNITS
from rag.types import Span

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktSentenceTokenizer  # type: ignore[import-untyped]


def _any_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted({form for w in words for form in (w.capitalize(), w.upper())})) + r")\b"


_GAP = re.compile(r"\s{2,}")

_MORE_ENDS = re.compile(
    r"(?<=[.!?$。！？])(?:"
    # glued: shrank.The effect
    rf"(?<=[a-z][a-z)\]%][.!?])(?={_any_of(OPENERS)}(?![./(-]))"
    # no initial: the kernel of H. The image
    rf"|(?<=\b\w\.)(?=\s+{_any_of(OPENERS - SURNAMES)})"
    # citation after the stop: known.[1,2] We
    rf"|(?<=[a-z][a-z)\]][.!?])(?:\[[\d,;–\- ]{{1,30}}\]|[\d,–-]{{1,9}})(?=\s+{_any_of(OPENERS)})"
    # stop within a formula: $y = x^2.$ Then
    r"|(?<=[.!?]\$)(?=\s+[A-Z])"
    # no space follows these
    r"|(?<=[。！？]))"
)

_FORMULA = re.compile(r"(?<![\w$\\])\$(?=[^\s$\d])[^$\n]{1,200}(?<!\s)\$(?!\w)")
_MARKER = re.compile(r"[(\[]?(?:\d{1,2}|[ivx]{1,4}|[a-h])[.)\]]+\s*")
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = re.compile(r"(?:[A-Za-z]\.){2,}")
_GENUS = re.compile(r"[A-Z][a-z]?\.")
_YEAR = re.compile(r"\(?(?:19|20)\d\d\b")
_GOES_ON = re.compile(r"[,;:%)\]}”’]|'s\b")
_GLUED = re.compile(r"\[\d|\(")
_NUMBER = re.compile(r"\.?\d+\.")
_DECIMALS = re.compile(r"\d+\s?[%),]")
_ALNUM = re.compile(r"[^\W_]")
_SOLID = re.compile(r"\S")

_CONTEXT = 40
"""How many characters either side of a stop are looked at."""


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Exact spans of the sentences: ordered, apart, trimmed; only white space lies outside them."""
    paragraphs = {gap.start() for gap in _GAP.finditer(text) if gap.group().count("\n") > 1}
    spans: list[Span] = []
    start = _next_solid(text, 0)
    for end in [*_proposed_ends(text, paragraphs), len(text)]:
        begin = _next_solid(text, end)
        if end <= start or (
            end not in paragraphs and begin < len(text) and _goes_on(text, start, end, begin)
        ):
            continue
        end = start + len(text[start:end].rstrip())
        if spans and not _ALNUM.search(text, start, end):
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
        start = begin
    return tuple(spans)


def _proposed_ends(text: str, paragraphs: set[int]) -> list[int]:
    """Where a sentence may end, in order; never inside a formula."""
    ends = {end for _, end in _punkt().span_tokenize(text)}
    ends.update(match.end() for match in _MORE_ENDS.finditer(text))
    for formula in _FORMULA.finditer(text):
        ends.difference_update(range(formula.start() + 1, formula.end()))
    return sorted(ends | paragraphs)


@cache
def _punkt() -> PunktSentenceTokenizer:
    # Imported late: nltk takes up to a second, and answering from what is stored cuts no sentences.
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    parameters = PunktParameters()
    parameters.abbrev_types.update(NEVER_END | MAY_END)
    parameters.sent_starters.update(OPENERS)
    parameters.collocations.update((word, "##number##") for word in BEFORE_NUMBER)
    return PunktSentenceTokenizer(parameters)


def _goes_on(text: str, start: int, end: int, begin: int) -> bool:
    """Whether the sentence that began at ``start`` goes on past ``end``, with what stands at ``begin``."""
    if end - start <= len("(viii). ") and _MARKER.fullmatch(text, start, end):
        return True
    left, right = text[max(start, end - _CONTEXT) : end], text[begin : begin + _CONTEXT]
    word = left.split()[-1].lstrip("([{\"'“‘")
    if _GOES_ON.match(right):
        return True
    if begin == end and (glued := _GLUED.match(right)):
        return glued.group() != "(" or len(word) <= len("p.")
    if _NUMBER.fullmatch(word):
        return _DECIMALS.match(right) is not None
    if word[-1:] in "\"'”’)":
        return right[0].islower()
    return _is_abbreviation(word, right, lower_case=text[start].islower())


def _is_abbreviation(word: str, right: str, *, lower_case: bool) -> bool:
    """Whether the stop at the end of ``word`` is the word's own, given what follows.

    ``lower_case`` tells that sentences begin with small letters, so that one that follows says less.
    """
    stem = word.removesuffix(".").lower()
    if stem in NEVER_END:
        return True
    match = _WORD.match(right)
    following = match.group() if match else ""
    opens = following.lower() in OPENERS
    if stem in UNITS:
        return following.islower() and not (lower_case and opens)
    if _LETTERS.fullmatch(word):
        return following.islower() or (following != "" and not opens)
    if stem in MAY_END or _GENUS.fullmatch(word):
        return (len(following) > 1 and following.islower()) or _YEAR.match(right) is not None
    return False


def _next_solid(text: str, position: int) -> int:
    """The first character from ``position`` on that is no white space, else the end."""
    found = _SOLID.search(text, position)
    return found.start() if found else len(text)
