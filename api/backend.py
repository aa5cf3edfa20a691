"""The service behind the routes: opened beside the event loop, called off it, never too often at a time."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from rag.errors import CitewellError, NotReady

if TYPE_CHECKING:
    from rag.service import Service

T = TypeVar("T")
log = logging.getLogger("citewell.api")


class Opening:
    """What an opener is handed: it says what it is doing, and learns when nobody waits for it any more."""

    def __init__(self) -> None:
        self.doing = "the service is being opened"
        self.cancelled = threading.Event()

    def say(self, doing: str) -> None:
        """Tell ``/readyz`` what is going on."""
        self.doing = doing


Opener = Callable[[Opening], "Service"]
"""Builds the service; may take long; runs in a thread of its own."""


class Backend:
    """One service, its opening, and the threads that call it.

    Args:
        opener: builds the service.
        concurrency: calls that run at one time.
        waiting: calls that may wait; one more is refused.
    """

    def __init__(self, opener: Opener, *, concurrency: int, waiting: int) -> None:
        self._opener = opener
        self._opening = Opening()
        self._service: Service | None = None
        self._failure: Exception | None = None
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="citewell-call")
        self._limit = concurrency + waiting
        self._in_flight = 0
        self._count = threading.Lock()
        self._opener_thread = threading.Thread(target=self._open, name="citewell-open")
        self.opened = threading.Event()

    def start(self) -> None:
        """Begin to open the service; returns at once."""
        self._opener_thread.start()

    def stop(self) -> None:
        """Let running calls end, drop waiting ones, close the service."""
        self._opening.cancelled.set()
        self._opener_thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._service is not None:
            self._service.close()
            self._service = None

    def _open(self) -> None:
        try:
            self._service = self._opener(self._opening)
        except Exception as failure:  # the thread's border: kept for whoever asks
            self._failure = failure
            known = isinstance(failure, CitewellError)
            log.error("the service can't be opened: %s", failure, exc_info=None if known else failure)
        self.opened.set()

    @property
    def failure(self) -> Exception | None:
        """Why opening failed, if it did."""
        return self._failure

    @property
    def in_flight(self) -> int:
        """Calls that run or wait."""
        return self._in_flight

    @property
    def service(self) -> Service:
        """The open service.

        Raises:
            NotReady: it is still being opened.
            CitewellError: what opening it failed with.
        """
        if self._service is not None:
            return self._service
        if isinstance(self._failure, CitewellError):
            raise self._failure
        if self._failure is not None:
            raise CitewellError("The service could not be opened; the log says why.")
        raise NotReady(f"Not ready: {self._opening.doing}.", retry_after_s=2)

    def not_ready(self) -> tuple[str, ...]:
        """What keeps questions from being answered; empty when nothing does."""
        if self._service is not None:
            return self._service.not_ready()
        if self._failure is not None:
            return ("the service could not be opened; the log says why",)
        return (self._opening.doing,)

    async def call(self, work: Callable[[Service], T]) -> T:
        """Run one call of the service in a thread; a caller that goes away gives up a place it waits in.

        Raises:
            NotReady: the service is not open, or too many calls wait already.
        """
        service = self.service
        with self._count:
            if self._in_flight >= self._limit:
                raise NotReady("Too many requests at one time; try again shortly.", retry_after_s=1)
            self._in_flight += 1
        context = contextvars.copy_context()
        future = self._pool.submit(context.run, work, service)
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, _: Future[T]) -> None:
        with self._count:
            self._in_flight -= 1
