"""An answer as server-sent events: retrieval, then citations and text as they come, final, done.

Only text that has passed verification is here, so no client ever has to take words back.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from fastapi.sse import format_sse_event
from pydantic import TypeAdapter

from api.wire.ask import AskOut, CitationOut, RetrievedOut

_RETRIEVED = TypeAdapter(dict[str, list[RetrievedOut]])
_TEXT = TypeAdapter(dict[str, str])


def _event_schema(name: str, data: dict[str, Any]) -> dict[str, Any]:
    encoded = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "required": ["event", "id", "data"],
        "properties": {"event": {"const": name}, "id": {"type": "string"}, "data": encoded},
    }


EVENT_SCHEMA: dict[str, Any] = {
    "oneOf": [
        _event_schema(
            "retrieval",
            {
                "type": "object",
                "properties": {
                    "retrieved": {"type": "array", "items": {"$ref": "#/components/schemas/RetrievedOut"}}
                },
            },
        ),
        _event_schema("citation", {"$ref": "#/components/schemas/CitationOut"}),
        _event_schema("delta", {"type": "object", "properties": {"text": {"type": "string"}}}),
        _event_schema("final", {"$ref": "#/components/schemas/AskOut"}),
        _event_schema("done", {"type": "object"}),
    ]
}
"""What OpenAPI says of one event."""


def events(body: AskOut) -> Iterator[bytes]:
    """The events of one answer, encoded. ``final`` is the very body that is sent without streaming."""
    number = 0

    def event(name: str, data: str) -> bytes:
        nonlocal number
        number += 1
        return format_sse_event(event=name, data_str=data, id=str(number))

    yield event("retrieval", _RETRIEVED.dump_json({"retrieved": body.retrieved}).decode())
    for piece in _pieces(body):
        if isinstance(piece, CitationOut):
            yield event("citation", piece.model_dump_json())
        else:
            yield event("delta", _TEXT.dump_json({"text": piece}).decode())
    yield event("final", body.model_dump_json())
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
