"""The papers worth a closer look, and what each stage makes of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag import watch
from rag.errors import IndexUnavailable
from rag.index import Generation
from rag.retrieve.fuse import Scores, information, ranks
from rag.types import StageScore
from rag.vectors import Floats

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Papers by row, ascending.

    Attributes:
        rows: int64 ``[n]``.
        stages: by stage, a score for each as the stage gives it; one that could not be asked is missing.
        information: what the query asks in all, on the scale of BM25.
        sentences: the ordinal of each paper's nearest sentence, -1 for none.
        ranks: by stage, the rank of each, from 1.
    """

    rows: Rows
    stages: Mapping[str, Scores]
    sentences: Rows
    ranks: Mapping[str, Rows]
    information: float

    def comparable(self, places: Rows | slice = slice(None)) -> dict[str, Scores]:
        """By stage, the scores of those at these places on a scale from 0 to 1; a cosine below 0 stays so."""
        scores = {name: of_stage[places] for name, of_stage in self.stages.items()}
        if "bm25" in scores:
            scores["bm25"] = scores["bm25"] / np.float32(self.information or 1)
        return scores

    def stages_of(self, place: int) -> dict[str, StageScore]:
        """What each stage made of one; a paper that shares no word with the query has no lexical score."""
        scored = {name: float(scores[place]) for name, scores in self.stages.items()}
        return {
            name: StageScore(int(self.ranks[name][place]), score)
            for name, score in scored.items()
            if name != "bm25" or score > 0
        }


@dataclass(slots=True)
class Faults:
    """Parts that failed in one search, in the order they did."""

    names: list[str] = field(default_factory=list)

    def around(self, name: str, call: Callable[[], _T]) -> _T | None:
        """What the call gives, or ``None`` where it fails: then its name is noted."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # whatever breaks one part, the others still answer
            watch.failed(name, error)
            _log.warning("The %s part of a search failed; going on without it.", name, exc_info=True)
            self.names.append(name)
            return None


def gather(
    generation: Generation,
    text: str,
    vector: Floats | None,
    *,
    allowed: Mask | None,
    size: int,
    faults: Faults,
) -> Candidates:
    """The best papers of each arm, every one scored by every stage.

    With a filter the best of all papers come too, so that what the filter hides can be counted.

    Args:
        generation: where to look.
        text: for the lexical arm.
        vector: unit vector, for the dense arm; ``None`` leaves that arm out.
        allowed: one bool a paper, ``None`` for all.
        size: papers that each arm brings in.
        faults: told of an arm that fails; the other one goes on.

    Raises:
        IndexUnavailable: neither arm could be asked.
    """
    masks = [None] if allowed is None else [allowed, None]
    arms: dict[str, Callable[[Mask | None], list[tuple[int, float]]]] = {
        "bm25": lambda mask: generation.lexical.search(text, size, mask)
    }
    if vector is not None:
        arms["dense"] = lambda mask: generation.dense.search(vector, size, mask)
    found: set[int] = set()
    answered = set()
    for name, search in arms.items():
        hits = faults.around(name, lambda search=search: [search(mask) for mask in masks])  # type: ignore[misc]  # mypy can't type a lambda with a default
        if hits is None and name == "dense" and vector is not None:  # slower, and needs no store
            hits = faults.around(
                "vectors", lambda: [generation.dense.scan(vector, size, mask) for mask in masks]
            )
        if hits is not None:
            answered.add(name)
            found.update(row for part in hits for row, _ in part)
    if not answered:
        raise IndexUnavailable("Neither index can be searched: rebuild them, or look at the log for why.")
    return _scored(generation, np.array(sorted(found), np.int64), text, vector, answered, faults)


def _scored(
    generation: Generation, rows: Rows, text: str, vector: Floats | None, answered: set[str], faults: Faults
) -> Candidates:
    stages: dict[str, Scores] = {}
    sentences = np.full(len(rows), -1, np.int64)
    if "bm25" in answered:
        stages["bm25"] = generation.lexical.scores(text, rows)
    if vector is not None:
        near = faults.around("vectors", lambda: _near(generation, rows, vector))
        if near is not None:
            stages["dense"], stages["sentence"], sentences = near
    order = {name: ranks(scores) for name, scores in stages.items()}
    return Candidates(rows, stages, sentences, order, information(text, generation.lexical))


def _near(generation: Generation, rows: Rows, vector: Floats) -> tuple[Scores, Scores, Rows]:
    cosines, ordinals = generation.best_sentence(vector, rows)
    return generation.dense.cosines(vector, rows), cosines, ordinals
