"""How long each stage of a call took."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Clock:
    """Milliseconds of each stage of one call."""

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
