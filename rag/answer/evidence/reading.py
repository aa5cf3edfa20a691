"""The best papers read for a question: their sentences with what each measures, and the paper as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answer.evidence.sentence_signals import SIGNALS, near_of, numbers_in, signals_of
from rag.answer.question.asked import Asked
from rag.answer.text.introduced import entitles
from rag.answer.text.names import definitions
from rag.answer.text.people import with_anyone
from rag.index.words import Words
from rag.retrieve.retrieved import Retrieved
from rag.types import Hit, Paper, Span
from rag.vectors import EncodedQuery, Floats

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One paper, read for one question.

    Attributes:
        hit: the paper as it was retrieved.
        spans: of its sentences.
        terms: of each sentence.
        title: terms of the title.
        signals: float64 ``[sentences, len(SIGNALS)]``.
        nearest: of each token of the question, the cosine of the nearest word anywhere in the paper.
        word: of each token, the place of its word among those of the question; empty where not known.
        numbers: which sentences hold a number; none where no number is asked for.
        entitled: whether the title gives the paper the name of what the question wants explained.
    """

    hit: Hit
    spans: tuple[Span, ...]
    terms: tuple[frozenset[str], ...]
    title: frozenset[str]
    signals: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    nearest: Floats
    word: Places
    numbers: tuple[bool, ...]
    entitled: bool = False

    @property
    def paper(self) -> Paper:
        """The paper that was read."""
        return self.hit.paper

    @property
    def late(self) -> float:
        """Late interaction of the question with the whole paper."""
        return float(self.nearest.mean())

    @property
    def weak(self) -> float:
        """The same over the third of the question's words that find the least."""
        return float(np.sort(self.nearest)[: -(-len(self.nearest) // 3)].mean())

    @property
    def all_terms(self) -> frozenset[str]:
        """Terms of title and abstract."""
        return self.title.union(*self.terms)

    def column(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """One signal of every sentence."""
        values: np.ndarray[tuple[int], np.dtype[np.float64]] = self.signals[:, SIGNALS.index(name)]
        return values


def read_hits(asked: Asked, found: Retrieved, words: Words, most: int) -> tuple[Reading, ...]:
    """Reads the best ``most`` papers that have a sentence: all at once, as one row of sentences."""
    pairs = zip(found.hits[:most], found.evidence[:most], strict=True)
    papers = [(hit, evidence) for hit, evidence in pairs if evidence.spans]
    if not papers:
        return ()
    texts = [span.of(hit.paper.abstract) for hit, evidence in papers for span in evidence.spans]
    told = [_written_out(hit.paper, words) for hit, _ in papers]
    terms = [
        both(frozenset(words.terms(span.of(hit.paper.abstract))))
        for (hit, evidence), both in zip(papers, told, strict=True)
        for span in evidence.spans
    ]
    titles = [frozenset(words.terms(hit.paper.title)) for hit, _ in papers]
    entitled = [bool(asked.subject) and entitles(asked.subject, hit.paper.title) for hit, _ in papers]
    near = [near_of(evidence, found.query) for _, evidence in papers]
    numbers = numbers_in(asked, texts)
    word = _words(asked, found.query)
    signals = signals_of(asked, near, terms, titles, entitled, texts, numbers, word, words)
    readings = []
    end = 0
    for (hit, evidence), title, named, of in zip(papers, titles, entitled, near, strict=True):
        own = slice(end, end := end + len(evidence.spans))
        readings.append(
            Reading(
                hit,
                evidence.spans,
                tuple(terms[own]),
                title,
                signals[own],
                of.nearest,
                word if len(word) == len(of.nearest) else word[:0],
                numbers[own],
                named,
            )
        )
    return tuple(readings)


def _written_out(paper: Paper, words: Words) -> Callable[[frozenset[str]], frozenset[str]]:
    """Adds to terms those of the other form of each acronym that the paper introduces, and of people."""
    forms = [tuple(frozenset(words.terms(form)) for form in pair) for pair in definitions(paper.abstract)]

    def both(terms: frozenset[str]) -> frozenset[str]:
        for short, long in forms:
            if (short and short <= terms) or (long and long <= terms):
                terms = terms | short | long
        return with_anyone(terms, words)

    return both


def _words(asked: Asked, query: EncodedQuery | None) -> Places:
    """The word of the question that each token belongs to; none where that is not known."""
    if query is None or len(query.starts) != len(query.tokens) or not asked.words:
        return np.zeros(0, np.intp)
    begins = np.array([word.start for word in asked.words])
    return np.maximum(np.searchsorted(begins, query.starts, side="right") - 1, 0)
