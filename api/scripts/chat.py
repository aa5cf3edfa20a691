"""A streamed answer of ``/v1/chat/completions``, written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.sse import format_sse_event
from pydantic import BaseModel

from api.wire.ask import CitationOut, UsageOut
from api.wire.chat import AboutOut, annotations_of, finish_reason
from api.wire.chunks import ChunkChoiceOut, ChunkOut, DeltaMessageOut
from api.wire.openai_error import ErrorEnvelope
from api.wire.problem import Problem
from rag.events import AskEvent, Delta, Retrieval
from rag.types import Answer, Citation


class ChatScript:
    """Chunks of one completion.

    Args:
        completion_id: the same in every chunk.
        created: seconds since 1970.
        model: as asked for.
        include_usage: send a last chunk with the tokens counted, as ``stream_options`` asks.
    """

    def __init__(self, *, completion_id: str, created: int, model: str, include_usage: bool) -> None:
        self._same: dict[str, Any] = {"id": completion_id, "created": created, "model": model}
        self._include_usage = include_usage

    def event(self, event: AskEvent) -> Iterator[bytes]:
        """The role once papers are found, then the text; citations come with the end, where clients look."""
        match event:
            case Retrieval():
                yield self._chunk(DeltaMessageOut(role="assistant", content=""))
            case Citation():
                pass
            case Delta(text):
                yield self._chunk(DeltaMessageOut(content=text))
            case answer:
                yield from self._end(answer)

    def done(self) -> Iterator[bytes]:
        """The end, all well."""
        yield format_sse_event(data_str="[DONE]")

    def failed(self, problem: Problem) -> Iterator[bytes]:
        """The end, with what went wrong: OpenAI's clients raise it."""
        yield _frame(ErrorEnvelope.of(problem))

    def _end(self, answer: Answer) -> Iterator[bytes]:
        choice = ChunkChoiceOut(
            delta=DeltaMessageOut(annotations=annotations_of(answer)), finish_reason=finish_reason(answer)
        )
        citations = [CitationOut.of(citation) for citation in answer.citations]
        yield _frame(
            ChunkOut(**self._same, choices=[choice], citations=citations, citewell=AboutOut.of(answer))
        )
        if self._include_usage:
            yield _frame(ChunkOut(**self._same, choices=[], usage=UsageOut.of(answer.usage)))

    def _chunk(self, delta: DeltaMessageOut) -> bytes:
        return _frame(ChunkOut(**self._same, choices=[ChunkChoiceOut(delta=delta)]))


def _frame(data: BaseModel) -> bytes:
    return format_sse_event(data_str=data.model_dump_json())
