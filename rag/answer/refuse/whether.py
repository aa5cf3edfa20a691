"""What is asked of a thing, of which papers don't speak: "does LightGCN work for social networks?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from rag.answer.evidence.reading import Reading
from rag.answer.question.asked import Asked
from rag.answer.question.wording import VERB
from rag.answer.refuse.word_signals import nearness
from rag.answer.text.introduced import bears, without_talk
from rag.retrieve.acronyms import stands_for

_ASKS = re.compile(rf"\b{VERB}(?:n['’]?t)? (?:the )?", re.IGNORECASE)
_NEXT = re.compile(r"[,;]|\band (?:what|how|why|when|where|which|who|whose)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")
_LONGEST = 4  # words of a thing's name
_UNSPOKEN = 0.4
"""How far a paper is from what is asked of its thing, from which it is silent on that."""
_STRANGE = 0.6
"""The same of what became of it, or what some of those counted were: papers may put that in any words."""
_BECAME = (  # "how many of the reviewers were women?", "what happened to birth weight?"
    re.compile(
        r"\bhow many (?:of )?[^,;?]{0,60}?\b(?:were|was|had|have|has|are|died of|suffered from|developed) "
        r"(?P<said>[^,;?]+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\bwhat happen(?:s|ed) to (?P<said>[^,;?]+?)"
        r"(?= (?:after|when|if|in|with|under|during|over|by|at|from)\b|\W*$|[,;?])",
        re.IGNORECASE,
    ),
)


def object_missing(asked: Asked, cited: Sequence[Reading]) -> float:
    """1 where it is asked whether, how or why a thing does something that papers on it are far from; else 0.

    The thing is one by whose name a cited paper is called, or that it proposes.

    What comes right behind the name ("support", "robust") papers say in other words; what follows they have.
    How far a word is that the paper lacks is told by its tokens, weighed by how rare it is. Of a question
    with several parts the first one counts; what is asked of several papers need not stand in one.
    """
    text = without_talk(asked.searched)
    opens = _ASKS.search(text)
    if opens is None or asked.papers > 1:
        return 0.0
    end = following.start() if (following := _NEXT.search(text, opens.end())) else len(text)
    name = max((_named(text[opens.end() :], reading) for reading in cited), key=len, default="")
    behind = opens.end() + len(name)
    terms = {term for word in asked.words if opens.end() <= word.start < behind for term in word.terms}
    on_it = [reading for reading in cited if terms <= reading.all_terms] if name else []
    told = [word.start for word in asked.words if behind <= word.start < end][1:]
    silent = (_far(asked, reading, told[0], end) >= _UNSPOKEN for reading in on_it)
    return float(bool(on_it and told) and all(silent))


def outcome_missing(asked: Asked, cited: Sequence[Reading]) -> float:
    """1 where all papers are far from what some were, or from what something happened to; else 0."""
    spans = [match.span("said") for asks in _BECAME if (match := asks.search(asked.searched))]
    return float(
        asked.papers == 1
        and any(all(_far(asked, reading, *span) >= _STRANGE for reading in cited) for span in spans)
    )


def _named(text: str, reading: Reading) -> str:
    """The longest name of the paper's thing with which a text begins; empty where it begins with another."""
    ends = [word.end() for word in islice(_WORD.finditer(text), _LONGEST)]
    names = (text[:end] for end in reversed(ends))
    return next((name for name in names if bears(name, reading.paper.title, reading.paper.abstract)), "")


def _far(asked: Asked, reading: Reading, start: int, end: int) -> float:
    """How far (0..1) a paper is from the words in a stretch of the question."""
    near_by = zip(asked.words, nearness(asked, reading).tolist(), strict=True)
    told = [(word, near) for word, near in near_by if start <= word.start < end]
    total = sum(word.rarity for word, _ in told)
    lacking = (
        word.rarity * (1 - near)
        for word, near in told
        if reading.all_terms.isdisjoint(word.terms) and not _spelt_out(asked.searched[word.start :], reading)
    )
    return sum(lacking) / total if total else 0.0


def _spelt_out(text: str, reading: Reading) -> bool:
    """Whether a text begins with an acronym whose words the paper has."""
    first = _WORD.match(text)
    return bool(first and stands_for(first[0], f"{reading.paper.title} {reading.paper.abstract}"))
