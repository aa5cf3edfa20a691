"""Questions to begin with, made of titles: no more is claimed than that a paper of this title is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest

from rag.answer.text.instructions import reads_as_instruction

MOST = 4
_PLAIN = re.compile(r"[\w ,.:;?!'’()/&+-]+")
_NAME = re.compile(r"(?=\S{3,24}:)([A-Z][A-Za-z0-9.+-]*[A-Z0-9][A-Za-z0-9.+-]*): \S")
_SHORT, _LONG = 24, 90


def example_questions(titles: Iterable[str], most: int = MOST) -> tuple[str, ...]:
    """Up to ``most`` questions, the same ones for the same titles.

    By turns: what a coined name in front of a colon does ("UltraGCN: ..."), a title that is a question
    itself, and what a paper of a plain title shows. Titles with mark-up, formulas or orders make none.
    """
    usable = [title for title in titles if _PLAIN.fullmatch(title) and not reads_as_instruction(title)]
    kinds = (_of_names(usable), _of_questions(usable), _of_titles(usable))
    turns = chain.from_iterable(zip_longest(*kinds))
    return tuple(islice(dict.fromkeys(question for question in turns if question), most))


def _of_names(titles: Iterable[str]) -> Iterator[str]:
    return (f"What does {found[1]} do?" for title in titles if (found := _NAME.match(title)))


def _of_questions(titles: Iterable[str]) -> Iterator[str]:
    return (
        title
        for title in titles
        if title.endswith("?") and _SHORT <= len(title) <= _LONG and ":" not in title
    )


def _of_titles(titles: Iterable[str]) -> Iterator[str]:
    for title in titles:
        if _SHORT <= len(title) <= _LONG and not set(title) & set(":?!"):
            yield f"What does “{title}” show?"
