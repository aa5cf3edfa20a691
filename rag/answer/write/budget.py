"""How much of the retrieved papers a model can be shown: never more than its context holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.corpus import sentence_spans
from rag.types import Paper

_CHARS_PER_TOKEN = 3  # of plain English; it has four and more, so this errs on the safe side
PER_MESSAGE = 8
"""Tokens that a message costs besides its text, at most, in the chat formats in use."""


def estimate_tokens(text: str) -> int:
    """Tokens of a text, on the safe side, for a model whose tokenizer is not at hand.

    Characters beyond ASCII count as many tokens as they have bytes: no byte-level tokenizer takes more.
    """
    plain = sum(char.isascii() for char in text)
    return -(-plain // _CHARS_PER_TOKEN) + len(text.encode("utf-8", "replace")) - plain


def fit_papers(
    papers: Sequence[Paper], room: int, count: Callable[[Sequence[Paper]], int]
) -> tuple[Paper, ...]:
    """The best papers that fit, the last one perhaps without its last sentences.

    Args:
        papers: best first.
        room: tokens.
        count: of papers as they are shown together; more papers or words must not count less.
    """
    kept: list[Paper] = []
    for paper in papers:
        if count([*kept, paper]) <= room:
            kept.append(paper)
            continue
        cut = next((short for short in _shortened(paper) if count([*kept, short]) <= room), None)
        return (*kept, cut) if cut is not None else tuple(kept)
    return tuple(kept)


def _shortened(paper: Paper) -> list[Paper]:
    """The paper without its last sentence, without its last two, and so on, down to one."""
    ends = [span.end for span in sentence_spans(paper.abstract)][:-1]
    return [replace(paper, abstract=paper.abstract[:end]) for end in reversed(ends)]
