"""What was found for a question, before anything is written."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.answer.asked import Asked
from rag.answer.condense import Standalone
from rag.answer.evidence import Weighed
from rag.answer.quote import Quote
from rag.retrieve import Retrieved
from rag.types import Request


@dataclass(slots=True)
class Clock:
    """Milliseconds of each stage of one question."""

    laps: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """Note that a stage ended; a stage that comes again adds up."""
        now = time.perf_counter()
        self.laps[stage] = self.laps.get(stage, 0.0) + (now - self._last) * 1e3
        self._last = now

    def all(self) -> dict[str, float]:
        """Every stage, and the total."""
        return self.laps | {"total": sum(self.laps.values())}


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What was found for a question, before anything is written.

    Attributes:
        request: as it came.
        standalone: the question in the light of the history.
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
    asked: Asked
    found: Retrieved
    weighed: tuple[Weighed, ...]
    quotes: tuple[Quote, ...]
    through: Mapping[str, float]
    confidence: float
    clock: Clock
    degraded: tuple[str, ...] = ()
