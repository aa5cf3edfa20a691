"""A lane for calls that block: so many run at one time in threads, so many may wait, one more is refused."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any, Generic, Self, TypeVar

from rag.errors import NotReady, Stopped, TimedOut
from rag.types import Cancelled

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
        self._inside: set[Future[Any]] = set()
        self._stoppers: dict[Future[Any], Callable[[], None]] = {}
        self._lock = threading.Lock()

    @property
    def inside(self) -> int:
        """Calls that run or wait."""
        return len(self._inside)

    async def call(self, work: Callable[[], T]) -> T:
        """Run one call off the event loop; a caller that goes away gives up a place it waits in.

        Raises:
            NotReady: as many calls wait as may.
        """
        return await asyncio.wrap_future(self._enter(work))

    def stream(self, work: Callable[[Cancelled], Generator[T, None, None]]) -> Feed[T]:
        """Run one call off the event loop, and hear of what it makes as it makes it.

        Args:
            work: is told how to learn that it should stop.

        Raises:
            NotReady: as many calls wait as may.
        """
        feed: Feed[T] = Feed()
        future = self._enter(lambda: feed.run(work), feed.close)
        feed.follow(future)
        return feed

    def stop_streams(self) -> None:
        """Ask every stream to end; each is told so by ``Stopped``."""
        with self._lock:
            stoppers = list(self._stoppers.values())
        for stop in stoppers:
            stop()

    def stop(self) -> None:
        """Let running calls end and drop those that wait."""
        self.stop_streams()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _enter(self, work: Callable[[], T], stop: Callable[[], None] | None = None) -> Future[T]:
        with self._lock:
            if len(self._inside) >= self._limit:
                raise NotReady("Too many requests at one time; try again shortly.", retry_after_s=1)
            future: Future[T] = self._pool.submit(contextvars.copy_context().run, work)
            self._inside.add(future)
            if stop is not None:
                self._stoppers[future] = stop
        future.add_done_callback(self._leave)
        return future

    def _leave(self, future: Future[T]) -> None:
        with self._lock:
            self._inside.discard(future)
            self._stoppers.pop(future, None)


class Feed(Generic[T]):
    """What a call in a thread makes, to be heard on the event loop that this was made on.

    Iterating raises what the call raised, ``Stopped`` where it was stopped, ``TimedOut`` where its time was
    up. Whoever stops listening closes the feed, which stops the call; anyone may, more than once, from any
    thread.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: asyncio.Queue[T | _End] = asyncio.Queue()
        self._stop = threading.Event()
        self._future: Future[None] | None = None
        self._late = False

    def run(self, work: Callable[[Cancelled], Generator[T, None, None]]) -> None:
        """Do the work, in its thread."""
        with closing(work(self._stop.is_set)) as made:
            for item in made:
                if self._stop.is_set():
                    raise _stopped()
                self._put(item)

    def follow(self, future: Future[None]) -> None:
        """Learn from a future when the work has ended, and how."""
        self._future = future
        future.add_done_callback(lambda _: self._put(_End()))

    def within(self, seconds: float) -> None:
        """Give the call a time to end in; then it is stopped, and whoever listens is told at once."""
        alarm = self._loop.call_later(seconds, self._expire)
        assert self._future is not None  # noqa: S101  # only what is followed has a time
        self._future.add_done_callback(lambda _: self._on_loop(alarm.cancel))

    def close(self) -> None:
        """Stop the call, at once where it waits, else when it next looks; whoever listens is told now."""
        self._stop.set()
        if self._future is not None:
            self._future.cancel()
        self._put(_End())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        item = await self._items.get()
        if not isinstance(item, _End):
            return item
        self._items.put_nowait(item)
        assert self._future is not None  # noqa: S101  # there is an end only of what is followed
        if self._late:
            raise too_late()
        if not self._future.done() or self._future.cancelled():
            raise _stopped()
        self._future.result()
        raise StopAsyncIteration

    def _expire(self) -> None:
        if self._future is None or not self._future.done():
            self._late = True
            self.close()

    def _put(self, item: T | _End) -> None:
        self._on_loop(lambda: self._items.put_nowait(item))

    def _on_loop(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens
            self._loop.call_soon_threadsafe(call)


class _End:
    """Nothing more comes."""


def _stopped() -> Stopped:
    return Stopped("Stopped before it was done: the server is being stopped. Ask again.")


def too_late() -> TimedOut:
    """What is told of a call whose time was up."""
    return TimedOut("It took longer than a call may; try again later, or ask for less.")
