"""A lane for calls that block: so many run at one time in threads, so many may wait, one more is refused."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from rag.errors import NotReady

T = TypeVar("T")


class Lane:
    """Threads with a bounded queue in front of them.

    Args:
        name: of the threads.
        running: calls that run at one time.
        waiting: calls that may wait.
    """

    def __init__(self, name: str, *, running: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(running, thread_name_prefix=name)
        self._limit = running + waiting
        self._inside = 0
        self._count = threading.Lock()

    @property
    def inside(self) -> int:
        """Calls that run or wait."""
        return self._inside

    async def call(self, work: Callable[[], T]) -> T:
        """Run one call off the event loop; a caller that goes away gives up a place it waits in.

        Raises:
            NotReady: as many calls wait as may.
        """
        with self._count:
            if self._inside >= self._limit:
                raise NotReady("Too many requests at one time; try again shortly.", retry_after_s=1)
            self._inside += 1
        future = self._pool.submit(contextvars.copy_context().run, work)
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def stop(self) -> None:
        """Let running calls end and drop those that wait."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _leave(self, _: Future[T]) -> None:
        with self._count:
            self._inside -= 1
