"""OpenAI's protocol over the same questions and answers."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api import asking
from api.backend import Backend
from api.deps import UsesBackend, UsesMetrics
from api.errors import request_id_of
from api.openapi import envelopes
from api.scripts.chat import ChatScript
from api.stream import event_stream
from api.wire.chat import MODES, ChatIn, CompletionOut, LimitsIn, ServedModelOut, ServedModelsOut
from api.wire.chunks import CHUNK_SCHEMA
from api.wire.fields import limits_of
from rag.errors import ModelUnknown

router = APIRouter(prefix="/v1", tags=["OpenAI's protocol"])

_STREAM: dict[str, Any] = {
    "description": "The answer; with `stream: true` in chunks, as server-sent events.",
    "content": {"text/event-stream": {"itemSchema": CHUNK_SCHEMA}},
}


@router.get("/models", summary="List models", responses=envelopes(503))
async def list_models(backend: UsesBackend) -> ServedModelsOut:
    """The names that can be asked.

    `citewell` writes with a language model where one is configured, and quotes where none is;
    `citewell-extractive` always quotes; `citewell-llm` is there only with a language model.
    """
    return ServedModelsOut(data=[ServedModelOut(id=name) for name in _names(backend)])


@router.get("/models/{model}", summary="Look at a model", responses=envelopes(404, 422, 503))
async def get_model(model: Annotated[str, Path(max_length=200)], backend: UsesBackend) -> ServedModelOut:
    """One of the names that can be asked."""
    return ServedModelOut(id=_known(model, _names(backend)))


@router.post(
    "/chat/completions",
    summary="Answer the last message",
    response_model=CompletionOut,
    responses={200: _STREAM, **envelopes(404, 413, 422, 502, 503, 504)},
)
async def create_chat_completion(
    asked: ChatIn, request: Request, backend: UsesBackend, metrics: UsesMetrics
) -> CompletionOut | Response:
    """Answer the last user message in the light of the earlier ones, as `/v1/ask` does.

    System messages are let pass and give no instructions. Each marker in the text is an annotation of type
    `url_citation`; `citations` holds the quotes. A failure after the first chunk is an event with an `error`.
    """
    asked.check_supported()
    question, history = asked.asked()
    _known(asked.model, _names(backend))
    limits = asked.citewell or LimitsIn()
    events = asking.ask(
        backend,
        metrics,
        question,
        history=history,
        filters=limits_of(limits.filters),
        top_k=limits.top_k,
        mode=MODES[asked.model],
    )
    completion_id, created = f"chatcmpl-{request_id_of(request)}", int(time.time())
    if asked.stream:
        usage = bool(asked.stream_options and asked.stream_options.include_usage)
        script = ChatScript(
            completion_id=completion_id, created=created, model=asked.model, include_usage=usage
        )
        return await event_stream(request, events, script)
    answer = await asking.answer_for(request, events)
    return CompletionOut.of(answer, completion_id=completion_id, created=created, model=asked.model)


def _names(backend: Backend) -> list[str]:
    writes = backend.service.mode
    return [name for name, mode in MODES.items() if mode != "llm" or writes == "llm"]


def _known(name: str, names: list[str]) -> str:
    if name not in names:
        raise ModelUnknown(f"There is no model {name!r} here: ask one of {', '.join(names)}.")
    return name
