"""The events of a streamed answer of ``/v1/ask``: named, with JSON data."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.wire.ask import AskOut, CitationOut, RetrievedOut
from api.wire.problem import Problem


class RetrievalOut(BaseModel):
    """The ranked candidates, before anything is written."""

    retrieved: list[RetrievedOut]


class DeltaOut(BaseModel):
    """Verified text of the answer that comes next."""

    text: str


class DoneOut(BaseModel):
    """Nothing more comes."""


SHAPES: dict[str, type[BaseModel]] = {
    "retrieval": RetrievalOut,
    "citation": CitationOut,
    "delta": DeltaOut,
    "final": AskOut,
    "done": DoneOut,
    "error": Problem,
}
"""Each event's data, by its name."""


def _event_schema(name: str, shape: type[BaseModel]) -> dict[str, Any]:
    data = {"$ref": f"#/components/schemas/{shape.__name__}"}
    encoded = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "description": (shape.__doc__ or "").splitlines()[0],
        "required": ["event", "id", "data"],
        "properties": {"event": {"const": name}, "id": {"type": "string"}, "data": encoded},
    }


EVENT_SCHEMA: dict[str, Any] = {"oneOf": [_event_schema(name, shape) for name, shape in SHAPES.items()]}
"""What OpenAPI says of one event."""
