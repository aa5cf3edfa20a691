"""The search: words and vectors side by side, their scores mixed, the best looked at word by word."""

from __future__ import annotations

from functools import partial

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag import watch
from rag.clock import Clock
from rag.embed.passages import SpanPooling, encode_query
from rag.index import Generation, Indexes
from rag.library import Library
from rag.retrieve.candidates import Candidates, Faults, Mask, Rows, gather
from rag.retrieve.fuse import Scores, mix
from rag.retrieve.mix import Mix
from rag.retrieve.query import Known, understand
from rag.retrieve.rerank import Reranker
from rag.retrieve.retrieved import Evidence, Retrieved
from rag.retrieve.shortlist import Shortlist, as_asked, look_closely, read, reordered
from rag.types import UNTITLED, Filters, Hit, IndexInfo, Paper, Span

_SPELT_ALIKE = 100  # titles that an acronym may be spelt out by
_NAMED_ALIKE = 10  # papers that share a title's words, among which the one of that title is


class HybridSearch:
    """Ranks the papers of a library for a question. Any thread may search.

    Args:
        library: the papers.
        indexes: made of them.
        model: the embedding model that they were made with.
        weights: how much each stage counts.
        reranker: a last stage over the best papers, for whoever has one.
    """

    def __init__(
        self,
        library: Library,
        indexes: Indexes,
        model: BaseEmbedding,
        *,
        weights: Mix | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._library = library
        self._indexes = indexes
        self._model = model
        self._weights = weights or Mix()
        self._reranker = reranker

    @property
    def info(self) -> IndexInfo:
        """The generation that serves now.

        Raises:
            IndexUnavailable: none does.
        """
        with self._indexes.lease() as generation:
            return generation.info

    def authors(self) -> tuple[str, ...]:
        """The names of all authors, as filters compare them.

        Raises:
            IndexUnavailable: no index can be searched.
        """
        with self._indexes.lease() as generation:
            return generation.authors()

    def holds(self, filters: Filters) -> bool:
        """Whether any paper passes the filters; errors as for ``authors``."""
        with self._indexes.lease() as generation:
            allowed = generation.mask(filters)
            return len(generation.ids) > 0 if allowed is None else bool(allowed.any())

    def by_age(self, filters: Filters, most: int, *, newest: bool) -> tuple[str, ...]:
        """The ids of the newest papers that pass the filters, or of the oldest; errors as for ``authors``."""
        with self._indexes.lease() as generation:
            return generation.by_age(filters, most, newest=newest)

    def called(self, name: str, filters: Filters) -> Paper | None:
        """The stored paper whose ``name`` this is, if it passes the filters; errors as for ``search``."""
        with self._indexes.lease() as generation:
            allowed, paper_id = generation.mask(filters), name.removeprefix(UNTITLED)
            if paper_id == name:
                rows = [row for row, _ in generation.lexical.search(name, _NAMED_ALIKE, allowed)]
            else:
                row = generation.row(paper_id)
                rows = [] if row is None or (allowed is not None and not allowed[row]) else [row]
            ids = [generation.ids[row] for row in rows]
            stored = self._library.papers(set(ids))
        return next((stored[i] for i in ids if i in stored and stored[i].name == name), None)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The words of a text that no paper has; errors as for ``authors``."""
        with self._indexes.lease() as generation:
            return generation.lexical.unknown(text)

    def search(self, query: str, *, top_k: int, filters: Filters | None = None) -> Retrieved:
        """The papers that bear on the query, best first.

        A paper that was deleted or changed since the indexes were made is left out.

        Args:
            query: a question, keywords, a title, a phrase in quotation marks.
            top_k: how many papers at most, from 1.
            filters: what to look among; nothing limits the search where it is missing.

        Raises:
            IndexUnavailable: no index can be searched.
            LibraryError: the library can't be read.
        """
        clock, faults, weights = Clock(), Faults(), self._weights
        with (
            watch.stage("retrieve", operation="retrieval", data_source="library", top_k=top_k, query=query),
            self._indexes.lease() as generation,
        ):
            asked = understand(query, self._known(generation))
            clock.lap("understand")
            encoded = faults.around("embedding", lambda: encode_query(self._model, asked.text))
            clock.lap("encode")
            found = gather(
                generation,
                asked.text,
                None if encoded is None else encoded.vector,
                allowed=(allowed := None if filters is None else generation.mask(filters)),
                size=max(weights.candidates, top_k),
                faults=faults,
            )
            base = mix(found.comparable(), weights.stages)
            clock.lap("candidates")
            places = _best(found, base, allowed, max(weights.depth, top_k))
            short = read(self._library, generation, found, places, base[places])
            clock.lap("read")
            if encoded is not None and weights.late > 0 and generation.late:
                short = look_closely(generation, found, short, encoded.tokens, weights)
            clock.lap("late")
            shown = max(top_k, self._reranker.depth if self._reranker else 0)
            short = self._reranked(asked.text, as_asked(short, asked, shown), faults)
            short = short.pick(range(min(top_k, len(short))))
            clock.lap("order")
            return Retrieved(
                text=asked.text,
                query=encoded,
                hits=_hits(generation, found, short),
                evidence=_evidence(generation, found, short),
                info=generation.info,
                idf=generation.lexical.idf,
                unknown=generation.lexical.unknown(asked.text),
                mended=asked.mended,
                hidden=_hidden(found, base, allowed, short),
                degraded=tuple(faults.names),
                timings_ms=clock.all(),
            )

    def _is_word(self, word: str) -> bool:
        """Whether the model knows the word whole; of one that can't say, every word is."""
        if not isinstance(self._model, SpanPooling):
            return True
        nothing, something = self._model.count_tokens(["", word])
        return something - nothing < 2

    def _known(self, generation: Generation) -> Known:
        """What a query is understood by: words and papers as far as they still stand in the library."""
        return Known(
            generation.lexical,
            self._is_word,
            lambda rows: self._library.papers({generation.ids[row] for row in rows}).values(),
            partial(generation.titled, most=_SPELT_ALIKE),
        )

    def _reranked(self, text: str, short: Shortlist, faults: Faults) -> Shortlist:
        reranker = self._reranker
        if reranker is None or not len(short):
            return short
        shown = short.papers[: reranker.depth]
        order = faults.around("rerank", lambda: reranker.order(text, shown))
        return short if order is None else reordered(short, order, len(shown))


def _best(found: Candidates, base: Scores, allowed: Mask | None, depth: int) -> Rows:
    """The places of the best candidates that the filters let through."""
    order = np.argsort(-base, kind="stable")
    if allowed is not None:
        order = order[allowed[found.rows[order]]]
    return order[:depth]


def _hidden(found: Candidates, base: Scores, allowed: Mask | None, shown: Shortlist) -> int:
    """How many candidates that the filters keep away score as well as the best one shown."""
    if allowed is None or not len(shown):
        return 0
    return int(np.count_nonzero(base[~allowed[found.rows]] >= base[shown.places].max()))


def _hits(generation: Generation, found: Candidates, short: Shortlist) -> tuple[Hit, ...]:
    listed = zip(short.papers, short.scores.tolist(), short.places.tolist(), short.stages, strict=True)
    return tuple(
        Hit(paper, score, _snippet(generation, found, place), stages)
        for paper, score, place, stages in listed
    )


def _snippet(generation: Generation, found: Candidates, place: int) -> Span:
    """The sentence that won; the first one where no vector could be compared."""
    row, ordinal = int(found.rows[place]), int(found.sentences[place])
    if ordinal >= 0:
        return generation.span(row, ordinal)
    spans, _ = generation.sentences(row)
    return spans[0] if spans else Span(0, 0)


def _evidence(generation: Generation, found: Candidates, short: Shortlist) -> tuple[Evidence, ...]:
    rows = found.rows[short.places].tolist()
    return tuple(
        Evidence(*generation.sentences(row), generation.late.of(row), short.words.get(row)) for row in rows
    )
