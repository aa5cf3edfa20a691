"""What each sentence of a retrieved paper has to do with a question: plain measures, no judgement yet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answer.asked import Asked, Shares
from rag.index.words import Words
from rag.retrieve.retrieved import Evidence, Retrieved
from rag.types import Hit, Paper, Span
from rag.vectors import EncodedQuery, Floats, TokenVectors

_NUMBER = re.compile(
    r"(?<![A-Za-z\-])\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|million|billion|"
    r"half|twice|double|orders? of magnitude|majority|most)\b",
    re.IGNORECASE,
)
_CUES: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "proposal_for_thing": (
        "thing",
        re.compile(
            r"\b(?:we|paper|work|article|study|here)\b.{0,40}\b(?:propos|introduc|present|develop)",
            re.IGNORECASE,
        ),
    ),
    "cause_for_reason": (
        "reason",
        re.compile(
            r"\b(?:because|due to|since|caus\w+|thus|therefore|owing|attribut\w+|leads? to|by \w+ing)\b",
            re.IGNORECASE,
        ),
    ),
    "contrast_for_reason": (
        "reason",
        re.compile(
            r"\b(?:however|although|despite|limit\w*|drawback|suffer\w*|challeng\w*|fail\w*)\b", re.IGNORECASE
        ),
    ),
    "result_for_outcome": (
        "outcome",
        re.compile(
            r"\b(?:outperform|achiev|result|experiment|show|demonstrat|find|found|improv|reveal|reach)",
            re.IGNORECASE,
        ),
    ),
}
SIGNALS = (
    "late",
    "late_back",
    "cosine",
    "shared",
    "shared_beyond_title",
    "shared_at_end",
    "before",
    "after",
    "shared_before",
    "place",
    "first",
    "last",
    "length",
    "number_for_number",
    *_CUES,
)
_LEAST = 1e-4  # weight of a word that only asks
_END = 3  # terms at the end of a question, which often name the thing asked for


Rows = NDArray[np.intp]


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
        numbers: which sentences hold a number; none where no number is asked for.
    """

    hit: Hit
    spans: tuple[Span, ...]
    terms: tuple[frozenset[str], ...]
    title: frozenset[str]
    signals: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    nearest: Floats
    rarity: Floats
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
    def all_terms(self) -> frozenset[str]:
        """Terms of title and abstract."""
        return self.title.union(*self.terms)

    def column(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """One signal of every sentence."""
        values: np.ndarray[tuple[int], np.dtype[np.float64]] = self.signals[:, SIGNALS.index(name)]
        return values


def read_hits(asked: Asked, found: Retrieved, words: Words, most: int) -> tuple[Reading, ...]:
    """Reads the best ``most`` papers that have a sentence."""
    pairs = zip(found.hits[:most], found.evidence[:most], strict=True)
    rarity = _rarity(asked, found.query)
    return tuple(
        _read(asked, hit, evidence, found.query, rarity, words) for hit, evidence in pairs if evidence.spans
    )


def _rarity(asked: Asked, query: EncodedQuery | None) -> Floats:
    """How rare each token's word is, shared by the tokens of a word; the same for all where none is known."""
    count = 0 if query is None else len(query.tokens)
    if query is None or len(query.starts) != count or not asked.places:
        return np.ones(max(1, count), np.float32)
    begins, rare = (np.array(values) for values in zip(*asked.places, strict=True))
    word = np.maximum(np.searchsorted(begins, query.starts, side="right") - 1, 0)
    weights: Floats = (rare[word] / np.bincount(word)[word] + _LEAST).astype(np.float32)
    return weights


def _read(
    asked: Asked,
    hit: Hit,
    evidence: Evidence,
    query: EncodedQuery | None,
    rarity: Floats,
    words: Words,
) -> Reading:
    texts = [span.of(hit.paper.abstract) for span in evidence.spans]
    terms = tuple(frozenset(words.terms(text)) for text in texts)
    title = frozenset(words.terms(hit.paper.title))
    late, back, nearest = _late(evidence, query)
    cosine = _cosines(evidence, query)
    shared = asked.shares(terms)
    count = len(texts)
    counts = not asked.wants.isdisjoint(("number", "count"))
    numbers = tuple(counts and bool(_NUMBER.search(text)) for text in texts)
    columns = {
        "late": late,
        "late_back": back,
        "cosine": cosine,
        "shared": shared,
        "shared_beyond_title": asked.shares(terms, without=title),
        "shared_at_end": _shared_at_end(asked, terms),
        "before": _moved(late, 1),
        "after": _moved(late, -1),
        "shared_before": np.concatenate([[0.0], shared[:-1]]),
        "place": np.arange(count) / max(1, count - 1),
        "first": np.arange(count) == 0,
        "last": np.arange(count) == count - 1,
        "length": np.log1p([text.count(" ") + 1 for text in texts]),
        "number_for_number": np.array(numbers) * ("number" in asked.wants),
    } | {
        name: np.array([bool(cue.search(text)) for text in texts]) if kind in asked.wants else np.zeros(count)
        for name, (kind, cue) in _CUES.items()
    }
    signals = np.stack([np.asarray(columns[name], dtype=np.float64) for name in SIGNALS], axis=1)
    if len(rarity) != len(nearest):
        rarity = np.ones(len(nearest), np.float32)
    return Reading(hit, evidence.spans, terms, title, signals, nearest, rarity, numbers)


def _shared_at_end(asked: Asked, terms: Sequence[frozenset[str]]) -> Shares:
    """The share of the question's last terms that each sentence has."""
    ends = frozenset(asked.terms[-_END:])
    return np.array([len(ends & held) for held in terms]) / max(1, len(ends))


def _cosines(evidence: Evidence, query: EncodedQuery | None) -> Floats:
    if query is None:
        return np.zeros(len(evidence.spans), np.float32)
    return evidence.vectors @ query.vector


def _moved(values: Floats, by: int) -> Floats:
    """Each sentence's neighbour's value; the lowest of all beyond the ends."""
    moved = np.full_like(values, values.min())
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


def _late(evidence: Evidence, query: EncodedQuery | None) -> tuple[Floats, Floats, Floats]:
    """Late interaction with every sentence, from the question and back to it, and with the whole paper.

    Where there are no token vectors the sentence vectors stand in.
    """
    tokens, table = evidence.tokens, evidence.cosines
    if tokens is None or table is None:
        cosines = _cosines(evidence, query)
        return cosines, cosines, cosines.max(keepdims=True)
    return *_by_sentence(table, *_bounds(evidence.spans, tokens)), table.max(axis=0)


def _by_sentence(table: Floats, low: Rows, high: Rows) -> tuple[Floats, Floats]:
    """For each stretch of rows the mean of the columns' highest, and of the rows' highest; 0 if empty."""
    late, back = np.zeros((2, len(low)), np.float32)
    some = np.flatnonzero(high > low)
    if len(some):
        ends = np.stack([low[some], high[some]], axis=1).ravel()  # every other stretch lies between sentences
        padded = np.concatenate([table, table[-1:]])  # an end may lie one beyond the last row
        late[some] = np.maximum.reduceat(padded, ends, axis=0)[::2].mean(axis=1)
        back[some] = np.add.reduceat(padded.max(axis=1), ends)[::2] / (high - low)[some]
    return late, back


def _bounds(spans: tuple[Span, ...], tokens: TokenVectors) -> tuple[Rows, Rows]:
    """The first and one beyond the last row of each sentence's tokens, which stand in the order of text."""
    edges = np.searchsorted(tokens.starts, [(span.start, span.end) for span in spans])
    return edges[:, 0], edges[:, 1]
