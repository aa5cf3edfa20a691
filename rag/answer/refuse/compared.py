"""Comparisons with what no quoted paper speaks of: "is SimCLR better than CLIP?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.evidence.reading import Reading
from rag.answer.question.asked import Asked, names_in
from rag.answer.text.introduced import is_coined, without_talk
from rag.index.words import Words
from rag.retrieve.acronyms import stands_for

_NAME = r"(?P<name>[A-Za-z][\w-]{1,40})"
_SET_BESIDE = re.compile(
    rf"\b(?:than|versus|vs\.?|beats?|outperforms?|surpass(?:es)?|compare[ds]? (?:to|with)|differs? from"
    rf"|different from|(?:differences?|comparison|distinction) between) (?:the |an? )?{_NAME}",
    re.IGNORECASE,
)


def rival_missing(asked: Asked, cited: Sequence[Reading], words: Words) -> float:
    """1 where coined names are set side by side and one of them stands in no cited paper, nor spelt out."""
    text = without_talk(asked.text)
    if not any(is_coined(match["name"]) for match in _SET_BESIDE.finditer(text)):
        return 0.0
    return float(any(is_coined(name) and not _speak_of(name, cited, words) for name in names_in(text)))


def _speak_of(name: str, cited: Sequence[Reading], words: Words) -> bool:
    terms = words.terms(name)
    if any(not reading.all_terms.isdisjoint(terms) for reading in cited):
        return True
    return any(stands_for(name, f"{reading.paper.title} {reading.paper.abstract}") for reading in cited)
