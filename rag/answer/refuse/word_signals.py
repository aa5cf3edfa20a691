"""The words of a question one by one: which of them a paper has, and how near it comes to the others.

How near a paper is to a word is the cosine of the word's tokens to the nearest token of the paper; of a
paper that has no token vectors nothing is known, and nothing is held against it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answer.evidence.reading import Reading
from rag.answer.question.asked import Asked

_LEAST = 1e-4  # weight of a word that only asks
_MANY = 10  # words beyond the title from which they count as many

Values = NDArray[np.float64]


def word_signals(asked: Asked, best: Reading, cited: Sequence[Reading]) -> dict[str, float]:
    """What the single words tell.

    Args:
        asked: the question.
        best: the paper that is most likely meant.
        cited: the papers that the answer quotes; at least one.
    """
    held = frozenset[str]().union(*(reading.all_terms for reading in cited))
    titles = frozenset[str]().union(*(reading.title for reading in cited))
    near = np.maximum.reduce([nearness(asked, reading) for reading in cited])
    named = [word.rarity > 0 for word in asked.words]
    near = np.where([held.isdisjoint(word.terms) for word in asked.words], near, 1.0)[named]
    beyond = near[[titles.isdisjoint(word.terms) for word in asked.words if word.rarity > 0]]
    return {
        # common words are near something anywhere
        "late_rare_by_rarity": _late_rare(asked, best) * asked.rarity,
        "pieced_missing": _pieced_missing(asked, best),
        "unheld_far": float(np.mean(1 - near)) if len(near) else 0.0,
        "beyond_weak": float(np.sort(beyond)[: max(1, len(beyond) // 2)].mean()) if len(beyond) else 1.0,
        "beyond_many": min(_MANY, len(beyond)) / _MANY,
    }


def nearness(asked: Asked, reading: Reading) -> Values:
    """Of each word the mean over its tokens; 1 where nothing is known of it."""
    near = np.ones(len(asked.words))
    if len(reading.word):
        count = np.bincount(reading.word, minlength=len(near))
        total = np.bincount(reading.word, reading.nearest, minlength=len(near))
        np.divide(total, count, out=near, where=count > 0)
    return near


def _late_rare(asked: Asked, reading: Reading) -> float:
    """Late interaction with the whole paper, the rare words of the question counting by their square."""
    if not len(reading.word):
        return float(reading.nearest.mean())
    rarity = np.array([word.rarity for word in asked.words])
    shared = rarity[reading.word] / np.bincount(reading.word)[reading.word] + _LEAST
    return float(np.average(reading.nearest, weights=shared**2))


def _pieced_missing(asked: Asked, reading: Reading) -> float:
    """How far (0..1) the paper is from those words that the model has in pieces only: terms, names.

    A word that stands in the paper is not far from it, whatever the model makes of its pieces.
    """
    if not len(reading.word):
        return 0.0
    pieces = np.bincount(reading.word, minlength=len(asked.words))
    missing = [
        word.rarity > 0 and count > 1 and reading.all_terms.isdisjoint(word.terms)
        for word, count in zip(asked.words, pieces.tolist(), strict=True)
    ]
    return float((1 - nearness(asked, reading))[missing].sum()) / max(1, asked.length)
