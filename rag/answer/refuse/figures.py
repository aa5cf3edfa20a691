"""What only a number answers, and whether the papers that are cited give it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.evidence.numbers import (
    asks_for_a_figure,
    can_count,
    counts,
    counts_others,
    fresh,
    gives_figure,
    goes_by_name,
    measured_in,
    phrase_of,
)
from rag.answer.evidence.quote import Quote
from rag.answer.evidence.reading import Reading
from rag.answer.question.asked import Asked
from rag.index.words import Words
from rag.types import Paper

_COMPOUND = re.compile(  # "one-dimensional", "12-layer"
    r"\b(?:\d+|one|single|two|three|four|five|six|seven|eight|nine|ten|twelve)-([a-z]{3,})", re.IGNORECASE
)
_VAGUE = re.compile(r"\b(?:most|majority|all|every|none|several|many)\b", re.IGNORECASE)
_SEVERAL = 2  # terms of what is measured of which one must stand with its figure
_NEAR = 4  # words behind "most" among which is what most are
_SAMPLE = re.compile(r"\bn\s?=\s?\d", re.IGNORECASE)
_ELSEWHERE = 0.5  # a figure that the paper gives, but not in what is quoted; a number that may be the count


def figure_missing(
    asked: Asked,
    cited: Sequence[Reading],
    quotes: Sequence[Quote],
    details: Sequence[re.Pattern[str]],
    words: Words,
) -> float:
    """Where a number is asked for: 1 if the papers give none that could be it, ½ if none is quoted.

    Args:
        asked: the question.
        cited: the papers that are asked about.
        quotes: what the answer quotes of them.
        details: finds those that are asked for ("what batch size"); their figure stands in their sentence.
        words: the tokenizer.
    """
    measured = measured_in(asked)
    named = frozenset(words.terms(measured))
    if goes_by_name(measured) and all(named.isdisjoint(reading.all_terms) for reading in cited):
        return 1.0
    wanted = asked.counted | named
    if not asks_for_a_figure(asked) or any(_compounded(wanted, read.paper, words) for read in cited):
        return 0.0

    phrase = phrase_of(asked, words)

    def tells(text: str) -> bool:
        return (
            gives_figure(text, measured, asked)
            and (not details or any(d.search(text) for d in details))
            and (len(phrase) < _SEVERAL or not phrase.isdisjoint(words.terms(text)))
        )

    if any(tells(quote.text) for quote in quotes):
        return 0.0
    sentences = (span.of(reading.paper.abstract) for reading in cited for span in reading.spans)
    return _ELSEWHERE if any(map(tells, sentences)) else 1.0


def count_missing(asked: Asked, cited: Sequence[Reading], words: Words) -> float:
    """Where something is to be counted: 0 if a number stands beside it, 1 if no sentence has both.

    A number that measures or counts something else ("6 fits for quasars", "within 5 days") is no count.
    """
    if not asked.counted:
        return 0.0
    if any(_compounded(asked.counted, reading.paper, words) for reading in cited):
        return 0.0
    return min((_uncounted(asked, reading, words) for reading in cited), default=1.0)


def _uncounted(asked: Asked, reading: Reading, words: Words) -> float:
    missing = 1.0
    for span, terms, number in zip(reading.spans, reading.terms, reading.numbers, strict=True):
        if not number:
            continue
        text = span.of(reading.paper.abstract)
        lacking = asked.lacking(terms, asked.counted)
        numbers = [quantity for quantity in fresh(text, asked) if can_count(text, quantity)]
        if lacking < 1 and any(counts(asked.counted, text, quantity, words) for quantity in numbers):
            missing = min(missing, lacking * _ELSEWHERE)
        elif lacking < 1 and (
            _vaguely(asked, text, words) or not all(counts_others(text, quantity) for quantity in numbers)
        ):
            missing = min(missing, (1 + lacking) * _ELSEWHERE)
        elif _SAMPLE.search(text):
            missing = min(missing, _ELSEWHERE)
    return missing


def _compounded(wanted: frozenset[str], paper: Paper, words: Words) -> bool:
    """Whether a paper counts what is wanted in a compound: dimensions as "two-dimensional"."""
    compounds = words.terms(" ".join(_COMPOUND.findall(f"{paper.title} {paper.abstract}")))
    return any(term.startswith(counted) for counted in wanted for term in compounds)


def _vaguely(asked: Asked, text: str, words: Words) -> bool:
    """Whether what is to be counted is in a sentence as "most of the …"."""
    phrases = (" ".join(text[match.end() :].split(None, _NEAR)[:_NEAR]) for match in _VAGUE.finditer(text))
    return any(not asked.counted.isdisjoint(words.terms(phrase)) for phrase in phrases)
