"""An answer as server-sent events, as it is made: verified text alone, so no client has to take words back.

What is said is a script's business, one for each protocol (``api.scripts``). That a stream is kept alive,
stops when its client goes, and never ends without saying how, is done once, here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, closing
from typing import Protocol

from fastapi import Request
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse
from starlette.types import Receive, Scope, Send

from api.asking import unless_gone
from api.errors import clean, kind_of, plain_problem, problem_of, request_id_of
from api.lane import Feed
from api.wire.problem import Problem
from rag.errors import CitewellError
from rag.events import AskEvent

log = logging.getLogger("citewell.api")

HEARTBEAT_S = 15.0
"""Seconds of silence after which a comment is sent, so that no proxy takes the connection for dead."""


class Script(Protocol):
    """How one protocol writes a stream down."""

    def event(self, event: AskEvent) -> Iterable[bytes]:
        """One event of the answer."""

    def done(self) -> Iterable[bytes]:
        """The end, all well."""

    def failed(self, problem: Problem) -> Iterable[bytes]:
        """The end, with what went wrong."""


class EventStream(EventSourceResponse):
    """Tells the events of an answer; stops the answering when the client goes or everything is told."""

    def __init__(self, events: Feed[AskEvent], frames: AsyncGenerator[bytes, None]) -> None:
        super().__init__(frames, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._events, self._frames = events, frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with closing(self._events):
            async with aclosing(self._frames):
                await super().__call__(scope, receive, send)


async def event_stream(request: Request, events: Feed[AskEvent], script: Script) -> EventStream:
    """The response that tells events, once the first one is there: what fails before it has a status.

    Raises:
        ClientDisconnect: the client went away before the first event.
        CitewellError: what failed before it.
    """
    try:
        first = await unless_gone(request, events.__anext__())
    except BaseException:
        events.close()
        raise
    return EventStream(events, _frames(first, events, script, request_id_of(request)))


async def _frames(
    first: AskEvent, events: Feed[AskEvent], script: Script, request_id: str
) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(_heard(first, events)) as heard:
            async for event in heard:
                for frame in (KEEPALIVE_COMMENT,) if event is None else script.event(event):
                    yield frame
        ending = script.done()
    except CitewellError as error:
        if kind_of(error).private:
            log.error("a stream failed: %s", clean(str(error)))
        ending = script.failed(problem_of(error, request_id))
    except Exception:  # the stream's border: a defect is logged, and told without its insides
        log.exception("a stream failed by a defect")
        ending = script.failed(plain_problem(500, request_id=request_id))
    for frame in ending:
        yield frame


async def _heard(first: AskEvent, events: Feed[AskEvent]) -> AsyncGenerator[AskEvent | None, None]:
    """Every event, and None whenever there was none for a while."""
    yield first
    while True:
        event = None
        try:
            async with asyncio.timeout(HEARTBEAT_S) as silence:
                event = await anext(events)
        except StopAsyncIteration:
            return
        except TimeoutError:
            if not silence.expired():
                raise
        yield event
