"""What was found for a question, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.answer.evidence.quote import Quote
from rag.answer.evidence.weigh import Weighed
from rag.answer.question.asked import Asked
from rag.answer.question.condense import Standalone
from rag.answer.question.narrowed import Narrowed
from rag.clock import Clock
from rag.retrieve import Retrieved
from rag.types import Request


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What was found for a question, before anything is written.

    Attributes:
        request: as it came.
        standalone: the question in the light of the history.
        within: whose papers, and of which years, it is limited to.
        asked: the question as searched, taken apart.
        found: what the search gave.
        weighed: the papers read, with what each sentence is worth.
        quotes: the sentences that answer by extraction.
        through: the probability of getting through each gate of the calibration.
        confidence: the probability that the papers answer.
        degraded: parts that failed after the search and were worked around.
    """

    request: Request
    standalone: Standalone
    within: Narrowed
    asked: Asked
    found: Retrieved
    weighed: tuple[Weighed, ...]
    quotes: tuple[Quote, ...]
    through: Mapping[str, float]
    confidence: float
    clock: Clock
    degraded: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """The question as it was understood: able to stand alone, slips mended, with what limits it."""
        return self.within.question or self.asked.text
