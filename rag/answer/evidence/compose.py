"""From quotes to the text a person reads: papers named, sentences word for word, a marker after each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.answer.evidence.quote import Quote
from rag.types import Citation, Paper, Sentence, Span


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer's text with its sentences and citations."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


def compose(quotes: Sequence[Quote], *, verified: bool = True) -> Composed:
    """Writes the quotes down.

    A paper's quotes stand together behind its title, so that "this method" has a name to refer to; two
    papers or more make a list. Sentences that follow each other in the abstract share a citation only if
    they are the same. A sentence of the result is exactly its quote; titles and markers stand between them.

    Args:
        quotes: grouped by paper, in reading order.
        verified: what is noted on sentences and citations.
    """
    page = _Page()
    groups = [(paper, list(group)) for paper, group in groupby(quotes, key=lambda quote: quote.paper)]
    for at, (paper, group) in enumerate(groups):
        page.write(("\n" if at else "") + ("- " if len(groups) > 1 else "") + lead(paper))
        for quote in group:
            page.quote(quote, verified)
    return Composed(page.text, tuple(page.sentences), tuple(page.citations))


def lead(paper: Paper) -> str:
    """What names a paper in front of its sentences."""
    year = f" ({paper.year})" if paper.year is not None else ""
    return f"{paper.name}{year}:"


class _Page:
    """Text that grows, and knows where its sentences stand."""

    def __init__(self) -> None:
        self.text = ""
        self.sentences: list[Sentence] = []
        self.citations: list[Citation] = []

    def write(self, text: str) -> None:
        self.text += text

    def quote(self, quote: Quote, verified: bool) -> None:
        words = quote.text
        start = len(self.text) + 1
        number = len(self.citations) + 1
        self.text += f" {words} [{number}]"
        self.citations.append(Citation(number, quote.paper, quote.span, verified))
        self.sentences.append(
            Sentence(words, Span(start, start + len(words)), (number,), verified, 1.0 if verified else 0.0)
        )
