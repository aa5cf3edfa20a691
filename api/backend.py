"""The service behind the routes: opened beside the event loop, called off it, never too often at a time."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from api.lane import Feed, Lane, too_late
from rag.errors import CitewellError, NotReady
from rag.types import Cancelled

if TYPE_CHECKING:
    from rag.service import Service
    from rag.settings import Settings

T = TypeVar("T")
log = logging.getLogger("citewell.api")

_STOPPING = "the server is being stopped"


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
        answers: streams that run at one time; a lane of their own, so that no search waits for answers that
            wait for a language model.
        waiting: calls that may wait, and streams; one more is refused.
        timeout_s: seconds for a call that reads, its waiting included.
    """

    def __init__(
        self, opener: Opener, *, concurrency: int, answers: int, waiting: int, timeout_s: float
    ) -> None:
        self._opener = opener
        self._timeout_s = timeout_s
        self._opening = Opening()
        self._service: Service | None = None
        self._failure: Exception | None = None
        self._calls = Lane("citewell-call", running=concurrency, waiting=waiting)
        self._answers = Lane("citewell-answer", running=answers, waiting=waiting)
        self._changes = Lane("citewell-change", running=1, waiting=waiting)
        self._draining = False
        self._opener_thread = threading.Thread(target=self._open, name="citewell-open")
        self.opened = threading.Event()

    @classmethod
    def of(cls, opener: Opener, settings: Settings) -> Self:
        """With the limits that are set: as many more answers at one time as may wait for a language model."""
        return cls(
            opener,
            concurrency=settings.concurrency,
            answers=settings.concurrency + (settings.llm_concurrency if settings.llm else 0),
            waiting=settings.waiting,
            timeout_s=settings.call_timeout_s,
        )

    def start(self) -> None:
        """Begin to open the service; returns at once."""
        self._opener_thread.start()

    def drain(self, patience_s: float) -> None:
        """Take no more calls, and let what runs end; called on the event loop.

        Args:
            patience_s: seconds that streams have left; then they are told to end.
        """
        self._draining = True
        asyncio.get_running_loop().call_later(patience_s, self._answers.stop_streams)

    def stop(self) -> None:
        """Let running calls end, drop waiting ones, close the service."""
        self._opening.cancelled.set()
        self._opener_thread.join()
        self._changes.stop()
        self._calls.stop()
        self._answers.stop()
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
    def is_open(self) -> bool:
        """Whether there is a service to call."""
        return self._service is not None

    @property
    def in_flight(self) -> int:
        """Calls that run or wait."""
        return self._calls.inside + self._answers.inside + self._changes.inside

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
        if self._draining:
            return (_STOPPING,)
        if self._service is not None:
            return self._service.not_ready()
        if self._failure is not None:
            return ("the service could not be opened; the log says why",)
        return (self._opening.doing,)

    async def call(self, work: Callable[[Service], T]) -> T:
        """Run one call that reads.

        Raises:
            NotReady: the service is not open, or too many calls wait already.
            TimedOut: it took too long. What runs can't be stopped: it keeps its place until it ends.
        """
        try:
            async with asyncio.timeout(self._timeout_s) as limit:
                return await self._calls.call(partial(work, self._taking()))
        except TimeoutError:
            if not limit.expired():
                raise
            raise too_late() from None

    def stream(self, work: Callable[[Service, Cancelled], Generator[T, None, None]]) -> Feed[T]:
        """Run one call that reads, and hear of what it makes as it makes it; close the feed when done.

        The feed raises TimedOut where that takes too long, and stops the call.

        Raises:
            NotReady: the service is not open, or too many calls wait already.
        """
        feed = self._answers.stream(partial(work, self._taking()))
        feed.within(self._timeout_s)
        return feed

    async def change(self, work: Callable[[Service], T]) -> T:
        """Run one call that changes what is stored, one after the other; no reading call waits for it.

        Raises:
            NotReady: the service is not open, or too many changes wait already.
        """
        return await self._changes.call(partial(work, self._taking()))

    def _taking(self) -> Service:
        if self._draining:
            raise NotReady(f"Not ready: {_STOPPING}.", retry_after_s=2)
        return self.service
