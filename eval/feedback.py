"""Complaints about answers as evaluation cases: what was asked, and no gold that nobody gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eval.cases import Case, CaseTurn, Quote
from rag.saved import Feedback, Saved

CATEGORY = "feedback"
"""What reports group these cases by."""


def complaints(rated: Iterable[tuple[Saved, Sequence[Feedback]]]) -> Iterator[Case]:
    """A case for each answer that someone was not content with, whole or in part; each question once.

    Gold is what people said is right: the words of a citation that the last opinion of it calls good. Where
    no one called any good, whether and how the question should be answered is left open (``expect`` null).

    Args:
        rated: answers with what was thought of them.
    """
    seen: set[tuple[object, ...]] = set()
    for saved, opinions in rated:
        if all(opinion.rating == "up" for opinion in opinions):
            continue
        case = _case(saved, opinions)
        asked = (case.question, case.history, case.gold_quotes)
        if asked not in seen:
            seen.add(asked)
            yield case


def line(case: Case) -> str:
    """A case as a line of a question set."""
    return case.model_dump_json(exclude_defaults=True)


def _case(saved: Saved, opinions: Sequence[Feedback]) -> Case:
    request, good = saved.request, _good(saved, opinions)
    return Case(
        id=f"feedback-{saved.answer.id}",
        kind="conversation" if request.history else "answerable",
        split="dev",
        category=CATEGORY,
        history=tuple(
            CaseTurn(role=turn.role, content=turn.content) for turn in request.history if turn.content
        ),
        question=request.question,
        expect="answered" if good else None,
        gold_papers=tuple(dict.fromkeys(quote.paper_id for quote in good)),
        gold_quotes=good,
    )


def _good(saved: Saved, opinions: Sequence[Feedback]) -> tuple[Quote, ...]:
    last = {opinion.citation: opinion.rating for opinion in opinions if opinion.citation is not None}
    return tuple(
        Quote(paper_id=citation.paper.id, quote=citation.quote)
        for citation in saved.answer.citations
        if last.get(citation.number) == "up"
    )
