"""Things asked about by their coined names, with papers of their own: one without the name is on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.evidence.weigh import Weighed
from rag.answer.question.asked import Asked
from rag.answer.question.wording import PAIR
from rag.answer.text.introduced import bears, is_coined, is_long
from rag.index.words import Words


def on_what_is_named(
    asked: Asked, weighed: Sequence[Weighed], words: Words
) -> tuple[Asked, tuple[Weighed, ...]]:
    """The question, and the papers with what share of it is theirs.

    Where a paper is that of a coined name asked about, those without the name get no share; where two names
    have papers of their own ("how fast are UltraGCN and Super-Linear?"), both are wanted. A question for
    several papers may set others beside them: there every paper keeps its share.
    """
    homes = _homes(asked, weighed) if asked.papers == 1 else {}
    if not homes:
        return asked, tuple(weighed)
    if len(set(homes.values())) >= PAIR:
        return replace(asked, papers=PAIR), tuple(weighed)
    terms = [frozenset(words.terms(name)) for name in homes]
    on_it = (any(name <= paper.reading.all_terms for name in terms) for paper in weighed)
    return asked, tuple(
        paper if named else replace(paper, share=0.0) for paper, named in zip(weighed, on_it, strict=True)
    )


def _homes(asked: Asked, weighed: Sequence[Weighed]) -> dict[str, str]:
    """The coined or long names asked about that have a paper of their own, and its id."""
    papers = [paper.reading.paper for paper in weighed]
    own = (
        (name, next((p.id for p in papers if bears(name, p.title, p.abstract)), ""))
        for name in asked.called
        if is_coined(name) or is_long(name)
    )
    return {name: home for name, home in own if home}
