"""Questions in, checked answers out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api.deps import UsesBackend, UsesMetrics
from api.openapi import problems
from api.stream import EVENT_SCHEMA, events
from api.wire.ask import AskIn, AskOut

router = APIRouter(prefix="/v1", tags=["answers"])

_STREAM: dict[str, Any] = {
    "description": "The answer; with `stream: true` the same as server-sent events.",
    "content": {"text/event-stream": {"itemSchema": EVENT_SCHEMA}},
}


@router.post(
    "/ask",
    summary="Answer a question",
    response_model=AskOut,
    responses={200: _STREAM, **problems(403, 413, 422, 502, 503, 504)},
)
async def ask(asked: AskIn, backend: UsesBackend, metrics: UsesMetrics) -> AskOut | Response:
    """Answer from the stored papers, each sentence tied to the exact words of an abstract; or refuse.

    Events of a streamed answer, in order: `retrieval`, then `citation` and `delta` as they come, `final`
    (this very body), `done`. What fails before the first event is a problem document, as without streaming.
    """
    answer = await backend.call(
        lambda service: service.ask(
            asked.question,
            history=asked.turns(),
            filters=asked.limits(),
            top_k=asked.top_k,
            mode=asked.mode,
        )
    )
    metrics.answered(answer)
    body = AskOut.of(answer)
    if asked.stream:
        return StreamingResponse(
            events(body),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )
    return body
