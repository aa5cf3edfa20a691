"""The writer without a model: which sentences answer, from which papers, and how many are enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.answer.evidence.announced import announced
from rag.answer.evidence.leaning import leans_back
from rag.answer.evidence.quote import Quote
from rag.answer.evidence.reading import Reading
from rag.answer.evidence.weigh import Weighed
from rag.answer.question.asked import Asked
from rag.answer.question.wording import MOST_PAPERS, PAIR
from rag.answer.text.instructions import reads_as_instruction
from rag.answer.text.introduced import entitles

_ON_IT = 0.5  # share of the question that a title has from which a listed paper is told by what it proposes


@dataclass(frozen=True, slots=True)
class Choice:
    """How the extractive writer chooses.

    Attributes:
        most: sentences in an answer; of a list of papers, one of each.
        enough: no further sentence once those chosen hold this much of the probability.
        rival: a second paper is quoted too when its share is at least this part of the best one's.
        aside: sentences that such a paper gets.
        partner: the same where the wording asks for several papers.
        held: ... if it has at least this part of what the best one has of the question's words, by weight.
        fresh: ... or when it alone has this weighted share of the question's terms in its title.
    """

    most: int = 4
    enough: float = 0.93
    rival: float = 0.6
    aside: int = 1
    partner: float = 0.01
    held: float = 0.4
    fresh: float = 0.2

    def at_most(self, sentences: int | None) -> Choice:
        """The same, with no more sentences than these; at least one."""
        return self if sentences is None else replace(self, most=max(1, min(self.most, sentences)))


def choose(asked: Asked, weighed: Sequence[Weighed], choice: Choice, told: str = "") -> tuple[Quote, ...]:
    """The sentences of the answer, by paper, the best first: its best sentence, the rest in their order.

    Args:
        asked: the question.
        weighed: the papers read.
        choice: how to choose.
        told: an answer before this one; a sentence that stands in it is not said again.
    """
    quotes = []
    for paper, room in _papers(asked, weighed, choice):
        spans = paper.reading.spans
        chosen = _sentences(asked, paper, room, choice.enough, told)
        quotes += [Quote(paper.reading.paper, spans[i]) for i in chosen]
    return tuple(quotes)


def listed(asked: Asked, weighed: Sequence[Weighed], told: str = "") -> tuple[Quote, ...]:
    """The papers themselves, by year: the newest first unless the oldest are wanted; else as `proposed`."""
    newest = sorted(weighed, key=lambda paper: _age(paper, asked.by_year or 1))
    return proposed(newest[: asked.papers], told)


def proposed(papers: Sequence[Weighed], told: str = "") -> tuple[Quote, ...]:
    """Of each paper, in order, what it proposes, or else its likeliest sentence; ``told`` as for `choose`."""
    quotes: list[Quote] = []
    for paper in papers:
        ranked = np.lexsort((-paper.sentences, -paper.reading.column("proposes"))).tolist()
        said = [Quote(paper.reading.paper, paper.reading.spans[i]) for i in ranked]
        stating = (quote for quote in said if not reads_as_instruction(quote.text) and quote.text not in told)
        quotes += islice(stating, 1)
    return tuple(quotes)


def _papers(asked: Asked, weighed: Sequence[Weighed], choice: Choice) -> list[tuple[Weighed, int]]:
    """The papers to quote, the likeliest first, each with the most sentences it gets."""
    ranked = sorted(weighed, key=lambda paper: -paper.share)
    if not ranked:
        return []
    if "acronym" in asked.wants:  # any paper that spells it out tells what it stands for
        bar = choice.partner * ranked[0].share
        ranked.sort(key=lambda paper: paper.share < bar or not paper.reading.column("tells").any())
    sides = _sides(asked, ranked)
    if sides:  # a paper that bears one of them, however near another comes
        ranked.sort(key=lambda paper: -_bears(paper, sides))
    if asked.subject:  # of papers as likely, the one that is called so
        bar = choice.rival * ranked[0].share
        ranked.sort(key=lambda paper: paper.share < bar or not _is_called(asked.subject, paper))
    best, rest = ranked[0], ranked[1:]
    named = [paper for paper in rest if _adds(asked, best, paper) >= choice.fresh]
    if asked.names:
        named = [paper for paper in named if asked.named(paper.reading.title)]
    other = [name for name in sides if not name <= best.reading.all_terms]
    others = [name for name in asked.called if sides and not _is_called(name, best)]
    called = [paper for paper in rest if any(_is_called(name, paper) for name in others)]
    named = called or [paper for paper in rest if _bears(paper, other)] or named
    by_year = asked.by_year if any(paper.reading.paper.year for paper in ranked) else 0
    if named and asked.papers <= PAIR and not by_year:
        return [(paper, max(1, choice.most // PAIR)) for paper in (best, named[0])]
    if asked.papers > 1 or by_year:
        found = _on_it(asked, best, rest[: (MOST_PAPERS if by_year else asked.papers) - 1], choice)
        if by_year:
            found.sort(key=lambda paper: _age(paper, by_year))
        found = found[: asked.papers]
        return [(paper, max(1, choice.most // len(found))) for paper in found]
    if choice.most > choice.aside and rest and _rivals(asked, best, rest[0], choice.rival):
        return [(best, choice.most - choice.aside), (rest[0], choice.aside)]
    return [(best, choice.most)]


def _on_it(asked: Asked, best: Weighed, rest: Sequence[Weighed], choice: Choice) -> list[Weighed]:
    """The papers of a list: the best one, and those that are likely enough and hold what it holds."""
    bar = choice.partner * best.share
    held = choice.held * asked.share(best.reading.all_terms)
    near = (paper for paper in rest if paper.share >= bar)
    return [best, *(paper for paper in near if asked.share(paper.reading.all_terms) >= held)]


def _age(paper: Weighed, by_year: int) -> float:
    """What papers are ordered by, those without a year last."""
    year = paper.reading.paper.year
    return math.inf if year is None else -by_year * year


def _rivals(asked: Asked, best: Weighed, other: Weighed, bar: float) -> bool:
    """Whether another paper may be the one meant as well: it is as likely, and has the names asked about."""
    named = asked.named(other.reading.all_terms) >= asked.named(best.reading.all_terms)
    return named and other.share >= bar * best.share


def _sides(asked: Asked, papers: Sequence[Weighed]) -> tuple[frozenset[str], ...]:
    """The names that a comparison sets side by side; none where one title has them all, as parts of one."""
    together = frozenset[str]().union(*asked.names)
    alike = len(asked.names) < PAIR or any(together <= paper.reading.title for paper in papers)
    return () if alike or asked.papers != PAIR else asked.names


def _bears(paper: Weighed, names: Sequence[frozenset[str]]) -> int:
    """2 where a title has one of these names, whole; 1 where the abstract has it; else 0."""
    if any(name <= paper.reading.title for name in names):
        return 2
    return int(any(name <= paper.reading.all_terms for name in names))


def _is_called(subject: str, paper: Weighed) -> bool:
    return entitles(subject, paper.reading.paper.title)


def _adds(asked: Asked, best: Weighed, other: Weighed) -> float:
    """How much of the question only the other paper's title names."""
    return asked.share(other.reading.title - best.reading.all_terms)


