"""What was found for a question, before anything is written; and the id that its answer will have."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from rag.answer.asked import Asked
from rag.answer.evidence import Weighed
from rag.answer.quote import Quote
from rag.retrieve import Retrieved
from rag.types import Filters, IndexInfo, Mode, Turn


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
        question: as asked.
        history: the turns before it.
        filters: what the search was limited to.
        top_k: papers shown.
        mode: what may write.
        asked: the question as searched, taken apart.
        found: what the search gave.
        weighed: the papers read, with what each sentence is worth.
        quotes: the sentences that answer by extraction.
        through: the probability of getting through each gate of the calibration.
        confidence: the probability that the papers answer.
        degraded: parts that failed before the search and were worked around.
    """

    question: str
    history: tuple[Turn, ...]
    filters: Filters
    top_k: int
    mode: Mode
    asked: Asked
    found: Retrieved
    weighed: tuple[Weighed, ...]
    quotes: tuple[Quote, ...]
    through: Mapping[str, float]
    confidence: float
    clock: Clock
    degraded: tuple[str, ...] = ()


def id_of(looked: Looked, model: str) -> str:
    """The id of the answer to what was looked for."""
    info = looked.found.info
    return answer_id(looked.question, looked.history, looked.filters, looked.top_k, looked.mode, info, model)


def answer_id(
    question: str,
    history: Sequence[Turn],
    filters: Filters,
    top_k: int,
    mode: Mode,
    info: IndexInfo,
    model: str,
) -> str:
    """The same for the same request over the same generation, and for no other."""
    told = [
        question, [asdict(turn) for turn in history], asdict(filters), top_k, mode, asdict(info), model
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()[:24]
