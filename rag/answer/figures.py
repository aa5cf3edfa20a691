"""What only a number answers: the figure that a question asks for, and whether the papers give it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.answer.asked import Asked
from rag.answer.lexicon import paragraphs, words_of
from rag.answer.quote import Quote
from rag.answer.reading import Reading
from rag.answer.sentence_signals import behind, counts
from rag.answer.verify.quantities import TIMES, Quantity, quantities
from rag.index.words import Words
from rag.types import Paper

_ORDER = re.compile(r"\bO\(")  # "a depth of O(1/ε)"
_IN_WORDS = re.compile(
    r"\b(?:orders? of magnitude|twice|double[sd]?|tripled?|halve[sd]?|half|\w+fold"
    r"|dozens|hundreds|thousands|millions)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"\b(?:most|majority|all|every|none|several|many)\b", re.IGNORECASE)
_ENDS = (  # what a noun phrase ends before: "what time does", but not "what time series"
    r"(?=\W*$|[,;?]|\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may"
    r"|of|in|on|at|for|with|from|to|by|per|that|between|over|after|under)\b)"
)
_COMPOUND = re.compile(  # "one-dimensional", "12-layer"
    r"\b(?:\d+|one|single|two|three|four|five|six|seven|eight|nine|ten|twelve)-([a-z]{3,})", re.IGNORECASE
)
_METRIC = re.compile(  # "what MASE does it reach": an acronym that is measured
    r"\b(?:[Ww]hat|[Ww]hich) (?P<noun>[A-Z][A-Z\d]+)s? (?:does|do|did|is|was|are|were) .*"
    r"\b(?:reach|achiev|get|got|obtain|attain|scor|report|yield)"
)
_FORMULA = (re.compile(r"[\^_{]\W?$"), re.compile(r"\s?[\^_}]"))  # what stands before and behind a symbol's
_ABOVE = re.compile(r"[<>]\s?$")  # "for any x > 0"
_UNIT_INTERVAL = re.compile(r"\[\s*-?[01]\s*,\s*[01]\s*\]")
_OF_SPACE = re.compile(r"\b\d+D\b")  # "in 5D and 6D"
_PLURAL = re.compile(r"[a-z]{3,}s\b")
_ANY_THING = frozenset(["cases", "examples", "instances", "items", "others", "samples", "times"])
_NEAR = 4  # words behind "most" among which is what most are
_ELSEWHERE = 0.5  # a figure that the paper gives, but not in what is quoted


def asks_for_a_figure(asked: Asked) -> bool:
    """Whether only a number answers: "how many", "how wide", "at what temperature"."""
    return "count" in asked.wants or bool(_figure().search(asked.text))


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
        cited: the papers that the answer quotes.
        quotes: the answer.
        details: finds those that are asked for ("what batch size"); their figure stands in their sentence.
        words: the tokenizer.
    """
    measured = _measured(asked)
    if _unnamed(measured, cited, words):
        return 1.0
    wanted = asked.counted | frozenset(words.terms(measured))
    if not asks_for_a_figure(asked) or any(_compounded(wanted, read.paper, words) for read in cited):
        return 0.0

    def tells(text: str) -> bool:
        return _gives(text, measured, asked) and (not details or any(d.search(text) for d in details))

    if any(tells(quote.span.of(quote.paper.abstract)) for quote in quotes):
        return 0.0
    sentences = (span.of(reading.paper.abstract) for reading in cited for span in reading.spans)
    return _ELSEWHERE if any(map(tells, sentences)) else 1.0


def count_missing(asked: Asked, cited: Sequence[Reading], words: Words) -> float:
    """Where something is to be counted: 0 if a number stands beside it, 1 if no sentence has both.

    A number that measures or counts something else ("6 fits for quasars", "within 5 days") is no count.
    """
    if not asked.counted:
        return 0.0
    missing = 1.0
    for reading in cited:
        if _compounded(asked.counted, reading.paper, words):
            return 0.0
        for span, terms, number in zip(reading.spans, reading.terms, reading.numbers, strict=True):
            if not number or (lacking := asked.lacking(terms, asked.counted)) >= 1:
                continue
            text = span.of(reading.paper.abstract)
            fresh = [quantity for quantity in _fresh(text, asked) if quantity.unit != "times"]
            if any(counts(asked.counted, text, quantity, words) for quantity in fresh):
                missing = min(missing, lacking / 2)
            elif _vaguely(asked, text, words) or not all(
                _counts_others(text, quantity) for quantity in fresh
            ):
                missing = min(missing, (1 + lacking) / 2)
    return missing


