"""Questions in, checked answers out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from api import asking
from api.deps import UsesBackend, UsesMetrics
from api.openapi import problems
from api.scripts.ask import AskScript
from api.stream import event_stream
from api.wire.ask import AskIn, AskOut
from api.wire.events import EVENT_SCHEMA
from api.wire.fields import limits_of

router = APIRouter(prefix="/v1", tags=["answers"])

_STREAM: dict[str, Any] = {
    "description": "The answer; with `stream: true` the same as server-sent events.",
    "content": {"text/event-stream": {"itemSchema": EVENT_SCHEMA}},
}


@router.post(
    "/ask",
    summary="Answer a question",
    response_model=AskOut,
    responses={200: _STREAM, **problems(413, 422, 502, 503, 504)},
)
async def ask(
    asked: AskIn, request: Request, backend: UsesBackend, metrics: UsesMetrics
) -> AskOut | Response:
    """Answer from the stored papers, each sentence tied to the exact words of an abstract; or refuse.

    Events of a streamed answer, in order: `retrieval`; then `citation` and `delta` as they come, each text
    verified and never taken back; `final` (this very body); `done`. What fails before the first event is a
    problem document, as without streaming; what fails after it is an `error` event with one. A stream that
    ends without `done` or `error` was cut off on its way. Comments keep a silent connection alive.
    """
    events = asking.ask(
        backend,
        metrics,
        asked.question,
        history=asked.turns(),
        filters=limits_of(asked.filters),
        top_k=asked.top_k,
        mode=asked.mode,
    )
    if asked.stream:
        return await event_stream(request, events, AskScript())
    return AskOut.of(await asking.answer_for(request, events))
