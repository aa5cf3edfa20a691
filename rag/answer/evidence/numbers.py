"""The numbers of a sentence, and which of them could be the figure or the count that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from rag.answer.lexicon import groups, words_of
from rag.answer.question.asked import Asked
from rag.answer.text.people import are_people
from rag.answer.text.quantities import TIMES, Quantity, quantities, unit_of
from rag.index.words import Words

_ENDS = (  # what a noun phrase ends before: "what time does", but not "what time series"
    r"(?=\W*$|[,;?]|\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may"
    r"|of|in|on|at|for|with|from|to|by|per|that|between|over|after|under)\b)"
)
_LOSS_BY_NAME = (
    r"loss(?:es)?\b.{0,80}\b(?:us(?:e|es|ed)|minimi[sz]\w*|optimi[sz]\w*|propos\w*|introduc\w*|develop\w*)\b"
)
_METRIC = re.compile(  # "what MASE does it reach", "the mean BMI": an acronym that is measured
    r"\b(?:[Ww]hat|[Ww]hich) (?P<noun>[A-Z][A-Z\d]+)s? (?:does|do|did|is|was|are|were) .*"
    r"\b(?:reach|achiev|get|got|obtain|attain|scor|report|yield)"
    r"|\b(?:mean|median|average) (?P<taken>[A-Z][A-Z\d]+)\b"
)
_QUALIFYING = (
    "what which mean median average total overall typical final best highest maximum minimum exact its their"
)
_IN_WORDS = re.compile(
    r"\b(?:orders? of magnitude|twice|double[sd]?|tripled?|halve[sd]?|half|\w+fold"
    r"|dozens|hundreds|thousands|millions)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\bO\(")  # "a depth of O(1/ε)"
_OF_SPACE = re.compile(r"\b\d+D\b")  # "in 5D and 6D"
_FORMULA = (re.compile(r"[\^_{]\W?$"), re.compile(r"\s?[\^_}]"))  # what stands before and behind a symbol's
_ABOVE = re.compile(r"[<>]\s?$")  # "for any x > 0"
_UNIT_INTERVAL = re.compile(r"\[\s*-?[01]\s*,\s*[01]\s*\]")
_SAMPLE = re.compile(r"\bn\s?=\s?$", re.IGNORECASE)
_CONFIDENCE = re.compile(r"\W*(?:CI\b|confidence|credible)", re.IGNORECASE)
_P_VALUE = re.compile(r"\bp(?:[ -]values?)?\s?(?:[=<>≤≥]+|of|was|were)\s?$", re.IGNORECASE)
_ASKS_P_VALUE = re.compile(r"\bp[ -]?values?\b|\bsignifican", re.IGNORECASE)
_IN_UNITS = re.compile(r"^\W*(?:what|how)\b.*\bin (?P<unit>%|[A-Za-z°µ]{2,})\W*$", re.IGNORECASE | re.DOTALL)
_NO_UNITS = ("times", "points")  # "in recent times"
_MEAN = re.compile(
    r"\bwhat (?:(?:was|were) the (?:mean|median|average)\b(?! field)"
    r"|(?:is|are) the (?:mean|median|average) (?!field)(?:[\w-]+ ){1,3}?(?:of|in|among|for)\b)",
    re.IGNORECASE,
)
_NAMED = re.compile(  # "growth factor-beta 1", "type 2": the number is part of a name
    r"\b(?:alpha|beta|gamma|delta|factor|molecule|receptor|type|grade|stage|phase|group|class|chromosome"
    r"|exon|isoform)s?[ -]$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_PLURAL = re.compile(r"[a-z]{3,}s\b")
_ANY_THING = frozenset(["cases", "examples", "instances", "items", "others", "samples", "times"])
_ENDS_PHRASE = re.compile(
    r"a|after|among|an|and|are|as|at|before|by|during|for|from|in|is|on|or|over|per|since|than|that|to|until|was"
    r"|were|when|which|while|who|with|within",
    re.IGNORECASE,
)
_JOINED = re.compile(r"-([A-Za-z]+)")
_BESIDE = 4  # words behind a number among which is what it counts


def asks_for_a_figure(asked: Asked) -> bool:
    """Whether only a number answers: "how many", "how wide", "at what temperature"."""
    patterns = (_figure(), _MEAN)
    return "count" in asked.wants or bool(unit_in(asked.text)) or any(p.search(asked.text) for p in patterns)


def measured_in(asked: Asked) -> str:
    """What is measured by the figure asked for, an acronym in capitals; empty where that isn't said."""
    if metric := _METRIC.search(asked.text):
        return metric["noun"] or metric["taken"]
    match = _figure().search(asked.text)
    return (match["noun"] or "").casefold() if match else ""


def phrase_of(asked: Asked, words: Words) -> frozenset[str]:
    """The terms of the whole phrase for what is measured ("mean tumour size"), without what qualifies."""
    match = _figure().search(asked.text)
    if not match or not match["noun"]:
        return frozenset()
    return frozenset(words.terms(match.group())) - frozenset(words.terms(_QUALIFYING))


def goes_by_name(measured: str) -> bool:
    """Whether papers call it by its name where they give its figure: "mean age", but not "size"."""
    return measured.isupper() or measured in groups("measured")[0]


