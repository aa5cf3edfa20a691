"""Key-fact recall: how many of the facts asked for stand in the answer.

    recall = facts whose words stand in the answer, next to each other and in order / facts

Both sides are folded (NFKC, case) and reduced to their words, so markers, punctuation and line breaks
don't count. Source: the "nugget recall" of TREC question answering (Voorhees, 2003), with nuggets matched
by their words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_MARKER = re.compile(r"\s?\[\d+\]")


def words(text: str) -> str:
    """The folded words of a text with one space between them; citation markers are left out."""
    folded = unicodedata.normalize("NFKC", _MARKER.sub("", text)).casefold()
    return " ".join(_WORD.findall(folded))


def key_fact_recall(facts: Sequence[str], answer: str) -> float | None:
    """The share of facts found; ``None`` where there are no facts to find."""
    if not facts:
        return None
    said = f" {words(answer)} "
    return sum(f" {words(fact)} " in said for fact in facts) / len(facts)
