"""From when the papers are that a question means: "papers on malaria published since 2015".

Only wordings that speak of papers count: "which studies report mortality since 1990" is of the matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PAPERS = (
    r"(?:papers?|stud(?:y|ies)|articles?|works?|publications?|research|literature|preprints?|reviews?"
    r"|surveys?)"
)
"""Finds a word for papers."""
YEAR = r"(?:1[5-9]|20)\d\d"
"""Finds a year."""

_WHEN = re.compile(
    rf"\b(?:(?:between|from) (?P<first>{YEAR})(?: (?:and|to|until|through) |\s?[-–]\s?)(?P<last>{YEAR})"
    rf"|from (?P<onwards>{YEAR}) on(?:wards?)?"
    rf"|(?P<bound>since|after|before|until|up to) (?:the year )?(?P<edge>{YEAR})"
    rf"|(?:in|from|of)(?: the year)? (?P<year>{YEAR}))\b",
    re.IGNORECASE,
)
_PUBLISHED = r" (?:(?:that|which) )?(?:(?:were|was|are|have been) )?(?:published|released|written|dated)"
_PLAINLY = r"(?:papers?|studies|articles?|publications?|research|literature|preprints?|reviews)"
"""Those of which a year is the date: "it did work in 2019", and a survey or a study has years of its own."""
_BESIDE = re.compile(rf"\b(?:{PAPERS}(?P<cut>{_PUBLISHED})|{_PLAINLY}) $", re.IGNORECASE)
_ARE = re.compile(
    rf"\b{_PLAINLY}(?P<cut>(?: (?:that|which|there))? (?:are|were)(?: there)?) $", re.IGNORECASE
)
_NO_MORE = re.compile(r"\W*$|\s+(?:on|about|regarding|concerning)\b", re.IGNORECASE)
_VERB = r"(?:is|are|was|were|do|does|did|has|have|had|can|reports?|shows?|finds?|found|use|uses|that|which)"
_BEHIND = re.compile(
    rf"\b{PAPERS} (?:on|about|regarding|concerning) (?:(?!{_VERB}\b)\S+ )+?"
    r"(?P<cut>(?:(?:published|released|written) )?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """The words that say from when papers are: where they stand, and the years they let through."""

    start: int
    end: int
    first: int | None
    last: int | None


def dated(question: str) -> Dated | None:
    """The first words of a question that limit the years of papers; ``None`` where none do."""
    for when in _WHEN.finditer(question):
        before, after = question[: when.start()], question[when.end() :]
        speaks = (
            _BESIDE.search(before)
            or (_ARE.search(before) if _NO_MORE.match(after) else None)
            or (None if after.strip(" ?.!") else _BEHIND.search(before))
        )
        if speaks:
            start = speaks.start("cut") if speaks["cut"] else len(before.rstrip())
            return Dated(start, when.end(), *_years(when))
    return None


def _years(when: re.Match[str]) -> tuple[int | None, int | None]:
    if when["first"]:
        return int(when["first"]), int(when["last"])
    if when["onwards"]:
        return int(when["onwards"]), None
    if when["year"]:
        return int(when["year"]), int(when["year"])
    edge = int(when["edge"])
    bounds = {"since": (edge, None), "after": (edge + 1, None), "before": (None, edge - 1)}
    return bounds.get(when["bound"].casefold(), (None, edge))