def _compounded(wanted: frozenset[str], paper: Paper, words: Words) -> bool:
    """Whether a paper counts what is wanted in a compound: dimensions as "two-dimensional"."""
    compounds = words.terms(" ".join(_COMPOUND.findall(f"{paper.title} {paper.abstract}")))
    return any(term.startswith(counted) for counted in wanted for term in compounds)


def _measured(asked: Asked) -> str:
    """What is measured by the figure that is asked for, an acronym in capitals; empty where it isn't said."""
    if metric := _METRIC.search(asked.text):
        return metric["noun"]
    match = _figure().search(asked.text)
    return (match["noun"] or "").casefold() if match else ""


def _unnamed(measured: str, cited: Sequence[Reading], words: Words) -> bool:
    """Whether no cited paper speaks of what is measured, though papers call it by its name: "mean age"."""
    if measured not in paragraphs("measured")[0].split() and not measured.isupper():
        return False
    terms = frozenset(words.terms(measured))
    return all(terms.isdisjoint(reading.all_terms) for reading in cited)


def _gives(text: str, measured: str, asked: Asked) -> bool:
    """Whether a sentence gives a figure that could be that of what is measured."""
    _, _, by_no_time, by_no_share, by_no_count = paragraphs("measured")
    if measured in ("", "dimension") and any(m.group() not in asked.text for m in _OF_SPACE.finditer(text)):
        return True
    if _ORDER.search(text) or (measured not in by_no_share.split() and _IN_WORDS.search(text)):
        return True
    return any(
        ("count" in asked.wants or any(char.isdigit() for char in quantity.text))
        and not (measured in by_no_time.split() and quantity.unit in (*TIMES, "times"))
        and not (measured in by_no_share.split() and quantity.unit in ("%", "points", "times"))
        and not (measured in by_no_count.split() and not quantity.unit and _counts_others(text, quantity))
        for quantity in _fresh(text, asked)
    )


def _fresh(text: str, asked: Asked) -> list[Quantity]:
    """The numbers of a sentence that the question lacks, but those of lists ("1)") and of formulas."""
    known = {quantity.value for quantity in quantities(asked.text)}
    plain = _UNIT_INTERVAL.sub(lambda match: " " * len(match.group()), text)
    return [
        quantity
        for quantity in quantities(plain)
        if quantity.value not in known
        and not _enumerates(plain, quantity)
        and not _is_symbol(plain, quantity)
    ]


def _enumerates(text: str, quantity: Quantity) -> bool:
    """Whether a number only numbers a list: "(1)", "1)", but not "(n = 1)"."""
    before = text[: quantity.start]
    opened = before.count("(") > before.count(")")
    return text[quantity.end : quantity.end + 1] == ")" and (not opened or before.endswith("("))


def _is_symbol(text: str, quantity: Quantity) -> bool:
    before, after = _FORMULA
    left, right = text[: quantity.start], text[quantity.end :]
    return bool(before.search(left) or after.match(right) or (not quantity.value and _ABOVE.search(left)))


def _vaguely(asked: Asked, text: str, words: Words) -> bool:
    """Whether what is to be counted is in a sentence as "most of the …"."""
    phrases = (" ".join(text[match.end() :].split(None, _NEAR)[:_NEAR]) for match in _VAGUE.finditer(text))
    return any(not asked.counted.isdisjoint(words.terms(phrase)) for phrase in phrases)


def _counts_others(text: str, quantity: Quantity) -> bool:
    """Whether a number has a unit, or a plural behind it that says what it counts."""
    if quantity.unit:
        return quantity.unit not in ("%", "points")
    phrase = {word.casefold().strip(".,;:()") for word in behind(text, quantity)}
    return bool(phrase) and phrase.isdisjoint(_ANY_THING) and any(map(_PLURAL.fullmatch, phrase))


@cache
def _figure() -> re.Pattern[str]:
    nouns = "|".join(sorted(words_of("measured")))
    return re.compile(
        r"\b(?:what|which) (?:(?:is|are|was|were) )?(?:(?:the|its|their) )?(?:[\w()-]+ ){0,2}?"
        rf"(?P<noun>{nouns})s?(?:{_ENDS})"
        r"|\bhow (?:wide|deep|tall|long|large|big|fast|much|many|often|far|high|low|old|heavy|hot|cold)\b"
        r"(?! to\b)",
        re.IGNORECASE,
    )
