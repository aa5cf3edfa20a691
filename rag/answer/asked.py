"""What a question asks for: its rare words, the kind of thing that would answer it, and how many papers it wants."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.index.words import Words

_NUMBER = re.compile(
    r"\bhow (?:many|much|large|big|fast|slow|long|often|far|high|low|small|close|accurate|accurately|well|strong)\b"
    r"|\bby how\b|\bto what extent\b|\b(?:what|which) (?:[\w-]+ ){0,3}?(?:accuracy|percentage|percent|share|fraction|rate|"
    r"size|number|score|speed-?up|factor|ratio|error|probability|dimension|year|date|prevalence|proportion)s?\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\bhow (?:many|large|big|long|often|far|high|fast)\b|\bwhat (?:number|percentage|share)\b", re.IGNORECASE
)
_REASON = re.compile(
    r"\bwhy\b|\breasons?\b|\bwhat (?:causes|caused|makes|made|explains|prevents|keeps)\b", re.IGNORECASE
)
_THING = re.compile(
    r"^\W*(?:so\s+)?(?:what(?: is| are|'s)\b|what does .*\b(?:do|propose|introduce)\b|define\b)",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:perform|compare|compete|better|worse|beat|outperform|result|find|found|finding|show|reach|achieve|"
    r"improve|gain|work|happen|effect|affect|score)\w*\b",
    re.IGNORECASE,
)
_PLURAL = r"(?:papers|studies|works|articles|authors|groups|teams|surveys|reviews|publications|researchers)"
_SEVERAL = re.compile(
    rf"\b(?:which|what|any|all|several|other|these|those|do|have|are there|of the) (?:[\w-]+ ){{0,3}}?{_PLURAL}\b"
    rf"|\bwho (?:argues?|has|have|uses?|works?|proposes?|studies|tried|claims?)\b|\bwhere have\b",
    re.IGNORECASE,
)
_PAIR = re.compile(
    rf"\b(?:two|both) (?:[\w-]+ ){{0,3}}?{_PLURAL}\b|\b(?:differ|differs|differences?|compared? (?:the|to|with)|contrast|"
    r"versus|vs\.?|disagree|agree|in common|each (?:one|of them|paper|do|contribute)|the other paper|"
    r"the later paper|respectively)\b|\bcompare\b.*\band\b|\bboth\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the evidence is weighed against it.

    Attributes:
        text: the question.
        terms: its terms without stopwords, in order, each once.
        weights: how rare each is among the papers (idf), in the same order.
        wants: names of the kinds of answer it asks for: ``number``, ``count``, ``reason``, ``thing``, ``outcome``.
        papers: how many papers the wording wants: 1 unless it says so, 2 for a comparison, more for "which papers".
    """

    text: str
    terms: tuple[str, ...]
    weights: tuple[float, ...]
    wants: frozenset[str]
    papers: int

    @property
    def weight(self) -> float:
        """The weights' sum, never zero."""
        return sum(self.weights) or 1e-9

    def share(self, found: frozenset[str], without: frozenset[str] = frozenset()) -> float:
        """The weighted share (0..1) of the terms that stand in ``found``, those of ``without`` left aside."""
        kept = [
            (term, weight)
            for term, weight in zip(self.terms, self.weights, strict=True)
            if term not in without
        ]
        total = sum(weight for _, weight in kept)
        return sum(weight for term, weight in kept if term in found) / total if total else 0.0


_KINDS = {"number": _NUMBER, "count": _COUNT, "reason": _REASON, "thing": _THING, "outcome": _OUTCOME}
_MANY = 4  # papers cited at most: one sentence of each


def read_question(text: str, words: Words, idf: Callable[[str], float]) -> Asked:
    """Takes a question apart.

    Args:
        text: the question, able to stand alone.
        words: the tokenizer that the lexical index uses.
        idf: how rare a term is among the stored papers.
    """
    terms = tuple(dict.fromkeys(words.terms(text)))
    wants = frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(text))
    papers = _MANY if _SEVERAL.search(text) else 2 if _PAIR.search(text) else 1
    if _PAIR.search(text):
        papers = 2
    return Asked(text, terms, tuple(idf(term) for term in terms), wants, papers)
