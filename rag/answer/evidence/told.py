"""What a question asks that only certain words tell: whether papers have them, and which sentences do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.answer.evidence.told_by import KINDS, MAKER, spelt_out
from rag.answer.question.asked import Asked


def could_tell(asked: Asked, texts: Sequence[str]) -> list[bool]:
    """Which of these texts have words that tell something that the question asks and only they can tell."""
    wanted = _wanted(asked).values()
    return [any(tells.search(text) for tells in wanted) for text in texts]


def untold(asked: Asked, papers: Sequence[str], beside: Sequence[str]) -> dict[str, float]:
    """By kind, 1 where a question asks for it and no text has words that could tell it.

    Args:
        asked: the question.
        papers: title and abstract of each.
        beside: those of their sentences that have a word of the question.
    """
    near = {name for name, kind in KINDS.items() if kind.beside}
    silent = {
        name
        for name, tells in _wanted(asked).items()
        if not any(map(tells.search, beside if name in near else papers))
    }
    return {f"{name}_missing": float(name in silent) for name in (*KINDS, "maker", "expansion")}


def _wanted(asked: Asked) -> Mapping[str, re.Pattern[str]]:
    """What finds the words that tell it, by the kinds that a question asks for."""
    wanted = {name: kind.tells for name, kind in KINDS.items() if kind.asks.search(asked.text)}
    if "maker" in asked.wants:
        wanted["maker"] = MAKER
    if "acronym" in asked.wants and asked.called:
        wanted["expansion"] = spelt_out(asked.called)
    return wanted