def gives_figure(text: str, measured: str, asked: Asked) -> bool:
    """Whether a sentence gives a figure that could be that of what is measured."""
    _, _, by_no_time, by_no_share, by_no_count = (measured in group for group in groups("measured"))
    unit = unit_in(asked.text)
    if measured in ("", "dimension") and any(m.group() not in asked.text for m in _OF_SPACE.finditer(text)):
        return True
    if not unit and (_ORDER.search(text) or (not by_no_share and _IN_WORDS.search(text))):
        return True
    return any(
        ("count" in asked.wants or any(char.isdigit() for char in quantity.text))
        and unit in ("", quantity.unit)
        and not (by_no_time and quantity.unit in (*TIMES, "times"))
        and not (by_no_share and quantity.unit in ("%", "points", "times"))
        and not (by_no_count and not quantity.unit and counts_others(text, quantity))
        for quantity in fresh(text, asked)
    )


def telling_figures(
    asked: Asked, texts: Sequence[str], terms: Sequence[frozenset[str]], words: Words
) -> list[bool]:
    """Which sentences name what is measured and give a figure of it; ``terms`` are those of each."""
    measured = measured_in(asked)
    named = frozenset(words.terms(measured))
    return [
        bool(named) and named <= held and gives_figure(text, measured, asked)
        for text, held in zip(texts, terms, strict=True)
    ]


def fresh(text: str, asked: Asked) -> list[Quantity]:
    """The numbers of a sentence that the question lacks, but those of lists ("1)"), formulas and names.

    A p-value is one only where it is asked for.
    """
    of_tests = bool(_ASKS_P_VALUE.search(asked.text))
    plain = _UNIT_INTERVAL.sub(lambda match: " " * len(match.group()), text)
    return [
        quantity
        for quantity in quantities(plain)
        if quantity.value not in asked.numbers
        and not _enumerates(plain, quantity)
        and not _is_symbol(plain, quantity)
        and (quantity.unit or not _NAMED.search(plain[: quantity.start]))
        and (of_tests or not _P_VALUE.search(plain[: quantity.start]))
    ]


def unit_in(question: str) -> str:
    """The unit that a question wants its figure in ("in milliseconds"); empty where it names none."""
    match = _IN_UNITS.search(question)
    unit = unit_of(match["unit"]) if match else ""
    return "" if unit in _NO_UNITS else unit


def counts(counted: frozenset[str], text: str, quantity: Quantity, words: Words) -> bool:
    """Whether a number stands beside one of these terms: "410 bright quasars", not "six fits for quasars".

    Of people ``n = 73`` counts too.
    """
    before = text[: quantity.start]
    if _SAMPLE.search(before) and are_people(counted, words):
        return True
    measures = quantity.unit not in ("", "%")  # "four months after a lecture" counts no lectures
    joined = _JOINED.match(text, quantity.end)  # "18-somite mouse embryos" counts somites, no mice
    behind = [joined[1]] if joined else _behind(text, quantity)
    near = [quantity.text] if measures else [*before.split()[-1:], quantity.text, *behind]
    return not counted.isdisjoint(words.terms(" ".join(near)))


def can_count(text: str, quantity: Quantity) -> bool:
    """Whether a number may count things: a whole one that is no year, or a share, but not an interval's."""
    if quantity.unit == "%":
        return not _CONFIDENCE.match(text, quantity.end)
    return (
        quantity.value.is_integer()
        and quantity.unit != "times"
        and not _YEAR.fullmatch(quantity.text.strip())
    )


def counts_others(text: str, quantity: Quantity) -> bool:
    """Whether a number has a unit, or a plural behind it that says what it counts."""
    if quantity.unit:
        return quantity.unit not in ("%", "points")
    phrase = {word.casefold().strip(".,;:()") for word in _behind(text, quantity)}
    return bool(phrase) and phrase.isdisjoint(_ANY_THING) and any(map(_PLURAL.fullmatch, phrase))


def _behind(text: str, quantity: Quantity) -> tuple[str, ...]:
    """The words behind a number among which is what it counts."""
    following = text[quantity.end :].split(None, _BESIDE)[:_BESIDE]
    return tuple(takewhile(lambda word: not _ENDS_PHRASE.fullmatch(word), following))


def _enumerates(text: str, quantity: Quantity) -> bool:
    """Whether a number only numbers a list: "(1)", "1)", but not "(n = 1)"."""
    before = text[: quantity.start]
    opened = before.count("(") > before.count(")")
    return text[quantity.end : quantity.end + 1] == ")" and (not opened or before.endswith("("))


def _is_symbol(text: str, quantity: Quantity) -> bool:
    before, after = _FORMULA
    left, right = text[: quantity.start], text[quantity.end :]
    return bool(before.search(left) or after.match(right) or (not quantity.value and _ABOVE.search(left)))


@cache
def _figure() -> re.Pattern[str]:
    nouns = "|".join(sorted(words_of("measured")))
    which = (  # "which distance" asks for its name, "at which distance" for a figure
        r"(?:(?<=\bat |\bby |\bto |\bof )which"
        r"|which(?= (?:[\w-]+ ){0,2}?(?:accurac|error|scores?|values?)\w*\b))"
    )
    return re.compile(
        rf"\b(?:what(?! (?:do|does|did)\b)|{which}) (?:(?:is|are|was|were) )?(?:(?:the|its|their) )?"
        r"(?:[\w()-]+ ){0,2}?"
        rf"(?!{_LOSS_BY_NAME})(?P<noun>{nouns})s?(?:{_ENDS})"
        r"|\bhow (?:wide|deep|tall|long|large|big|fast|much|many|often|far|high|low|old|heavy|hot|cold)\b"
        r"(?! to\b)",
        re.IGNORECASE,
    )
