"""One question on its way through the service, for every route that asks one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

from api.backend import Backend
from api.lane import Feed
from api.metrics import Metrics
from rag.events import AskEvent, AskEvents, Delta
from rag.types import Answer, Cancelled, Filters, Mode, Turn

if TYPE_CHECKING:
    from rag.service import Service

T = TypeVar("T")


def ask(
    backend: Backend,
    metrics: Metrics | None,
    question: str,
    *,
    history: Sequence[Turn],
    filters: Filters,
    top_k: int,
    mode: Mode,
) -> Feed[AskEvent]:
    """Begin to answer a question; whoever asked closes the feed.

    Raises:
        NotReady: the service is not open, or too many calls wait already.
    """
    arrived, first_s = time.perf_counter(), 0.0

    def work(service: Service, cancelled: Cancelled) -> AskEvents:
        nonlocal first_s
        events = service.ask_events(
            question, history=history, filters=filters, top_k=top_k, mode=mode, cancelled=cancelled
        )
        with closing(events):
            for event in events:
                if isinstance(event, Delta):
                    first_s = first_s or time.perf_counter() - arrived
                if isinstance(event, Answer) and metrics is not None:
                    metrics.answered(event)
                    metrics.first_text(event.mode, first_s)
                yield event

    return backend.stream(work)


async def answer_for(request: Request, events: Feed[AskEvent]) -> Answer:
    """The answer, for a client that wants nothing before it.

    Raises:
        ClientDisconnect: the client went away first; the work is stopped.
    """
    with closing(events):
        return await unless_gone(request, last(events))


async def last(events: Feed[AskEvent]) -> Answer:
    """The answer that events end with."""
    async for event in events:
        if isinstance(event, Answer):
            return event
    raise AssertionError("events end with an answer")


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What work gives; it is cancelled where the client goes first, of which nobody else tells a route.

    Args:
        request: its body must have been read.
        work: takes the client's time.

    Raises:
        ClientDisconnect: the client went.
    """
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        for task in (working, gone):
            task.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
