"""What a question asks that only certain words can tell: where the code is, when, for how long."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.answer.asked import Asked
from rag.answer.reading import Reading

_ASKS_CODE = re.compile(
    r"\b(?:code|implementations?|repositor(?:y|ies))\b.{0,40}\b(?:availab\w+|releas\w+|open[- ]sourced?"
    r"|publish\w*|shared?|public(?:ly)?|found|download\w*)\b"
    r"|\b(?:releas\w+|publish\w*|shares?|shared|open[- ]sources?|find|get|download|provides?|link to)\b"
    r".{0,30}\b(?:code|implementation|repository)\b|\bgithub\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"https?://|\b(?:code|software|implementation|repository|library|package|open[- ]source)", re.IGNORECASE
)
_ASKS_YEAR = re.compile(
    r"\b(?:which|what) years?\b|\bwhen (?:was|were) (?:[\w-]+ ){1,8}?"
    r"(?:done|made|conducted|carried out|performed|collected|recorded|gathered|recruited|enrolled|written)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_ASKS_DURATION = re.compile(
    r"\bhow long (?:do|does|did|would|will|is|are|was|were|has|have)\b.*\b(?:take|last|run|train|need|follow"
    r"|treat|observ|surviv|live|stay|wait)\w*\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:milliseconds?|seconds?|secs?|minutes?|hours?|hrs?|days?|nights?|weeks?|months?|years?|decades?)\b"
    r"|\d ?(?-i:ms|s|min|h|d|wk|mo|yr)s?\b",
    re.IGNORECASE,
)
_TOLD_BY: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "code_missing": (_ASKS_CODE, _CODE),
    "year_missing": (_ASKS_YEAR, _YEAR),
    "duration_missing": (_ASKS_DURATION, _DURATION),
}


def untold(asked: Asked, cited: Sequence[Reading]) -> dict[str, float]:
    """By kind, 1 where a question asks for it and no cited abstract has words that could tell it."""
    abstracts = [reading.paper.abstract for reading in cited]
    return {
        name: float(bool(asks.search(asked.text)) and not any(map(tells.search, abstracts)))
        for name, (asks, tells) in _TOLD_BY.items()
    }
