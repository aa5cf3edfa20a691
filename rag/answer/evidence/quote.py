"""What an extractive answer is made of."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Paper, Span


@dataclass(frozen=True, slots=True)
class Quote:
    """One sentence of one paper, word for word."""

    paper: Paper
    span: Span

    @property
    def text(self) -> str:
        """The sentence."""
        return self.span.of(self.paper.abstract)
