"""From measures to judgement: how likely each sentence answers, and each paper is the one meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answer.evidence.reading import Reading
from rag.answer.evidence.sentence_signals import SIGNALS
from rag.answer.linear import Linear, load_fitted
from rag.answer.question.asked import Asked
from rag.errors import ConfigError

Probabilities = NDArray[np.float64]

PAPER_SIGNALS = ("late", "score", "shared", "best", "titled", "named")


@dataclass(frozen=True, slots=True)
class Weights:
    """What the evidence is weighed with: one model for sentences within a paper, one for papers."""

    sentence: Linear
    paper: Linear

    @classmethod
    def load(cls) -> Weights:
        """The fitted weights (``bench/answers/fit_evidence.py``).

        Raises:
            ConfigError: the file is missing or damaged.
        """
        data = load_fitted("evidence")
        try:
            return cls(Linear.of(data["sentence"]), Linear.of(data["paper"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(
                "The fitted file evidence.json is damaged: install the package again."
            ) from error


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A paper read and weighed.

    Attributes:
        reading: the paper.
        sentences: the probability of each sentence to be the one that answers, given that the paper does.
        share: the probability that it is this paper of those read, given that one of them answers.
    """

    reading: Reading
    sentences: Probabilities
    share: float


def weigh(asked: Asked, readings: Sequence[Reading], weights: Weights) -> tuple[Weighed, ...]:
    """Weighs papers and their sentences; the order stays."""
    if not readings:
        return ()
    shares = softmax(np.array([weights.paper.score(paper_signals(asked, reading)) for reading in readings]))
    return tuple(
        Weighed(reading, softmax(sentence_scores(reading, weights.sentence)), float(share))
        for reading, share in zip(readings, shares, strict=True)
    )


def sentence_scores(reading: Reading, model: Linear) -> Probabilities:
    """The score of every sentence."""
    row = np.array([model.weights.get(name, 0.0) for name in SIGNALS])
    scores: Probabilities = reading.signals @ row + model.bias
    return scores


def paper_signals(asked: Asked, reading: Reading) -> dict[str, float]:
    """What speaks for a paper as a whole."""
    return {
        "late": reading.late,
        "score": reading.hit.score,
        "shared": asked.share(reading.all_terms),
        "best": float(reading.column("late").max()),
        "titled": asked.share(reading.title),
        "named": asked.named(reading.all_terms),
    }


def softmax(scores: Probabilities) -> Probabilities:
    """Positive numbers that sum to one."""
    powers = np.exp(scores - scores.max())
    result: Probabilities = powers / powers.sum()
    return result
