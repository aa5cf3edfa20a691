"""Papers that a question names by their titles: where none of that title is stored, no other one answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.answer.question.dated import PAPERS
from rag.retrieve.query import QUOTED, words_of
from rag.types import Paper

_TITLED = re.compile(
    rf"\b{PAPERS},?(?: (?:that is |which is )?(?:called|titled|entitled|named|by the name of))?:? "
    rf"{QUOTED}",
    re.IGNORECASE,
)
_FEWEST = 2  # words of a title


def titles_missing(question: str, papers: Iterable[Paper]) -> tuple[str, ...]:
    """The titles, as written, that a question gives to papers in quotation marks and none of these has."""
    said = [next(filter(None, groups)).strip(" .,;:!?") for groups in _TITLED.findall(question)]
    held = [f" {words_of(paper.title)} " for paper in papers] if said else []
    return tuple(
        title
        for title in dict.fromkeys(said)
        if (words := words_of(title)).count(" ") >= _FEWEST - 1
        and not any(f" {words} " in other for other in held)
    )
