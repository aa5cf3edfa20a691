"""How sure it is that the stored papers answer a question: signals, and the probability fitted to them.

No signal depends on how many papers there are or on what they are about: cosines, shares of the question's
words (weighed by their rarity), and comparisons of the best paper with the next ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.answer.evidence.quote import Quote
from rag.answer.evidence.reading import Reading
from rag.answer.evidence.weigh import Weighed
from rag.answer.linear import Linear, load_fitted, logit, sigmoid
from rag.answer.question.asked import Asked
from rag.answer.refuse.detail_signals import detail_signals
from rag.answer.refuse.word_signals import word_signals
from rag.errors import ConfigError
from rag.index.words import Words

GATES: Mapping[str, tuple[str, ...]] = {
    "about": ("late", "window", "weak", "field_cosine", "covered", "unknown"),
    "found": (
        "late_rare_by_rarity",
        "weak",
        "pieced_missing",
        "ahead_late",
        "ahead_cosine",
        "ahead_words",
        "alone",
        "worded_by_known",
        "names_missing",
        "words",
    ),
    "said": (
        "late",
        "weak",
        "beyond_title",
        "beyond_weak",
        "beyond_many",
        "unheld_far",
        "named_but_bare",
        "detail_missing",
        "figure_missing",
        "count_missing",
        "kind_missing",
        "record",
        "plainly_missing",
    ),
}
"""The gates in their order, and the signals that each one looks at."""
_FIELD = slice(3, 10)  # the papers that the best one is compared with: near misses, not rivals
_LONG = 20  # words from which a question counts as long
_FAR = 8.0  # deviations from which a paper is as far ahead as can be
_FEWEST, _ALONE_OF_FEW = 2, 0.25  # papers that have a spread, and what stands where there are fewer
_SPREAD = 0.01  # keeps papers that are all alike from making any difference a great one


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted probability, and the threshold that each tolerated risk asks for.

    Three gates stand one behind the other, each a logistic model of its own, and the probability that a
    question gets through all of them is what counts:

    * ``about``: the papers are about what is asked (a question on cooking does not get through);
    * ``found``: one of them treats it (a question whose paper was taken away does not);
    * ``said``: and says what is asked (a detail that an abstract leaves out does not).

    Attributes:
        gates: by name.
        slope: with ``offset``, makes the product of the gates a probability: ``sigmoid(slope * logit +
            offset)``.
        offset: see ``slope``.
        thresholds: pairs of the tolerated share of unanswerable questions among those answered, and the
            probability from which a question is answered; the risk rises.
    """

    gates: Mapping[str, Linear]
    slope: float
    offset: float
    thresholds: tuple[tuple[float, float], ...]

    @classmethod
    def load(cls) -> Calibration:
        """What ``bench/answers/fit_confidence.py`` fitted.

        Raises:
            ConfigError: the file is missing or damaged.
        """
        data = load_fitted("confidence")
        try:
            gates = {name: Linear.of(data["gates"][name]) for name in GATES}
            thresholds = tuple((float(risk), float(bar)) for risk, bar in data["thresholds"])
            return cls(gates, float(data["slope"]), float(data["offset"]), thresholds)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(
                "The fitted file confidence.json is damaged: install the package again."
            ) from error

    def through(self, known: Mapping[str, float]) -> dict[str, float]:
        """The probability of getting through each gate."""
        return {name: gate.probability(known) for name, gate in self.gates.items()}

    def confidence(self, through: Mapping[str, float]) -> float:
        """The probability that the papers answer, from the gates."""
        return sigmoid(self.slope * logit(passed(through)) + self.offset)

    def threshold(self, risk: float) -> float:
        """The probability from which to answer at a tolerated risk; between fitted ones in proportion."""
        risks, bars = zip(*self.thresholds, strict=True)
        return float(np.interp(risk, risks, bars))


def passed(through: Mapping[str, float]) -> float:
    """The gates in one figure (0..1)."""
    return math.prod(through.values())


def signals(
    asked: Asked,
    weighed: Sequence[Weighed],
    quotes: Sequence[Quote],
    words: Words,
    unknown: Sequence[str] = (),
) -> dict[str, float]:
    """What speaks for and against an answer by these quotes; at least one paper must have been read.

    Args:
        asked: the question.
        weighed: the papers read.
        quotes: the answer.
        words: the tokenizer.
        unknown: words of the question that no paper has.
    """
    first = max(weighed, key=lambda paper: paper.share)
    best = first.reading
    cited = [
        paper.reading
        for paper in weighed
        if any(quote.paper.id == paper.reading.paper.id for quote in quotes)
    ]
    held = frozenset[str]().union(*(reading.all_terms for reading in cited))
    titles = frozenset[str]().union(*(reading.title for reading in cited))
    cosines = [_cosine(paper.reading) for paper in weighed]
    titled, beyond = asked.share(titles), asked.share(held, titles, otherwise=1.0)
    return {
        "late": max(reading.late for reading in cited),
        "words": min(_LONG, asked.length) / _LONG,  # the mean of few words comes high by chance
        "weak": max(reading.weak for reading in cited),
        "window": _stage(best, "dense"),
        "field_cosine": _field(cosines),
        "ahead_late": best.late - _field([paper.reading.late for paper in weighed]),
        "ahead_cosine": _cosine(best) - _field(cosines),
        "ahead_words": _ahead_words(asked, best, weighed),
        "unknown": asked.share(frozenset(term for word in unknown for term in words.terms(word))),
        "alone": _alone(weighed),
        "worded_by_known": _bm25(best) / (sum(asked.weights.values()) or 1.0) * asked.known,
        "covered": asked.share(held),
        "beyond_title": beyond,
        "named_but_bare": titled * (1 - beyond),
        "names_missing": _names_missing(asked, held),
        **word_signals(asked, best, cited),
        **detail_signals(asked, cited, quotes, words),
    }


def _cosine(reading: Reading) -> float:
    return float(reading.column("cosine").max())


def _ahead_words(asked: Asked, best: Reading, weighed: Sequence[Weighed]) -> float:
    """How far the best paper's BM25 is ahead, as a share of what the question asks in all."""
    scores = [_bm25(paper.reading) for paper in weighed]
    return min(1.0, (_bm25(best) - _field(scores)) / (sum(asked.weights.values()) or 1.0))


def _alone(weighed: Sequence[Weighed]) -> float:
    """How many deviations the highest BM25 is above the next ones (0..1: as many as count)."""
    first, *rest = sorted((_bm25(paper.reading) for paper in weighed), reverse=True)
    if len(rest) < _FEWEST:
        return _ALONE_OF_FEW
    ahead = (first - float(np.mean(rest))) / (float(np.std(rest)) + _SPREAD)
    return min(1.0, ahead / _FAR)


def _bm25(reading: Reading) -> float:
    stage = reading.hit.stages.get("bm25")
    return stage.score if stage else 0.0


def _stage(reading: Reading, name: str) -> float:
    stage = reading.hit.stages.get(name)
    return stage.score if stage else _cosine(reading)


def _field(values: Sequence[float]) -> float:
    """The mean of the papers well behind the best; of the lowest where there are few."""
    ordered = sorted(values, reverse=True)
    return float(np.mean(ordered[_FIELD] or ordered[-1:]))


def _names_missing(asked: Asked, held: frozenset[str]) -> float:
    """The share of the question's names of which the cited papers have no part."""
    return sum(map(held.isdisjoint, asked.names)) / len(asked.names) if asked.names else 0.0
