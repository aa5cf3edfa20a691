"""Sentences that state nothing about the world and need no source: "Here is what the papers say:"."""

from __future__ import annotations

import re

from rag.answer.lexicon import words_of
from rag.answer.verify.statement import Statement

_OPENER = re.compile(
    r"^\W*(?:hello|hi|thanks?|thank you|you'?re welcome|sure|certainly|of course|great question)\b\W*",
    re.IGNORECASE,
)
_MOST = 14  # words of such a sentence


def states_no_fact(statement: Statement) -> bool:
    """Whether a sentence only speaks of the answer itself; in doubt it states a fact."""
    if statement.quantities or len(statement.words) > _MOST:
        return False
    opener = _OPENER.match(statement.text)
    spoken = opener.end() if opener else 0
    bearing = [token.folded for token in statement.tokens if token.terms and token.start >= spoken]
    return (
        bool(statement.words) and all(word in words_of("talk") for word in bearing) and not statement.denials
    )
