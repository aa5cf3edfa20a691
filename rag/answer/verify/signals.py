"""What speaks for a span as the support of a claim, as numbers; the judgement is the fitted model's."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.answer.verify.guard import exchanged, faults
from rag.answer.verify.opposites import compares
from rag.answer.verify.source import Claim, Source
from rag.answer.verify.statement import Statement
from rag.vectors import Floats, product

FAULTS = ("number", "name", "negation", "opposite", "exchanged")
WORD_SIGNALS = (
    "shared",
    "shared_paper",
    "pairs",
    "length",
    "compares_alone",
    *(f"has_{kind}" for kind in FAULTS),
)
"""Signals that need no token vectors."""
VECTOR_SIGNALS = ("cosine", "late", "late_rare", "late_low", "late_paper", "late_paper_rare", "late_back")

_TRIED = 4  # sentences looked at closely
_PAIR_GAIN = 0.03  # by which two sentences must be better than one
_FAULT_COST = 0.15  # of liking, so that a span without a fault is taken where one is as near
_ALL, _IN_ORDER = 0.999, 0.6  # of a claim's words, and of its neighbouring words, that make it literal

Idf = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span and its signals.

    Attributes:
        first: sentence it begins with.
        last: sentence it ends with.
        faults: what keeps it from supporting the claim.
        signals: by name.
        liking: what it was chosen by.
    """

    first: int
    last: int
    faults: tuple[str, ...]
    signals: Mapping[str, float]
    liking: float


def is_literal(candidate: Candidate) -> bool:
    """Whether a claim is words of its span, in their order, with others left out, and breaks no rule."""
    signals = candidate.signals
    return not candidate.faults and signals["shared"] >= _ALL and signals["pairs"] >= _IN_ORDER


def best_candidate(claim: Claim, source: Source, idf: Idf) -> Candidate | None:
    """The one or two sentences of a paper that support the claim best; none where the paper has none."""
    if not any(source.usable):
        return None
    view = _View(claim, source, idf)
    order = np.argsort(-view.likings, kind="stable").tolist()
    singles = [view.candidate(i, i) for i in [i for i in order if source.usable[i]][:_TRIED]]
    best = max(singles, key=lambda found: found.liking)
    pairs = [view.candidate(a, b) for a, b in _neighbours(best.first, source.usable)]
    return max(
        [best, *(p for p in pairs if p.liking > best.liking + _PAIR_GAIN)], key=lambda found: found.liking
    )


def _neighbours(at: int, usable: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    if at > 0 and usable[at - 1]:
        yield at - 1, at
    if at + 1 < len(usable) and usable[at + 1]:
        yield at, at + 1


class _View:
    """One claim over one paper: what all its spans have in common is computed once."""

    def __init__(self, claim: Claim, source: Source, idf: Idf) -> None:
        self._claim, self._source = claim, source
        self._weights = {term: idf(term) for term in claim.statement.held}
        self._cosines = source.vectors @ claim.vector
        rows = source.token_rows
        has_tokens = rows is not None and len(claim.tokens) > 0
        self._table = product(rows, claim.tokens.T) if rows is not None and has_tokens else None
        self._rare = np.array([max(map(idf, terms)) ** 2 for terms in claim.terms_of]) + 1e-6
        shared = np.array([self._share(terms) for terms in source.terms])
        late = np.array([self._likeness(i) for i in range(len(shared))])
        self.likings = shared + late

    def _likeness(self, i: int) -> float:
        if self._table is None:
            return float(self._cosines[i])
        return float(np.average(self._late(i, i), weights=self._rare))

    def candidate(self, first: int, last: int) -> Candidate:
        source, statement = self._source, self._source.statement(first, last)
        found = faults(self._claim.statement, statement, title=source.named, defined=source.defined)
        if last > first:  # two sentences must not hide what one of them shows
            each = (exchanged(self._claim.statement, source.statement(i, i)) for i in range(first, last + 1))
            found = tuple(dict.fromkeys([*found, *(fault for some in each for fault in some)]))
        signals = self._word_signals(statement, found) | self._vector_signals(first, last)
        near = signals["late_rare"] if self._table is not None else signals["cosine"]
        liking = signals["shared"] + near - _FAULT_COST * len(found)
        return Candidate(first, last, found, signals, liking)

    def _word_signals(self, statement: Statement, found: tuple[str, ...]) -> dict[str, float]:
        claim = self._claim.statement
        kinds = {fault.partition(":")[0] for fault in found}
        alone = any(map(compares, claim.words)) and not any(map(compares, statement.words))
        return {
            "shared": self._share(statement.held),
            "shared_paper": self._share(self._source.all_terms),
            "pairs": _pairs(claim.terms, statement.terms),
            "length": math.log1p(len(claim.terms)),
            "compares_alone": float(alone),
        } | {f"has_{kind}": float(kind in kinds) for kind in FAULTS}

    def _vector_signals(self, first: int, last: int) -> dict[str, float]:
        middle = self._source.vectors[first : last + 1].mean(axis=0)
        cosine = float(middle @ self._claim.vector / max(1e-9, float(np.linalg.norm(middle))))
        if self._table is None:
            return dict.fromkeys(VECTOR_SIGNALS, cosine)
        each, anywhere, rows = self._late(first, last), self._table.max(axis=0), self._rows(first, last)
        return {
            "cosine": cosine,
            "late": float(each.mean()),
            "late_rare": float(np.average(each, weights=self._rare)),
            "late_low": float(np.quantile(each, 0.2)),
            "late_paper": float(anywhere.mean()),
            "late_paper_rare": float(np.average(anywhere, weights=self._rare)),
            "late_back": float(self._table[rows].max(axis=1).mean()) if rows.stop > rows.start else cosine,
        }

    def _late(self, first: int, last: int) -> Floats:
        """Of each word of the claim, how near the nearest word of the span is."""
        rows = self._rows(first, last)
        if self._table is None or rows.stop <= rows.start:
            return np.full(max(1, len(self._claim.tokens)), self._cosines[first], np.float32)
        nearest: Floats = self._table[rows].max(axis=0)
        return nearest

    def _rows(self, first: int, last: int) -> slice:
        return slice(self._source.parts[first].start, self._source.parts[last].stop)

    def _share(self, held: frozenset[str]) -> float:
        total = sum(self._weights.values())
        return sum(weight for term, weight in self._weights.items() if term in held) / total if total else 0.0


def _pairs(claim: tuple[str, ...], span: tuple[str, ...]) -> float:
    """The share of the claim's neighbouring terms that stand near each other, in this order, in the span."""
    wanted = set(pairwise(claim))
    held = {pair for gap in (1, 2, 3) for pair in zip(span, span[gap:], strict=False)}
    return len(wanted & held) / len(wanted) if wanted else 0.0
