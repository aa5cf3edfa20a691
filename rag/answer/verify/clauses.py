"""Where a sentence could end earlier: its last clause, aside or apposition."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TRAILING = re.compile(
    r"\s*(?:[,;—–]|\s-)\s*(?:which|and|while|whereas|but|thus|thereby|therefore|hence|resulting|making|leading|"
    r"with|because|since|so|although|though|suggesting|indicating|demonstrating|showing|highlighting|allowing|"
    r"enabling|as|where|who|including|such as|particularly|especially|even|or|compared|due to)\b"
    r"|\s*[;—]\s*|\s+\([^()]*\)(?=[.!?]?$)|\s+(?:because|whereas|while|although|but)\b",
    re.IGNORECASE,
)
_CUTS = 2  # places tried, the last first
_LEAST = 4  # words of what is left


def shorter_forms(sentence: str) -> Iterator[str]:
    """The sentence without its last clause, then without its last two."""
    for cut in _ends(sentence)[:_CUTS]:
        left = sentence[:cut].rstrip(" ,;—–-")
        if len(left.split()) >= _LEAST:
            yield left + "."


def last_clause(sentence: str) -> str:
    """What the first of `shorter_forms` leaves out; empty where there is none."""
    ends = _ends(sentence)
    return sentence[ends[0] :] if ends else ""


def _ends(sentence: str) -> list[int]:
    return [match.start() for match in _TRAILING.finditer(sentence)][::-1]
