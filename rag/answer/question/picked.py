"""The part of an answer that "the second one", "the faster one" or "both" picks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.question.manner import is_manner
from rag.answer.text.refused import DETAIL, SAID, is_refusal
from rag.index.words import STOPWORDS
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
_THE_ONE = re.compile(
    r"\bthe ((?:(?!the\b)[\w-]{1,40} ){1,8}?)(?:one|ones|paper|study|version)\b", re.IGNORECASE
)
_AMONG = re.compile(
    r"\b(?:of|among|amongst) (?:these|those|them|the (?:above|two)|the (?:\w+ )?(?:papers|ones)"
    r" (?:above|listed|you (?:listed|named|found|mentioned)))\b"
    r"|^\W*(?:(?:and|but|so|ok(?:ay)?)\W+)*which ones?\b",
    re.IGNORECASE,
)
_AUTHORS = r"(?:the|its|these|those|that) (?:same )?(?:authors?|people|team|group)"
_THEY = rf"(?:they|he|she|{_AUTHORS})"
_THEM = rf"(?:them|him|her|{_AUTHORS})"
_WORKS = r"(?:papers?|works?|publications?|stud(?:y|ies)|articles?)"
_BY_THEM = re.compile(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?)\W+)*"
    rf"(?:what (?:else|(?:other|more) {_WORKS}) (?:did|have|has) {_THEY} (?:also )?"
    r"(?:writ(?:e|ten)|publish(?:ed)?|done?|author(?:ed)?|propose[d]?)"
    rf"|what (?:have|did) {_THEY} (?:else|also) (?:writ(?:e|ten)|publish(?:ed)?)"
    rf"|(?:(?:are|is) there |do you have |have you |list |show (?:me )?|find )?(?:any(?:thing)?|some|the)? ?"
    rf"(?:other|more|further|else|another)(?: {_WORKS})? (?:by|of|from) {_THEM}"
    rf"|what else is (?:there )?(?:by|from) {_THEM})\W*$",
    re.IGNORECASE,
)
_BEST = re.compile(r"\bone\b|\b(?:is|was|has) the\b|\b(?:\w+est|most)\b", re.IGNORECASE)
_TITLE = re.compile(r"“([^”]{3,300})”")
_NAME = re.compile(r"“[^”]{3,300}”|\bUntitled paper [^\s:;“”]+")
_ITEMS = re.compile(
    r"\n\s*(?:[-*•]|\d+[.)])\s+|;\s+|(?<=[.!?])\s+|:\s+|, (?:and|while|whereas) |,? and (?=one\b"
    r"|another\b|the other\b)"
)
_BULLET = re.compile(r"(?:^|\n)\s*(?:[-*•]|\d+[.)])\s+")
_NEAREST = re.compile(r"(?s)\bNearest: .*")  # where a refusal names papers
_PAIR = 2
_MOST_NAMES = 12  # of a list that are looked up: the history is anybody's, and each costs a search


@dataclass(frozen=True, slots=True)
class Listed:
    """Papers that an answer named and that a question is asked of.

    Attributes:
        names: of the papers, each once, as ``Paper.name`` has them.
        said: the words that point to them ("of these").
        several: whether any of them may answer, rather than the one that is most or best.
    """

    names: tuple[str, ...]
    said: str
    several: bool


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
        place = _PLACES[found.group(1).casefold()]
        items = _counted_off(answers, place)
        return items[place] if -len(items) <= place < len(items) else ""
    if found := _THE_ONE.search(question):
        wanted = set(found.group(1).casefold().split()) - STOPWORDS
        items = [*titles, *(item for item in _ITEMS.split(answer) if item.strip())]
        best = max(items, key=lambda item: len(wanted & set(item.casefold().split())), default="")
        return best if wanted & set(best.casefold().split()) else ""
    return ""


def among_listed(question: str, turns: Sequence[Turn]) -> Listed | None:
    """What "which of these …" is asked of; None where it isn't, or where no papers were listed before."""
    found = _AMONG.search(question)
    names = _listed_last(turns) if found else ()
    if found is None or len(names) < _PAIR:
        return None
    return Listed(names, found.group().strip(), several=not _BEST.search(question))


def whose_others(question: str, turns: Sequence[Turn]) -> str:
    """The paper spoken of last, where a question wants what else its authors wrote; empty where not."""
    return spoken_of(turns) if _BY_THEM.match(question) else ""


def spoken_of(turns: Sequence[Turn]) -> str:
    """The name of the paper that the last answer tells of first; empty where it tells of none."""
    answers = [turn.content for turn in turns if turn.role == "assistant"]
    if not answers:
        return ""
    told = answers[-1]
    if is_refusal(told):  # that an abstract does not say who wrote it tells of its paper; others tell of none
        told = nearest.group() if told.startswith(SAID[DETAIL]) and (nearest := _NEAREST.search(told)) else ""
    return next(iter(_NAME.findall(told)), "")


def _listed_last(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The papers that the last answer named that was not itself asked of papers listed before."""
    for at in reversed(range(len(turns))):
        said = turns[at].content
        if turns[at].role == "user" and not _AMONG.search(said) and not is_manner(said):
            names = dict.fromkeys(_NAME.findall(" ".join(told_in(turns[at : at + 2]))))
            return tuple(names)[:_MOST_NAMES]
    return ()


def titles_in(answer: str) -> list[str]:
    """The titles of the papers that an answer tells of."""
    return _TITLE.findall(answer)


def told_in(turns: Sequence[Turn]) -> list[str]:
    """What the answers told, the oldest first; of a refusal nothing, whatever papers it names as nearest."""
    said = (turn.content for turn in turns if turn.role == "assistant")
    return ["" if is_refusal(answer) else _NEAREST.sub("", answer) for answer in said]


def _counted_off(answers: Sequence[str], place: int) -> list[str]:
    """What "the second one" counts, of the answers, the last first.

    Bullets or titles of the last answer; else those of the last one that lists so many; else its parts.
    """
    lists = (items for answer in answers if (items := _listed(answer)))
    return next((items for items in lists if place < len(items)), None) or _parts(answers[0])


def _listed(answer: str) -> list[str]:
    """The titles of the papers that an answer lists, or what it says of those without one."""
    _, *bullets = _BULLET.split(answer)
    if len(bullets) > 1:
        return [titles_in(item)[0] if re.match(_TITLE, item) else item for item in bullets]
    titles = titles_in(answer)
    return titles if len(titles) > 1 else []


def _parts(answer: str) -> list[str]:
    """The sentences of an answer and their parts, without what leads them in."""
    lead, colon, rest = answer.partition(": ")
    body = rest if colon and not re.search(r"[.!?]\s", lead) else answer
    return [item for item in _ITEMS.split(body) if item.strip()]


def counts_off(text: str) -> bool:
    """Whether it picks by place: "the second one", "the latter"."""
    return bool(_ORDINAL.search(text))
