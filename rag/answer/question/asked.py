"""What a question asks for: its rare words, the kind of thing that would answer, how many papers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answer.question.subject import asking, subjects, vague
from rag.answer.question.wording import (
    NUMBER_OF,
    VERB,
    first_by_year,
    kinds_wanted,
    numeral_of_papers,
    papers_wanted,
    subject_of_list,
)
from rag.answer.text.introduced import subject_of, without_talk
from rag.answer.text.people import with_people
from rag.answer.text.quantities import quantities
from rag.answer.text.tokens import tokenize
from rag.index.words import Words
from rag.retrieve.query import QUOTED

_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][\w-]*|\b\w*[a-z][A-Z]\w*|\b[A-Z]{2,}\w*|\b[\w-]*\d[\w.-]*")
_CALLED = re.compile(r"\b[A-Z][\w-]*(?: [A-Z][\w-]*){2,7}\b")  # "Power Law Graph Transformer"
_COUNTED = re.compile(
    rf"\b(?:how many (?!{VERB}\b)|{NUMBER_OF})((?:[\w-]+ ){{0,4}}?[\w-]+)"
    rf"(?:(?<=s)(?= [a-z]+ed\b)|(?= (?:{VERB}|in|on|of|with|per|to|that|there|for|from|by|a|an|the|take|took"
    r"|make|made|give|gave|get|got|find|found|see|saw|read|run|ran|went|say|said|know|knew)\b|\W*$|[,?;]))",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?:code|implementations?|github|repositor(?:y|ies)|open[- ]sourced?)\b", re.IGNORECASE)
_WITH_CODE = "Code is available at GitHub"
_BEHIND = 3  # words that may stand behind a thing to be explained: "work", "in simple terms"
_NAMED_KIND = re.compile(rf"\b(?:which|what) ((?:[\w'-]+ ){{1,6}}?)(?={VERB}\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word of a question.

    Attributes:
        start: where it begins in the text.
        rarity: how rare it is among the papers; 0 for one that only asks.
        terms: what it is looked up as.
    """

    start: int
    rarity: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the evidence is weighed against it.

    Attributes:
        text: the question.
        weights: its terms without stopwords, in order, and how rare each is among the papers (idf).
        wants: names of the kinds of answer it asks for: ``number``, ``count``, ``reason``, ``thing``,
            ``outcome``, ``record`` (what stands around an abstract, not in it: venue, funding, tables),
            ``maker`` (who made it), ``work`` (something to be made rather than found: code, a poem, a
            letter), ``code`` (where code or data can be had), ``question`` (what is asked by someone),
            ``acronym`` (what it stands for), ``aim`` (what was to be found out).
        counted: those of its terms that name what is to be counted ("how many GPUs"); of people, all terms
            for people.
        kind: those that name the kind of thing asked for ("which optimizer").
        names: the terms of each of its names, acronyms and figures.
        numbers: the values of the numbers that it states.
        subject: the thing that it wants explained ("What is SimCLR?"), as it says it; else empty.
        by_year: 1 where it wants the newest papers first, -1 for the oldest, else 0.
        papers: how many the wording wants: 1 unless it says so, 2 for a comparison, more for "which papers".
        words: all of its words, in order.
        rarest: how rare a term is that no paper has.
        part: what of it was searched, where that is not all: `weights` and `words` are of that alone.
    """

    text: str
    weights: Mapping[str, float]
    wants: frozenset[str]
    counted: frozenset[str]
    kind: frozenset[str]
    papers: int
    words: tuple[AskedWord, ...] = ()
    rarest: float = 1.0
    names: tuple[frozenset[str], ...] = ()
    numbers: frozenset[float] = frozenset()
    subject: str = ""
    by_year: int = 0
    part: str = ""

    @property
    def searched(self) -> str:
        """What its words were taken from, and their places refer to."""
        return self.part or self.text

    @property
    def called(self) -> tuple[str, ...]:
        """What papers may be called that it asks about: its names, of several words too, and its subject."""
        return (*names_in(self.text), *_CALLED.findall(self.text), *filter(None, [self.subject]))

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms, in order, each once."""
        return tuple(self.weights)

    @property
    def length(self) -> int:
        """How many of its words name something that papers may hold."""
        return sum(word.rarity > 0 for word in self.words)

    @property
    def rarity(self) -> float:
        """How rare those words are on average, as a part of the rarest (0..1): 1 where no paper has any."""
        return sum(word.rarity for word in self.words) / (self.rarest * self.length) if self.length else 0.0

    @property
    def known(self) -> float:
        """The weighted share (0..1) of the terms that any paper has."""
        known = frozenset(term for term, rare in self.weights.items() if rare < self.rarest)
        return self._share(known, self.weights.keys(), 0.0)

    def share(
        self, found: frozenset[str], without: frozenset[str] = frozenset(), *, otherwise: float = 0.0
    ) -> float:
        """The weighted share (0..1) of the terms that stand in ``found``, those of ``without`` left aside.

        ``otherwise`` is what it is where no term is left.
        """
        return self._share(found, self.weights.keys() - without, otherwise)

    def named(self, found: frozenset[str]) -> float:
        """The share (0..1) of its names of which some part stands in ``found``; 0 where it has none."""
        return sum(not found.isdisjoint(name) for name in self.names) / max(1, len(self.names))

    def held(self, each: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
        """Which of the terms stand in each of these, ``[len(each), len(terms)]``."""
        held = [[term in found for term in self.weights] for found in each]
        return np.array(held, np.bool_).reshape(len(each), len(self.weights))

    def lacking(self, found: frozenset[str], among: frozenset[str]) -> float:
        """The weighted share (0..1) of the terms in ``among`` that do not stand in ``found``."""
        return 1 - self._share(found, self.weights.keys() & among, 1.0)

    def _share(self, found: frozenset[str], kept: Set[str], otherwise: float) -> float:
        weights = self.weights
        total = sum(weights[term] for term in kept)
        return sum(weights[term] for term in kept & found) / total if total else otherwise


def read_question(text: str, words: Words, idf: Callable[[str], float], part: str = "") -> Asked:
    """Takes a question apart.

    Args:
        text: the question, able to stand alone.
        words: the tokenizer that the lexical index uses.
        idf: how rare a term is among the stored papers.
        part: what of it was searched, where that is not all.
    """
    looked_up = part or text
    said = dict.fromkeys(words.terms(looked_up))
    unheld = {term for term in vague(words).intersection(said) if idf(term) >= idf("")}
    aside = asking(words) | unheld | set(words.terms(numeral_of_papers(text)))
    terms = [term for term in said if term not in aside] or list(said)
    weights = {term: idf(term) for term in terms}
    return Asked(
        text,
        weights=weights,
        wants=kinds_wanted(text),
        counted=with_people(_named(_COUNTED, text, words), words),
        kind=_named(_NAMED_KIND, text, words),
        papers=papers_wanted(text),
        words=tuple(
            AskedWord(
                token.start, max((weights.get(term, 0.0) for term in token.terms), default=0.0), token.terms
            )
            for token in tokenize(looked_up, words)
        ),
        rarest=idf(""),
        names=tuple(frozenset(terms) for name in names_in(text) if (terms := words.terms(name))),
        numbers=frozenset(quantity.value for quantity in quantities(text)),
        subject=subject_of(text),
        by_year=first_by_year(text),
        part=part,
    )


def part_to_search(question: str, words: Words) -> str:
    """What of a question is searched: the subject of a list, or a thing to be explained, alone.

    "Explain X", "which papers are on X": the words before it would be looked for, too. A question that takes
    words over from the talk before it, quotes, or asks more, is searched as it stands. Papers with code and
    nothing else said of them are those that say so.
    """
    if without_talk(question) != question or re.search(QUOTED, question):
        return question
    listed = subject_of_list(question)
    if listed != question:
        return _WITH_CODE if _CODE.search(listed) and not subjects(words.terms(listed), words) else listed
    subject = subject_of(question)
    behind = question[question.find(subject) + len(subject) :]
    return subject if subject and len(behind.split()) <= _BEHIND else question


def names_in(text: str) -> tuple[str, ...]:
    """What looks like a name, an acronym or a figure in a question: what an answer can hardly paraphrase."""
    return tuple(dict.fromkeys(_NAME.findall(text)))


def _named(pattern: re.Pattern[str], text: str, words: Words) -> frozenset[str]:
    return frozenset(term for phrase in pattern.findall(text) for term in words.terms(phrase))
