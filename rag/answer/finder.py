"""What one reading of a question finds: the papers, the sentences that answer, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rag import watch
from rag.answer.evidence.bearing import on_what_is_named
from rag.answer.evidence.extract import Choice, choose, listed, proposed
from rag.answer.evidence.quote import Quote
from rag.answer.evidence.reading import read_hits
from rag.answer.evidence.weigh import Weighed, Weights, weigh
from rag.answer.looked import Looked
from rag.answer.question.asked import Asked, part_to_search, read_question
from rag.answer.question.condense import Standalone
from rag.answer.question.manner import sentences_wanted
from rag.answer.question.narrowed import Narrowed
from rag.answer.question.picked import told_in
from rag.answer.question.plain import manner_of
from rag.answer.question.wording import MOST_PAPERS, first_by_year
from rag.answer.refuse.judge import CERTAIN, NOTHING, Judge, Judgement
from rag.clock import Clock
from rag.index.words import Words
from rag.retrieve import HybridSearch, Retrieved
from rag.types import Filters, Request

DEPTH = 10
"""Papers that are read for evidence and for confidence, however many are shown."""
_ALIKE = 0.5
"""The cosine of their texts from which papers are alike."""
_BEARING = 0.4
"""The share, by rarity, of the words asked about that a paper listed before must have."""


class Finder:
    """Searches, weighs and judges. Any thread may ask.

    Args:
        search: finds the papers.
        weights: what evidence is weighed with.
        judge: tells how sure an answer is.
        choice: how sentences are chosen.
        words: the tokenizer.
    """

    def __init__(
        self, search: HybridSearch, weights: Weights, judge: Judge, choice: Choice, words: Words
    ) -> None:
        self._search = search
        self._weights = weights
        self._judge = judge
        self._choice = choice
        self._words = words

    def find(self, request: Request, standalone: Standalone, within: Narrowed, clock: Clock) -> Looked:
        """What one reading of the question finds.

        Raises:
            IndexUnavailable: nothing can be searched.
        """
        text = within.text if within.alone or within.among else part_to_search(within.text, self._words)
        top_k = 1 + MOST_PAPERS if within.like else max(request.top_k, DEPTH)
        found = self._search.search(text, top_k=top_k, filters=self._limits(within) or None)
        clock.lap("retrieve")
        with watch.stage("evidence") as note:
            asked = self._asked(found, within, text)
            asked, weighed = self._weighed(asked, found, within, request, standalone)
            quotes, (through, sure) = self._answered(request, standalone, within, asked, found, weighed)
            note({"confidence": sure})
        clock.lap("evidence")
        return Looked(request, standalone, within, asked, found, weighed, quotes, through, sure, clock)

    def _limits(self, within: Narrowed) -> Filters:
        """What to search among; of many papers that are asked for themselves, the newest or the oldest."""
        if not within.alone or within.like:
            return within.filters
        newest = first_by_year(within.question) >= 0
        return replace(within.filters, paper_ids=self._search.by_age(within.filters, DEPTH, newest=newest))

    def _asked(self, found: Retrieved, within: Narrowed, text: str) -> Asked:
        """The question as it was searched, and what all of its words ask for."""
        if text != within.text:
            whole = within.text.replace(text, found.text, 1)
            return read_question(whole, self._words, found.idf, part=found.text)
        asked = read_question(found.text, self._words, found.idf)
        several = within.alone or (within.among and within.among.several)
        return replace(asked, papers=MOST_PAPERS) if several else asked

    def _weighed(
        self, asked: Asked, found: Retrieved, within: Narrowed, request: Request, standalone: Standalone
    ) -> tuple[Asked, tuple[Weighed, ...]]:
        """The question, and the papers read, without those that are not wanted."""
        left_out = "\n".join(told_in(request.history)) if standalone.others else ""
        weighed = (
            paper
            for paper in weigh(asked, read_hits(asked, found, self._words, DEPTH), self._weights)
            if (name := paper.reading.paper.name) not in left_out and name != within.without
        )
        return on_what_is_named(asked, tuple(weighed), self._words)

    def _answered(
        self,
        request: Request,
        standalone: Standalone,
        within: Narrowed,
        asked: Asked,
        found: Retrieved,
        weighed: Sequence[Weighed],
    ) -> tuple[tuple[Quote, ...], Judgement]:
        """The sentences that answer, and how sure that is."""
        told = "\n".join(told_in(request.history)) if standalone.more else ""
        seen = weighed[: request.top_k]
        if within.like:
            quotes = proposed([paper for paper in weighed if _nearness(paper) >= _ALIKE][:MOST_PAPERS])
            return quotes, CERTAIN if quotes else NOTHING
        if within.alone or (within.among and asked.by_year and _dated(seen)):
            quotes = listed(asked, seen, told)
            return quotes, CERTAIN if quotes else NOTHING
        if within.among:
            bearing = [paper for paper in seen if asked.share(paper.reading.all_terms) >= _BEARING]
            quotes = self._chosen(request, asked, bearing, told)
            return quotes, self._judge.judgement(*self._in_talk(request, within, bearing), quotes)
        quotes = self._chosen(request, asked, seen, told)
        return quotes, self._judge.judgement(asked, found, weighed, quotes)

    def _chosen(
        self, request: Request, asked: Asked, papers: Sequence[Weighed], told: str
    ) -> tuple[Quote, ...]:
        """The sentences that answer, as many as are wanted; told before or not, where no other is left."""
        choice = self._choice.at_most(sentences_wanted(manner_of(request.question)))
        return choose(asked, papers, choice, told) or choose(asked, papers, choice)

    def _in_talk(
        self, request: Request, within: Narrowed, papers: Sequence[Weighed]
    ) -> tuple[Asked, Retrieved, list[Weighed]]:
        """A question to some of the papers listed as the talk puts it, and these beside all that is on it.

        Alone, "which of these use transformers?" is far from standing out among the papers on transformers.
        """
        ids = frozenset(paper.reading.paper.id for paper in papers)
        search = partial(self._search.search, within.question, top_k=DEPTH + len(ids))
        found = search(filters=request.filters or None)
        asked = read_question(found.text, self._words, found.idf)
        theirs, all_on_it = (
            read_hits(asked, each, self._words, DEPTH + len(ids))
            for each in (search(filters=within.filters), found)
        )
        held = [reading for reading in theirs if reading.paper.id in ids]
        beside = [reading for reading in all_on_it if reading.paper.id not in ids]
        weighed = weigh(asked, [*held, *beside], self._weights)
        aside = [replace(paper, share=0.0) for paper in weighed[len(held) :]]
        return asked, found, [*weighed[: len(held)], *aside]


def _nearness(paper: Weighed) -> float:
    """The cosine of the paper's nearest window with the question, 0 where it is not known."""
    dense = paper.reading.hit.stages.get("dense")
    return dense.score if dense else 0.0


def _dated(papers: Sequence[Weighed]) -> bool:
    """Whether it is stored of what year any of these is."""
    return any(paper.reading.paper.year is not None for paper in papers)
