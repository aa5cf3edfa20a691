"""An answer as server-sent events: retrieval, then citations and text as they come, final, done.

Only text that has passed verification is here, so no client ever has to take words back.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fastapi.sse import format_sse_event
from pydantic import BaseModel, TypeAdapter

from api.wire.ask import AskOut, CitationOut, RetrievedOut


class Retrieval(BaseModel):
    """Data of ``retrieval``: what is looked at, before anything is written."""

    retrieved: list[RetrievedOut]


class Delta(BaseModel):
    """Data of ``delta``: the next piece of the answer; all pieces in order are the answer."""

    text: str


def events(body: AskOut) -> Iterator[bytes]:
    """The events of one answer, encoded. ``final`` is the very body that is sent without streaming."""
    number = 0

    def event(name: str, data: str) -> bytes:
        nonlocal number
        number += 1
        return format_sse_event(event=name, data_str=data, id=str(number))

    yield event("retrieval", Retrieval(retrieved=body.retrieved).model_dump_json())
    for piece in _pieces(body):
        if isinstance(piece, CitationOut):
            yield event("citation", piece.model_dump_json())
        else:
            yield event("delta", Delta(text=piece).model_dump_json())
    yield event("final", TypeAdapter(AskOut).dump_json(body).decode())
    yield event("done", "{}")


def _pieces(body: AskOut) -> Iterator[str | CitationOut]:
    """The answer cut at its sentences; a citation goes out just before the text that first points to it."""
    starts = [sentence.start for sentence in body.sentences]
    cuts = sorted({0, *starts, len(body.answer)})
    known = {citation.number: citation for citation in body.citations}
    sentences = {sentence.start: sentence for sentence in body.sentences}
    for start, end in pairwise(cuts):
        for number in sentences[start].citations if start in sentences else ():
            if number in known:
                yield known.pop(number)
        yield body.answer[start:end]
