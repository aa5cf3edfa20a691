"""What a server's memory and event loop do meanwhile."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from bench.load.caller import Caller
from bench.load.servers import Server

EVERY_S = 0.25


@dataclass(slots=True)
class Watched:
    """Samples of one phase.

    Attributes:
        rss: seconds since its beginning, and megabytes.
        loop_ms: how long ``/healthz`` took, which touches nothing but the event loop.
    """

    rss: list[tuple[float, float]] = field(default_factory=list)
    loop_ms: list[float] = field(default_factory=list)

    def course(self, parts: int) -> list[float]:
        """Megabytes in the middle of each of so many parts of the time."""
        return [self.rss[len(self.rss) * (2 * part + 1) // (2 * parts)][1] for part in range(parts)]

    def growth(self, since: float) -> float:
        """Megabytes a minute from a time on, by least squares; 0 where too little was seen."""
        points = [(at, mb) for at, mb in self.rss if at >= since]
        if len(points) < 4:  # a line through less says nothing
            return 0.0
        mean_at = sum(at for at, _ in points) / len(points)
        mean_mb = sum(mb for _, mb in points) / len(points)
        spread = sum((at - mean_at) ** 2 for at, _ in points)
        return 60 * sum((at - mean_at) * (mb - mean_mb) for at, mb in points) / spread


async def watch(server: Server, watched: Watched, *, until: float) -> None:
    """Sample four times a second until a time (monotonic seconds)."""
    began = time.monotonic()
    async with Caller(server.url) as caller:
        while time.monotonic() < until:
            watched.rss.append((time.monotonic() - began, server.rss_mb))
            watched.loop_ms.append((await caller.call("GET", "/healthz")).ms)
            await asyncio.sleep(EVERY_S)
