"""What each sentence of some papers has to do with a question: plain measures, no judgement yet.

The sentences of all papers stand in one row, so that ten papers cost little more than one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.answer.evidence.numbers import counts, telling_figures
from rag.answer.evidence.told import could_tell
from rag.answer.question.asked import Asked
from rag.answer.text.aims import states_aim
from rag.answer.text.introduced import introducing, proposes
from rag.answer.text.quantities import quantities
from rag.index.words import Words
from rag.retrieve.retrieved import Evidence
from rag.types import Span
from rag.vectors import EncodedQuery, Floats, TokenVectors

_NUMBER = re.compile(
    r"(?<![A-Za-z\-])\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty"
    r"|fifty|dozens?|hundreds?|thousands?|million|billion|half|twice|double|orders? of magnitude|majority"
    r"|most)\b",
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
    "figure_for_figure",
    "counted",
    "named",
    "kind",
    "late_beyond_title",
    "asks",
    "points_to_code",
    "introduces",
    "proposes",
    "tells",
    "aims",
    *_CUES,
)
_CODE = re.compile(
    r"https?://|\b(?:codes?|implementations?|datasets?|models?|weights) (?:is|are|will be|can be)\b.{0,40}"
    r"\b(?:available|released|found)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?\W*$")
_END = 3  # terms at the end of a question, which often name the thing asked for

Rows = NDArray[np.intp]
Values = NDArray[Any]


def numbers_in(asked: Asked, texts: Sequence[str]) -> tuple[bool, ...]:
    """Which sentences hold a number; none where no number is asked for."""
    wanted = not asked.wants.isdisjoint(("number", "count"))
    return tuple(wanted and bool(_NUMBER.search(text)) for text in texts)


def signals_of(
    asked: Asked,
    near: Sequence[Near],
    terms: Sequence[frozenset[str]],
    titles: Sequence[frozenset[str]],
    entitled: Sequence[bool],
    texts: Sequence[str],
    numbers: Sequence[bool],
    word: Rows,
    words: Words,
) -> NDArray[np.float64]:
    """Every signal of every sentence, ``[sentences, len(SIGNALS)]``.

    Args:
        asked: the question.
        near: of each paper, its vectors held against those of the question.
        terms: of each sentence, of all papers in order.
        titles: the terms of each paper's title.
        entitled: of each paper, whether its title gives it the name of what the question wants explained.
        texts: of each sentence.
        numbers: which sentences hold a number that is asked for.
        word: the word of the question that each of its tokens belongs to; empty where not known.
        words: the tokenizer.
    """
    ends = np.cumsum([len(of.cosines) for of in near])
    columns = (
        _by_vectors(near, ends)
        | {"late_beyond_title": _beyond_titles(asked, near, titles, word)}
        | _by_words(asked, terms, titles, ends)
        | _by_kind(asked, terms)
        | _by_place(ends)
        | _by_form(asked, texts)
        | {"introduces": _introducing(asked, texts, entitled, ends)}
        | {"number_for_number": np.array(numbers) * ("number" in asked.wants)}
        | _by_figures(asked, texts, numbers, words)
        | {"tells": _telling(asked, texts, terms, words)}
    )
    return np.stack([columns[name] for name in SIGNALS], axis=1, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Vectors of one paper held against those of the question; without any, all is 0.

    Attributes:
        cosines: of each sentence.
        tokens: ``[sentences, tokens of the question]``, how near each sentence comes to each; one column,
            the cosines, where there are no token vectors.
        back: the same from the sentence to the question.
        nearest: of each token of the question, its nearest in the whole paper; the best cosine without any.
    """

    cosines: Floats
    tokens: Floats
    back: Floats
    nearest: Floats

    @property
    def late(self) -> Floats:
        """Late interaction with each sentence."""
        late: Floats = self.tokens.mean(axis=1)
        return late


def near_of(evidence: Evidence, query: EncodedQuery | None) -> Near:
    """One paper's vectors held against those of the question."""
    count = len(evidence.spans)
    cosines = np.zeros(count, np.float32) if query is None else evidence.vectors @ query.vector
    tokens, table = evidence.tokens, evidence.cosines
    if tokens is None or table is None:
        return Near(cosines, cosines[:, None], cosines, cosines.max(keepdims=True))
    return Near(cosines, *_by_sentence(table, *_bounds(evidence.spans, tokens)), table.max(axis=0))


def _by_sentence(table: Floats, low: Rows, high: Rows) -> tuple[Floats, Floats]:
    """For each stretch of rows the columns' highest, and the mean of the rows' highest; 0 if empty."""
    late, back = np.zeros((len(low), table.shape[1]), np.float32), np.zeros(len(low), np.float32)
    some = np.flatnonzero(high > low)
    if len(some):
        ends = np.stack([low[some], high[some]], axis=1).ravel()  # every other stretch lies between sentences
        padded = np.concatenate([table, table[-1:]])  # an end may lie one beyond the last row
        late[some] = np.maximum.reduceat(padded, ends, axis=0)[::2]
        back[some] = np.add.reduceat(padded.max(axis=1), ends)[::2] / (high - low)[some]
    return late, back


def _bounds(spans: tuple[Span, ...], tokens: TokenVectors) -> tuple[Rows, Rows]:
    """The first and one beyond the last row of each sentence's tokens, which stand in the order of text."""
    edges = np.searchsorted(tokens.starts, [(span.start, span.end) for span in spans])
    return edges[:, 0], edges[:, 1]


