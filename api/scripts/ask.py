"""A streamed answer of ``/v1/ask``, written down."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.sse import format_sse_event
from pydantic import BaseModel

from api.wire.ask import AskOut, CitationOut, RetrievedOut
from api.wire.events import DeltaOut, DoneOut, RetrievalOut
from api.wire.problem import Problem
from rag.events import AskEvent, Delta, Retrieval
from rag.types import Citation


class AskScript:
    """Events in the order of the contract, numbered from 1."""

    def __init__(self) -> None:
        self._number = 0

    def event(self, event: AskEvent) -> Iterator[bytes]:
        """One event of the answer; the answer itself is ``final``, the very body of an unstreamed one."""
        match event:
            case Retrieval(hits):
                yield self._frame("retrieval", RetrievalOut(retrieved=[RetrievedOut.of(hit) for hit in hits]))
            case Citation():
                yield self._frame("citation", CitationOut.of(event))
            case Delta(text):
                yield self._frame("delta", DeltaOut(text=text))
            case answer:
                yield self._frame("final", AskOut.of(answer))

    def done(self) -> Iterator[bytes]:
        """The end, all well."""
        yield self._frame("done", DoneOut())

    def failed(self, problem: Problem) -> Iterator[bytes]:
        """The end, with what went wrong."""
        yield self._frame("error", problem)

    def _frame(self, name: str, data: BaseModel) -> bytes:
        self._number += 1
        return format_sse_event(event=name, data_str=data.model_dump_json(), id=str(self._number))
