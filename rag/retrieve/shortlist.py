"""The best candidates as they stand in the library, and their final order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rag.index import Generation
from rag.library import Library
from rag.retrieve.candidates import Candidates, Rows
from rag.retrieve.collapse import distinct
from rag.retrieve.fuse import Scores, mix, ranks
from rag.retrieve.mix import Mix
from rag.retrieve.query import Asked
from rag.types import Paper, StageScore
from rag.vectors import Floats

_WITHOUT_PHRASE = np.float32(0.5)  # what a score is worth where a phrase that was asked for is missing


@dataclass(frozen=True, slots=True, eq=False)
class Shortlist:
    """Papers, best first.

    Attributes:
        places: position of each among the candidates.
        papers: as the library has them now.
        scores: between 0 and 1, falling.
        stages: of each, what every stage made of it.
        words: by row, the cosines of a paper's words with those of the query, where late interaction looked.
    """

    places: Rows
    papers: tuple[Paper, ...]
    scores: Scores
    stages: tuple[Mapping[str, StageScore], ...]
    words: Mapping[int, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many papers there are."""
        return len(self.papers)

    def pick(self, order: Iterable[int]) -> Shortlist:
        """Those at these positions, in this order."""
        chosen = list(order)
        return Shortlist(
            self.places[chosen],
            tuple(self.papers[i] for i in chosen),
            self.scores[chosen],
            tuple(self.stages[i] for i in chosen),
            self.words,
        )

    def ordered(self, scores: Scores) -> Shortlist:
        """The same papers by these scores; of equals the earlier stays first."""
        return replace(self, scores=scores).pick(np.argsort(-scores, kind="stable").tolist())

    def marked(self, stage: str, scores: Scores) -> Shortlist:
        """The same papers, each with what one more stage made of it."""
        marks = zip(self.stages, ranks(scores).tolist(), scores.tolist(), strict=True)
        return replace(
            self, stages=tuple({**of, stage: StageScore(rank, score)} for of, rank, score in marks)
        )


def read(
    library: Library, generation: Generation, found: Candidates, places: Rows, scores: Scores
) -> Shortlist:
    """The candidates at these places, without those that were deleted or changed since they were indexed.

    Args:
        library: where the papers are.
        generation: where candidates were found.
        found: the candidates.
        places: positions among them, best first.
        scores: of those.

    Raises:
        LibraryError: the library can't be read.
    """
    rows = found.rows[places].tolist()
    ids = [generation.ids[row] for row in rows]
    with library.snapshot() as now:
        stored = now.dated(ids)
    found_at = generation.revisions[rows].tolist()
    kept = [i for i, name in enumerate(ids) if name in stored and stored[name][1] == found_at[i]]
    return Shortlist(
        places[kept],
        tuple(stored[ids[i]][0] for i in kept),
        scores[kept],
        tuple(found.stages_of(int(place)) for place in places[kept]),
    )


def look_closely(
    generation: Generation, found: Candidates, short: Shortlist, words: Floats, weights: Mix
) -> Shortlist:
    """The shortlist by all its scores, late interaction among them.

    A paper without token vectors has the lowest score; where none has any, or the question has none, all
    stays as it is.

    Args:
        generation: where token vectors are.
        found: the candidates.
        short: the best of them.
        words: token vectors of the question.
        weights: of all stages.
    """
    late, tables = generation.late.search(words, found.rows[short.places])
    if np.isnan(late).all():
        return short
    late = np.where(np.isnan(late), np.nanmin(late), late)
    scores = mix({**found.comparable(short.places), "late": late}, weights.stages)
    return replace(short, words=tables).marked("late", late).ordered(scores)


def as_asked(short: Shortlist, asked: Asked, most: int) -> Shortlist:
    """First the papers that the query names, last those that lack a phrase it quotes; no paper twice.

    Args:
        short: the best candidates.
        asked: the query.
        most: papers that are wanted.
    """
    named = np.array([asked.names(paper) for paper in short.papers], np.bool_)
    quoted = np.array([asked.quotes(paper) for paper in short.papers], np.bool_)
    scores = np.where(named, np.float32(1), np.where(quoted, short.scores, short.scores * _WITHOUT_PHRASE))
    short = replace(short, scores=scores).pick(np.lexsort((-scores, ~named)).tolist())
    return short.pick(distinct(short.papers, most))


def reordered(short: Shortlist, order: Sequence[tuple[int, float]], looked_at: int) -> Shortlist:
    """The first papers in a reranker's order, the others behind them.

    The scores stay with their places, so that they still fall; the reranker's own stand under ``rerank``.

    Args:
        short: what the reranker was given.
        order: position and score of each that it kept, best first.
        looked_at: how many of the first it was shown.
    """
    first = short.pick(place for place, _ in order).marked(
        "rerank", np.array([s for _, s in order], np.float32)
    )
    rest = short.pick(range(looked_at, len(short)))
    return Shortlist(
        np.concatenate([first.places, rest.places]),
        first.papers + rest.papers,
        np.concatenate([short.scores[: len(first)], rest.scores]),
        first.stages + rest.stages,
        short.words,
    )
