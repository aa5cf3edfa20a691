"""What a run of one system over one corpus measured."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that a share (0..1] of the values doesn't exceed."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True, slots=True)
class Figures:
    """One system over one corpus; times in seconds, latencies in milliseconds, memory in megabytes.

    ``restart_s`` is the time from starting a process to its first answer over a corpus already indexed.
    """

    system: str
    papers: int
    ingest_s: float
    restart_s: float = math.nan
    rss_mb: float = math.nan
    search_ms: list[float] = field(default_factory=list)
    ask_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Papers ingested a second, everything included."""
        return self.papers / self.ingest_s

    def dumps(self) -> str:
        """One JSON line."""
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, line: str) -> Figures:
        """The reverse of ``dumps``."""
        return cls(**json.loads(line))
