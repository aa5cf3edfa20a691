"""What is asked of a thing, of which its paper doesn't speak: "does LightGCN work for social networks?"."""

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
    return float(bool(on_it) and all(_far(asked, reading, behind, end) >= _UNSPOKEN for reading in on_it))


def _named(text: str, reading: Reading) -> str:
    """The longest name of the paper's thing with which a text begins; empty where it begins with another."""
    ends = [word.end() for word in islice(_WORD.finditer(text), _LONGEST)]
    names = (text[:end] for end in reversed(ends))
    return next((name for name in names if bears(name, reading.paper.title, reading.paper.abstract)), "")


def _far(asked: Asked, reading: Reading, start: int, end: int) -> float:
    """How far (0..1) a paper is from the words in a stretch of the question, the first one left out."""
    behind = [(word, float(near)) for word, near in zip(asked.words, nearness(asked, reading), strict=True)]
    told = [(word, near) for word, near in behind if start <= word.start < end][1:]
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
