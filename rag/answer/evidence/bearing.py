"""A thing asked about by its coined name, whose own paper is here: one that hasn't the name is on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.evidence.weigh import Weighed
from rag.answer.question.asked import Asked
from rag.answer.text.introduced import bears, is_coined
from rag.index.words import Words


def on_what_is_named(asked: Asked, weighed: Sequence[Weighed], words: Words) -> tuple[Weighed, ...]:
    """The papers; where one is that of a coined name asked about, those without the name get no share.

    A question for several papers may set others beside it: there every paper keeps its share.
    """
    coined = [name for name in asked.called if is_coined(name)] if asked.papers == 1 else []
    read = [paper.reading.paper for paper in weighed]
    homes = [name for name in coined if any(bears(name, paper.title, paper.abstract) for paper in read)]
    if not homes:
        return tuple(weighed)
    terms = [frozenset(words.terms(name)) for name in homes]
    return tuple(
        paper if any(name <= paper.reading.all_terms for name in terms) else replace(paper, share=0.0)
        for paper in weighed
    )
