"""The best papers read for a question: their sentences with what each measures, and the paper as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.answer.asked import Asked
from rag.answer.sentence_signals import SIGNALS, near_of, numbers_in, signals_of
from rag.index.words import Words
from rag.retrieve.retrieved import Retrieved
from rag.types import Hit, Paper, Span
from rag.vectors import EncodedQuery, Floats

_LEAST = 1e-4  # weight of a word that only asks


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
        rarity: of each token of the question, how rare its word is among the papers.
        pieced: of each token, its part in the question where the model has its word in pieces only, else 0.
        numbers: which sentences hold a number; none where no number is asked for.
    """

    hit: Hit
    spans: tuple[Span, ...]
    terms: tuple[frozenset[str], ...]
    title: frozenset[str]
    signals: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    nearest: Floats
    rarity: Floats
    pieced: Floats
    numbers: tuple[bool, ...]

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
    def late_rare(self) -> float:
        """Late interaction with the whole paper, the rare words of the question counting by their square."""
        return float(np.average(self.nearest, weights=self.rarity**2))

    @property
    def pieced_missing(self) -> float:
        """How far (0..1) the paper is from the words that the model has in pieces only: terms, names."""
        return float((1 - self.nearest) @ self.pieced)

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
    terms = [frozenset(words.terms(text)) for text in texts]
    titles = [frozenset(words.terms(hit.paper.title)) for hit, _ in papers]
    near = [near_of(evidence, found.query) for _, evidence in papers]
    numbers = numbers_in(asked, texts)
    signals = signals_of(asked, near, terms, titles, texts, numbers)
    rarity, pieced = _by_token(asked, found.query)
    readings = []
    end = 0
    for (hit, evidence), title, of in zip(papers, titles, near, strict=True):
        own = slice(end, end := end + len(evidence.spans))
        like = len(rarity) == len(of.nearest)
        alike = np.ones(len(of.nearest), np.float32)
        readings.append(
            Reading(
                hit,
                evidence.spans,
                tuple(terms[own]),
                title,
                signals[own],
                of.nearest,
                rarity if like else alike,
                pieced if like else 0 * alike,
                numbers[own],
            )
        )
    return tuple(readings)


def _by_token(asked: Asked, query: EncodedQuery | None) -> tuple[Floats, Floats]:
    """Of each token how rare its word is, shared by the tokens of a word, and its part if in pieces.

    Where the words are not known all are as rare and none is in pieces.
    """
    count = 0 if query is None else len(query.tokens)
    if query is None or len(query.starts) != count or not asked.places:
        alike = np.ones(max(1, count), np.float32)
        return alike, 0 * alike
    begins, rare = (np.array(values) for values in zip(*asked.places, strict=True))
    word = np.maximum(np.searchsorted(begins, query.starts, side="right") - 1, 0)
    pieces, rarity = np.bincount(word)[word], rare[word]
    part = ((pieces > 1) & (rarity > 0)) / (pieces * max(1, asked.length))
    return (rarity / pieces + _LEAST).astype(np.float32), part.astype(np.float32)