def _sentences(asked: Asked, paper: Weighed, room: int, enough: float, told: str) -> list[int]:
    """The likeliest sentence, then the next ones in the order of the abstract; none that gives orders.

    What the likeliest one leans on ("this pattern") comes right before it, what it announces ("two
    constraints are considered") right behind.
    """
    reading = paper.reading
    ranked = np.lexsort((-paper.sentences, -_ahead(asked, reading))).tolist()
    texts = [span.of(reading.paper.abstract) for span in reading.spans]

    def sayable(i: int) -> bool:
        return not reads_as_instruction(texts[i]) and texts[i] not in told

    order = list(islice(filter(sayable, ranked), room))
    held = np.cumsum(paper.sentences[order])
    wanted = 1 + int(np.searchsorted(held, enough))
    if not order:
        return []
    best = order[0]
    before = [best - 1] if best and room > 1 and leans_back(texts[best]) and sayable(best - 1) else []
    leading = [*before, best, *announced(texts, best)][:room]
    others = [i for i in order[1:wanted] if i not in leading]
    return [*leading, *sorted(others[: room - len(leading)])]


def _ahead(asked: Asked, reading: Reading) -> NDArray[np.float64]:
    """What puts each sentence before likelier ones, or behind them.

    Only a sentence with its number answers where something is to be counted, and so with a figure, a time or
    an age that is asked for; what is to be explained is introduced first; a listed paper is told by what it
    proposes. Where code lies, what a paper asks, and what was to be found out, is told when it is asked for.
    """
    ahead: NDArray[np.float64] = np.maximum(reading.column("counted"), reading.column("tells"))
    ahead = ahead + reading.column("introduces")
    if (asked.papers > PAIR or asked.by_year) and asked.share(reading.title) >= _ON_IT:
        ahead = ahead + reading.column("proposes")
    wants = asked.wants | ({"aim"} if asked.papers > PAIR else set())  # it says what a listed paper is on
    for kind, signal in (("code", "points_to_code"), ("question", "asks"), ("aim", "aims")):
        if kind not in wants:
            ahead = ahead - reading.column(signal)
    return ahead