def _by_vectors(near: Sequence[Near], ends: Rows) -> dict[str, Values]:
    late = np.concatenate([of.late for of in near])
    firsts = _firsts(ends)
    lowest = np.minimum.reduceat(late, firsts)  # stands for what is beyond the ends
    return {
        "late": late,
        "late_back": np.concatenate([of.back for of in near]),
        "cosine": np.concatenate([of.cosines for of in near]),
        "before": _moved(late, 1, firsts, lowest),
        "after": _moved(late, -1, ends - 1, lowest),
    }


def _beyond_titles(
    asked: Asked, near: Sequence[Near], titles: Sequence[frozenset[str]], word: Rows
) -> Values:
    """Late interaction of each sentence with those words of the question that its paper's title lacks."""
    found = []
    for of, title in zip(near, titles, strict=True):
        left = np.array([bool(w.terms) and w.rarity > 0 and title.isdisjoint(w.terms) for w in asked.words])
        tokens = left[word] if len(word) == of.tokens.shape[1] else np.zeros(0, np.bool_)
        found.append(of.tokens[:, tokens].mean(axis=1) if tokens.any() else of.late)
    return np.concatenate(found)


def _by_kind(asked: Asked, terms: Sequence[frozenset[str]]) -> dict[str, Values]:
    """How much of what is asked for by kind, and how many of the question's names, each sentence has."""
    kinds = max(1, len(asked.kind))
    return {
        "kind": np.array([len(asked.kind & held) / kinds for held in terms]),
        "named": np.array([asked.named(held) for held in terms]),
    }


def _introducing(asked: Asked, texts: Sequence[str], entitled: Sequence[bool], ends: Rows) -> Values:
    """How far each sentence introduces what the question wants explained."""
    if not asked.subject:
        return np.zeros(len(texts))
    by_sentence = np.repeat(entitled, np.diff(ends, prepend=0))
    return np.array(introducing(asked.subject, texts, by_sentence.tolist()))


def _by_figures(
    asked: Asked, texts: Sequence[str], numbers: Sequence[bool], words: Words
) -> dict[str, Values]:
    """Which sentences hold a number that the question lacks, and which one of what is to be counted."""
    figure, counted = np.zeros((2, len(texts)))
    for i in np.flatnonzero(numbers).tolist():
        fresh = [quantity for quantity in quantities(texts[i]) if quantity.value not in asked.numbers]
        figure[i] = bool(fresh)
        counted[i] = any(counts(asked.counted, texts[i], quantity, words) for quantity in fresh)
    return {"figure_for_figure": figure, "counted": counted}


def _telling(asked: Asked, texts: Sequence[str], terms: Sequence[frozenset[str]], words: Words) -> Values:
    """Which sentences tell what only certain words can tell, or give the figure of what they name."""
    return np.maximum(could_tell(asked, texts), telling_figures(asked, texts, terms, words)).astype(
        np.float64
    )


def _by_words(
    asked: Asked, terms: Sequence[frozenset[str]], titles: Sequence[frozenset[str]], ends: Rows
) -> dict[str, Values]:
    weights = np.array([*asked.weights.values()])
    held = asked.held(terms)
    beyond = ~asked.held(titles)
    left = np.repeat(beyond @ weights, np.diff(ends, prepend=0))  # what a title leaves for its sentences
    shared = held @ weights / (weights.sum() or 1.0)
    beyond_title = (held & np.repeat(beyond, np.diff(ends, prepend=0), axis=0)) @ weights
    return {
        "shared": shared,
        "shared_beyond_title": np.divide(beyond_title, left, out=np.zeros(len(left)), where=left > 0),
        "shared_at_end": held[:, -_END:].mean(axis=1) if len(weights) else np.zeros(len(terms)),
        "shared_before": _moved(shared, 1, _firsts(ends), 0),
    }


def _by_place(ends: Rows) -> dict[str, Values]:
    counts = np.diff(ends, prepend=0)
    place = np.arange(ends[-1]) - np.repeat(_firsts(ends), counts)
    last = np.repeat(counts - 1, counts)
    return {"place": place / np.maximum(last, 1), "first": place == 0, "last": place == last}


def _by_form(asked: Asked, texts: Sequence[str]) -> dict[str, Values]:
    length = np.log1p([text.count(" ") + 1 for text in texts])
    return {
        "length": length,
        "asks": np.array([bool(_ASKS.search(text)) for text in texts]),
        "aims": np.array([states_aim(text) for text in texts]),
        "proposes": np.array([(asked.papers > 1 or asked.by_year != 0) and proposes(text) for text in texts]),
        "points_to_code": np.array([bool(_CODE.search(text)) for text in texts]),
    } | {
        name: np.array([bool(cue.search(text)) for text in texts])
        if kind in asked.wants
        else np.zeros(len(texts))
        for name, (kind, cue) in _CUES.items()
    }


def _firsts(ends: Rows) -> Rows:
    """The first sentence of each paper, of those one beyond its last."""
    return np.concatenate([[0], ends[:-1]])


def _moved(values: Values, by: int, edges: Rows, otherwise: Values | float) -> Values:
    """Each sentence's neighbour's value; at the edges, where it has none, what is given instead."""
    moved = np.roll(values, by)
    moved[edges] = otherwise
    return moved
