"""Questions to what an answer told of: to the papers it listed, for more by their authors, or like one."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.question.alike import is_described, is_meant, like_what, text_of
from rag.answer.question.condense import Standalone
from rag.answer.question.narrowed import Narrowed
from rag.answer.question.picked import among_listed, item_meant, spoken_of, whose_others
from rag.answer.question.plain import plain_question
from rag.answer.question.pointing import names_nothing
from rag.answer.text.introduced import without_talk
from rag.index.words import Words
from rag.retrieve import HybridSearch
from rag.types import Filters, Paper, Request

_NEAR_NAME = 3  # papers among which the one of a name is


class ToldOf:
    """Finds the papers that such a question means. Any thread may ask.

    Args:
        search: finds the papers.
        words: the tokenizer.
    """

    def __init__(self, search: HybridSearch, words: Words) -> None:
        self._search = search
        self._words = words

    def narrowed(self, standalone: Standalone, request: Request) -> Narrowed | None:
        """The question limited to what it is asked of; None where it is asked of all papers.

        Raises:
            IndexUnavailable: nothing can be searched.
        """
        question = plain_question(request.question)
        return (
            self._like_one(question, request)
            or self._by_the_same(question, request)
            or self._among(question, standalone.carried, request)
        )

    def _like_one(self, question: str, request: Request) -> Narrowed | None:
        """A question for papers like one, if that is stored."""
        said = like_what(question)
        paper = None if said is None else self._named(said) if said else self._spoken_of(question, request)
        if paper is None:
            return None
        asked = question if said else f"{question} {paper.name}"
        return Narrowed(
            text_of(paper), request.filters, alone=True, question=asked, without=paper.name, like=True
        )

    def _named(self, said: str) -> Paper | None:
        """The paper that is called so, or told by what it is on."""
        near = [hit.paper for hit in self._search.search(said, top_k=_NEAR_NAME).hits]
        nearest = near[0] if near and is_described(said) else None
        return next((paper for paper in near if is_meant(said, paper)), nearest)

    def _spoken_of(self, question: str, request: Request) -> Paper | None:
        """The paper that the talk was of."""
        picked = item_meant(question, request.history)
        name = f"“{picked}”" if picked else spoken_of(request.history)
        return self._search.called(name, Filters()) if name else None

    def _by_the_same(self, question: str, request: Request) -> Narrowed | None:
        """What else is by the authors of the paper spoken of, where that is asked and any are stored."""
        name = whose_others(question, request.history)
        paper = self._search.called(name, Filters()) if name else None
        if paper is None or not paper.authors:
            return None
        limits = replace(request.filters, authors=paper.authors)
        said = f"{question} ({', '.join(paper.authors)})"
        return Narrowed("papers", limits, (question,), alone=True, question=said, without=name)

    def _among(self, question: str, carried: str, request: Request) -> Narrowed | None:
        """The question limited to the papers listed before that it is asked of, if these are found."""
        listed = among_listed(question, request.history) or among_listed(carried, request.history)
        if listed is None:
            return None
        ids = [paper.id for name in listed.names if (paper := self._search.called(name, request.filters))]
        if not ids:
            return None
        alone = without_talk(carried)
        text = carried if names_nothing(alone, self._words) else alone
        limits = replace(request.filters, paper_ids=tuple(ids))
        return Narrowed(text, limits, (listed.said,), question=carried, among=listed)
