"""What one reading of a question finds: the papers, the sentences that answer, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from rag import watch
from rag.answer.evidence.bearing import on_what_is_named
from rag.answer.evidence.extract import Choice, choose, listed, proposed
from rag.answer.evidence.quote import Quote
from rag.answer.evidence.reading import read_hits
from rag.answer.evidence.weigh import Weighed, Weights, weigh
from rag.answer.looked import Looked
from rag.answer.question.alike import is_described, is_meant, like_what, text_of
from rag.answer.question.asked import Asked, read_question
from rag.answer.question.condense import Standalone
from rag.answer.question.manner import sentences_wanted
from rag.answer.question.narrowed import Narrowed
from rag.answer.question.picked import among_listed, item_meant, spoken_of, told_in, whose_others
from rag.answer.question.plain import manner_of, plain_question
from rag.answer.question.pointing import names_nothing
from rag.answer.question.subject import subjects
from rag.answer.question.wording import MOST_PAPERS, first_by_year, papers_wanted, subject_of_list
from rag.answer.refuse.confidence import GATES, Calibration, signals
from rag.answer.refuse.titles import titles_missing
from rag.answer.text.introduced import entitles, is_coined, without_talk
from rag.clock import Clock
from rag.index.words import Words
from rag.retrieve import HybridSearch, Retrieved
from rag.types import Filters, Request

DEPTH = 10
"""Papers that are read for evidence and for confidence, however many are shown."""
_CERTAIN: tuple[Mapping[str, float], float] = (dict.fromkeys(GATES, 1.0), 1.0)
"""The papers of an author, or of a year, are what is asked for."""
_NOTHING: tuple[Mapping[str, float], float] = ({}, 0.0)
_NAMED = 0.95  # probability that what is asked is treated, at least, where a quoted paper bears a coined name
_MOSTLY = 0.7
"""The part, by rarity, of few words for a subject from which it is foreign where no paper has them."""
_FEW = 4  # words that are few
_ALIKE = 0.5
"""The cosine of their texts from which papers are alike."""
_NEAR_NAME = 3  # papers among which the one of a name is
_BEARING = 0.4
"""The share, by rarity, of the words asked about that a paper listed before must have."""


class Finder:
    """Searches, weighs and judges. Any thread may ask.

    Args:
        search: finds the papers.
        weights: what evidence is weighed with.
        calibration: signals to confidence.
        choice: how sentences are chosen.
        words: the tokenizer.
    """

    def __init__(
        self, search: HybridSearch, weights: Weights, calibration: Calibration, choice: Choice, words: Words
    ) -> None:
        self._search = search
        self._weights = weights
        self._calibration = calibration
        self._choice = choice
        self._words = words

    def find(self, request: Request, standalone: Standalone, within: Narrowed, clock: Clock) -> Looked:
        """What one reading of the question finds.

        Raises:
            IndexUnavailable: nothing can be searched.
        """
        if within.like:
            return self._alike(request, standalone, within, clock)
        before = "\n".join(told_in(request.history))
        told, left_out = (before if flag else "" for flag in (standalone.more, standalone.others))
        limits = self._by_age(within) if within.alone else within.filters
        text = within.text if within.alone or within.among else subject_of_list(within.text)
        found = self._search.search(text, top_k=max(request.top_k, DEPTH), filters=limits or None)
        clock.lap("retrieve")
        with watch.stage("evidence") as note:
            asked = read_question(found.text, self._words, found.idf)
            if text != within.text:
                asked = replace(asked, papers=papers_wanted(within.text), by_year=first_by_year(within.text))
                within = replace(within, question=within.question or within.text)
            elif within.alone or (within.among and within.among.several):
                asked = replace(asked, papers=MOST_PAPERS)
            weighed = weigh(asked, read_hits(asked, found, self._words, DEPTH), self._weights)
            weighed = tuple(
                paper
                for paper in weighed
                if (name := paper.reading.paper.name) not in left_out and name != within.without
            )
            weighed = on_what_is_named(asked, weighed, self._words)
            seen = weighed[: request.top_k]
            if within.alone or (within.among and asked.by_year and _dated(seen)):
                quotes = listed(asked, seen, told)
                through, sure = _CERTAIN if quotes else _NOTHING
            elif within.among:
                bearing = [paper for paper in seen if asked.share(paper.reading.all_terms) >= _BEARING]
                quotes = self._chosen(request, asked, bearing, told)
                through, sure = self._judged(*self._in_talk(request, within, bearing), quotes)
            else:
                quotes = self._chosen(request, asked, seen, told)
                through, sure = self._judged(asked, found, weighed, quotes)
            note({"confidence": sure})
        clock.lap("evidence")
        return Looked(request, standalone, within, asked, found, weighed, quotes, through, sure, clock)

    def _alike(self, request: Request, standalone: Standalone, within: Narrowed, clock: Clock) -> Looked:
        """The papers nearest to one, each with what it proposes."""
        found = self._search.search(within.text, top_k=1 + MOST_PAPERS, filters=within.filters or None)
        clock.lap("retrieve")
        asked = read_question(found.text, self._words, found.idf)
        weighed = tuple(
            paper
            for paper in weigh(asked, read_hits(asked, found, self._words, 1 + MOST_PAPERS), self._weights)
            if paper.reading.paper.name != within.without
        )
        quotes = proposed([paper for paper in weighed if _nearness(paper) >= _ALIKE][:MOST_PAPERS])
        through, sure = _CERTAIN if quotes else _NOTHING
        clock.lap("evidence")
        return Looked(request, standalone, within, asked, found, weighed, quotes, through, sure, clock)

    def _by_age(self, within: Narrowed) -> Filters:
        """The filters of a question for papers themselves: of many, the newest or the oldest are meant."""
        newest = first_by_year(within.question) >= 0
        ids = self._search.by_age(within.filters, DEPTH, newest=newest)
        return replace(within.filters, paper_ids=ids)

    def _chosen(
        self, request: Request, asked: Asked, papers: Sequence[Weighed], told: str
    ) -> tuple[Quote, ...]:
        """The sentences that answer, as many as are wanted; told before or not, where no other is left."""
        choice = self._choice.at_most(sentences_wanted(manner_of(request.question)))
        return choose(asked, papers, choice, told) or choose(asked, papers, choice)

    def told_of(self, standalone: Standalone, request: Request) -> Narrowed | None:
        """A question to what an answer told of: to those papers, for more by their authors, or like one.

        Raises:
            IndexUnavailable: nothing can be searched.
        """
        return self._like_one(request) or self._by_the_same(request) or self._among(standalone, request)

    def _like_one(self, request: Request) -> Narrowed | None:
        """A question for papers like one, if that is stored."""
        question, talk = plain_question(request.question), request.history
        said = like_what(question)
        if said is None:
            return None
        if said:
            near = [hit.paper for hit in self._search.search(said, top_k=_NEAR_NAME).hits]
            nearest = near[0] if near and is_described(said) else None
            paper = next((paper for paper in near if is_meant(said, paper)), nearest)
        else:
            picked = item_meant(question, talk)
            name = f"“{picked}”" if picked else spoken_of(talk)
            paper = self._search.called(name, Filters()) if name else None
        if paper is None:
            return None
        asked = question if said else f"{question} {paper.name}"
        return Narrowed(
            text_of(paper), request.filters, alone=True, question=asked, without=paper.name, like=True
        )

    def _among(self, standalone: Standalone, request: Request) -> Narrowed | None:
        """The question limited to the papers that it is asked of, if these are found."""
        asked, talk = plain_question(request.question), request.history
        listed = among_listed(asked, talk) or among_listed(standalone.carried, talk)
        if listed is None:
            return None
        ids = [paper.id for name in listed.names if (paper := self._search.called(name, request.filters))]
        if not ids:
            return None
        alone = without_talk(standalone.carried)
        text = standalone.carried if names_nothing(alone, self._words) else alone
        limits = replace(request.filters, paper_ids=tuple(ids))
        return Narrowed(text, limits, (listed.said,), question=standalone.carried, among=listed)

    def _by_the_same(self, request: Request) -> Narrowed | None:
        """What else is by the authors of the paper spoken of, where that is asked and any are stored."""
        question = plain_question(request.question)
        name = whose_others(question, request.history)
        paper = self._search.called(name, Filters()) if name else None
        if paper is None or not paper.authors:
            return None
        limits = replace(request.filters, authors=paper.authors)
        said = f"{question} ({', '.join(paper.authors)})"
        return Narrowed("papers", limits, (question,), alone=True, question=said, without=name)

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

    def _judged(
        self, asked: Asked, found: Retrieved, weighed: Sequence[Weighed], quotes: Sequence[Quote]
    ) -> tuple[Mapping[str, float], float]:
        """The gates and the confidence; nothing gets through where nothing is asked or found."""
        if not quotes or not asked.terms:
            return _NOTHING
        known = signals(asked, weighed, quotes, self._words, found.unknown)
        through = self._calibration.through(known)
        strange = frozenset(term for word in found.unknown for term in self._words.terms(word))
        if "work" in asked.wants or self._is_foreign(asked, strange):
            through["about"] = 0.0  # no paper writes it, or has words for what it is about
        elif titles_missing(asked.text, (hit.paper for hit in found.hits)):
            through["found"] = 0.0
        elif not found.unknown or known["plainly_missing"]:  # else HERMES may be a god
            through |= _opened(asked, quotes, through)
        return through, self._calibration.confidence(through)

    def _is_foreign(self, asked: Asked, strange: frozenset[str]) -> bool:
        """Whether no paper has any of the words for what is asked about.

        Of few words, most by rarity are enough, unless one is a coined name that some paper has.
        """
        about = subjects(asked.terms, self._words) or frozenset(asked.terms)
        named = any(is_coined(name) and strange.isdisjoint(self._words.terms(name)) for name in asked.called)
        bar = _MOSTLY if len(about) <= _FEW and not named else 1.0
        return asked.lacking(frozenset(asked.terms) - strange, about) >= bar


def _opened(asked: Asked, quotes: Sequence[Quote], through: Mapping[str, float]) -> dict[str, float]:
    """The gates that stand open where what is asked about is what a quoted paper is called."""
    called = [name for name in asked.called if any(entitles(name, quote.paper.title) for quote in quotes)]
    coined = any(map(is_coined, called))
    return {"about": 1.0} | ({"found": max(through["found"], _NAMED)} if coined else {}) if called else {}


def _nearness(paper: Weighed) -> float:
    """The cosine of the paper's nearest window with the question, 0 where it is not known."""
    dense = paper.reading.hit.stages.get("dense")
    return dense.score if dense else 0.0


def _dated(papers: Sequence[Weighed]) -> bool:
    """Whether it is stored of what year any of these is."""
    return any(paper.reading.paper.year is not None for paper in papers)
