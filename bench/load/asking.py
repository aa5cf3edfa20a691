"""Clients that ask without a pause, and what their requests came to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.figures import percentile
from bench.load.caller import Caller, Reply

OK = 200
Check = Callable[[Reply], str]
"""What is wrong with a reply; empty where nothing is."""


@dataclass(slots=True)
class Tally:
    """What a phase came to.

    Attributes:
        ms: of every request that was answered well, in the order of their ends.
        faults: what went wrong, in words, with how often.
        seconds: how long it took.
    """

    ms: list[float] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Requests answered well a second."""
        return len(self.ms) / self.seconds if self.seconds else 0.0

    def fault(self, what: str) -> None:
        """Count what went wrong."""
        self.faults[what] = self.faults.get(what, 0) + 1

    def told(self) -> str:
        """In a line."""
        p50, p95, p99 = (percentile(self.ms, share) for share in (0.5, 0.95, 0.99))
        worst = max(self.ms, default=0.0)
        return (
            f"{len(self.ms)} requests, {self.rate:.1f} a second; "
            f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}, worst {worst:.0f} ms"
        )


async def ask_all_the_time(
    url: str,
    questions: Sequence[str],
    *,
    clients: int,
    until: float,
    check: Check = lambda _: "",
    tally: Tally | None = None,
) -> Tally:
    """So many clients, each with its own connection, ask one question after the other.

    Args:
        url: of the server.
        questions: asked in turn, each client starting at a place of its own.
        clients: how many.
        until: when to stop (monotonic seconds).
        check: looks at each reply.
        tally: what to add to.
    """
    tally = tally or Tally()
    began = time.monotonic()

    async def one(first: int) -> None:
        turn = first
        async with Caller(url) as caller:
            while time.monotonic() < until:
                question = questions[turn % len(questions)]
                turn += 1
                try:
                    reply = await caller.call("POST", "/v1/ask", {"question": question})
                except ConnectionError as error:
                    tally.fault(f"connection: {error}")
                    return
                wrong = f"status {reply.status}" if reply.status != OK else check(reply)
                if wrong:
                    tally.fault(wrong)
                else:
                    tally.ms.append(reply.ms)

    step = max(1, len(questions) // clients)
    await asyncio.gather(*(one(number * step) for number in range(clients)))
    tally.seconds = time.monotonic() - began
    return tally
