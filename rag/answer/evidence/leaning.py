"""Sentences that nobody can read without the one before: "This pattern diverges from …", "The latter …"."""

from __future__ import annotations

import re

_OF_THE_PAPER = (  # what a reader who has the title needs no sentence before for
    r"paper|work|article|stud(?:y|ies)|reviews?|surveys?|research|report|note|letter|chapter|series|thesis"
    r"|results?|findings?|data|observations?|experiments?|analys[ei]s|trial|cohort"
)
_LEANS = re.compile(
    rf"\W*(?:(?:this|these|those|such)\s(?!(?:[\w-]+\s)?(?:{_OF_THE_PAPER})\b)"
    r"|(?:for |in )?the (?:former|latter)\b"
    r"|(?:by|in) doing (?:so|this)\b|in this way\b"
    r"|which (?:is|are|was|were|has|have|can|then|in turn)\b(?!.*\?\W*$)"
    r"|we (?:call|term|name|dub|denote|refer to) (?:this|these|it|such|them)\b)",
    re.IGNORECASE,
)


def leans_back(text: str) -> bool:
    """Whether a sentence begins with words that the sentence before it gives their meaning."""
    return bool(_LEANS.match(text))
