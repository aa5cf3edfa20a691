"""The part of an answer that "the second one", "the faster one" or "both" picks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Turn

_ORDINAL = re.compile(
    r"\bthe (first|second|third|fourth|last|former|latter|other)"
    r"(?: (?:one|paper|study|method|model|approach|work)\b|(?=\W*$|[,?;]))",
    re.IGNORECASE,
)
_PLACES = {
    "first": 0,
    "former": 0,
    "second": 1,
    "latter": -1,
    "other": 1,
    "third": 2,
    "fourth": 3,
    "last": -1,
}
_BOTH = re.compile(
    r"\b(?:the|those|these) (?:first |last |top )?two\b|\bboth(?= (?:of|papers|studies)\b|\W*$)"
    r"|\b(?:compare|contrast) (?:them|these|those)\b",
    re.IGNORECASE,
)
_THE_ONE = re.compile(r"\bthe ([\w -]{3,60}?) (?:one|ones|paper|study|version)\b", re.IGNORECASE)
_TITLE = re.compile(r"“([^”]{3,300})”")
_ITEMS = re.compile(
    r"\n\s*(?:[-*•]|\d+[.)])\s+|;\s+|(?<=[.!?])\s+|:\s+|, (?:and|while|whereas) |,? and (?=one\b"
    r"|another\b|the other\b)"
)
_BULLET = re.compile(r"(?:^|\n)\s*(?:[-*•]|\d+[.)])\s+")
_NEAREST = re.compile(r"(?s)\bNearest: .*")  # where a refusal names papers
_PAIR = 2


def item_meant(question: str, turns: Sequence[Turn]) -> str:
    """The part of the last answer that "the second one" or "the faster one" picks."""
    answers = told_in(turns)[::-1]
    if not answers:
        return ""
    answer = answers[0]
    titles = titles_in(answer)
    if len(titles) > 1 and (found := _BOTH.search(question)):
        two = slice(-_PAIR, None) if "last" in found.group().casefold() else slice(_PAIR)
        return " ".join(titles[two])
    if found := _ORDINAL.search(question):
        items = _counted_off(answers)
        place = _PLACES[found.group(1).casefold()]
        return items[place] if -len(items) <= place < len(items) else ""
    if found := _THE_ONE.search(question):
        wanted = set(found.group(1).casefold().split())
        items = [*titles, *(item for item in _ITEMS.split(answer) if item.strip())]
        best = max(items, key=lambda item: len(wanted & set(item.casefold().split())), default="")
        return best if wanted & set(best.casefold().split()) else ""
    return ""


def titles_in(answer: str) -> list[str]:
    """The titles of the papers that an answer tells of."""
    return _TITLE.findall(answer)


def told_in(turns: Sequence[Turn]) -> list[str]:
    """What the answers told, the oldest first, without the papers that a refusal only names as nearest."""
    return [_NEAREST.sub("", turn.content) for turn in turns if turn.role == "assistant"]


def _counted_off(answers: Sequence[str]) -> list[str]:
    """What "the second one" counts, of the answers, the last first.

    Titles or bullets of the last answer; else the titles of the last one that lists papers; else its parts.
    """
    _, *bullets = _BULLET.split(answers[0])
    if len(titles := titles_in(answers[0])) > 1:
        return titles
    if len(bullets) > 1:
        return bullets
    lists = (found for answer in answers[1:] if len(found := titles_in(answer)) > 1)
    return next(lists, None) or _parts(answers[0])


def _parts(answer: str) -> list[str]:
    """The sentences of an answer and their parts, without what leads them in."""
    lead, colon, rest = answer.partition(": ")
    body = rest if colon and not re.search(r"[.!?]\s", lead) else answer
    return [item for item in _ITEMS.split(body) if item.strip()]


def counts_off(text: str) -> bool:
    """Whether it picks by place: "the second one", "the latter"."""
    return bool(_ORDINAL.search(text))
