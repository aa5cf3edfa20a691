"""Sentences that announce items ("two constraints are considered"), and the sentences that are the items."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ANNOUNCES = re.compile(
    r"\b(?:two|three|four|five|several|following|[2-5])\s(?:[\w-]+\s){0,4}?[\w-]+s\b[^.;:]*[.:]$"
    r"|\b(?:two|three|four)-?fold\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\W*(?:\(?(?:1|i|a)[).]|first(?:ly)?\b|(?:we|the) first\b|one\b|an?\b|on the one hand\b)", re.IGNORECASE
)
_NEXT = re.compile(
    r"\W*(?:\(?(?:[2-5]|ii|iii|iv|[b-e])[).]|(?:the )?(?:second|third|fourth)(?:ly)?\b|the other\b|another\b"
    r"|then\b|next\b|on the other hand\b)",
    re.IGNORECASE,
)
_BETWEEN = 1  # sentences that an item may go on for
_LONG = 30  # words from which a sentence says more than what is to come


def announced(texts: Sequence[str], place: int) -> list[int]:
    """Where the items stand that the sentence at this place announces: two or more, or none."""
    text = texts[place]
    first = place + 1
    if len(text.split()) >= _LONG or not _ANNOUNCES.search(text):
        return []
    if first >= len(texts) or not _FIRST.match(texts[first]):
        return []
    items = [first]
    for i in range(first + 1, len(texts)):
        if _NEXT.match(texts[i]):
            items.append(i)
        elif i - items[-1] > _BETWEEN:
            break
    return items if len(items) > 1 else []
