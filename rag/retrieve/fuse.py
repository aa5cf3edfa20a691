"""Scores of different stages made one.

Scores are mixed, not ranks: how far ahead the first is says something that its rank does not. Every score
lies on a scale from 0 to 1 that means the same for all candidates, whichever they are: what a paper scores
depends on the question and on the paper, not on which others were looked at, nor on the filters.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rag.index.lexical import LexicalIndex

Scores = NDArray[np.float32]


def information(text: str, lexical: LexicalIndex) -> float:
    """What a paper would have to say to say all that is asked: the rarity of every word of the text, summed.

    BM25 comes near it for a paper that has every word often. Divided by it, BM25 is the share of the question
    that a paper's words cover; a question in other words than the papers' then trusts vectors more.
    """
    unseen = lexical.idf("")
    rarities = (lexical.idf(term) for term in sorted(set(lexical.terms(text))))
    return sum(r for r in rarities if r < unseen) + unseen * len(lexical.unknown(text))


def mix(stages: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """The weighted mean of the stages' scores, between 0 and 1.

    Args:
        stages: by stage, a score for each paper, cut to 0 and 1; all of one length.
        weights: by stage, from 0. A stage that has none, or is missing, does not count.
    """
    present = [(weights[name], scores) for name, scores in sorted(stages.items()) if weights.get(name, 0) > 0]
    total = sum(weight for weight, _ in present)
    mixed = np.zeros(len(next(iter(stages.values()), ())), np.float32)
    for weight, scores in present:
        mixed += np.float32(weight / total) * np.clip(scores, 0, 1)
    return np.minimum(mixed, np.float32(1))


def ranks(scores: Scores) -> NDArray[np.int64]:
    """The rank of each score, from 1; of equal scores the earlier has the better rank."""
    order = np.argsort(-scores, kind="stable")
    result = np.empty(len(scores), np.int64)
    result[order] = np.arange(1, len(scores) + 1)
    return result
