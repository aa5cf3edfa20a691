"""The events of a streamed answer of ``/v1/chat/completions``: unnamed chunks, and ``[DONE]``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.wire.ask import CitationOut, UsageOut
from api.wire.chat import AboutOut, AnnotationOut, FinishReason


def _absent(value: object) -> bool:
    return value is None


class DeltaMessageOut(BaseModel):
    """What a chunk adds to the message; absent fields add nothing."""

    role: Literal["assistant"] | None = Field(default=None, exclude_if=_absent)
    content: str | None = Field(default=None, exclude_if=_absent)
    annotations: list[AnnotationOut] | None = Field(default=None, exclude_if=_absent)


class ChunkChoiceOut(BaseModel):
    """The one choice there is, as far as one chunk goes."""

    index: int = 0
    delta: DeltaMessageOut
    logprobs: None = None
    finish_reason: FinishReason | None = None


class ChunkOut(BaseModel):
    """One event of a streamed answer; `[DONE]` follows the last."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoiceOut]
    usage: UsageOut | None = Field(default=None, exclude_if=_absent)
    citations: list[CitationOut] | None = Field(
        None, exclude_if=_absent, description="On the chunk with `finish_reason`."
    )
    citewell: AboutOut | None = Field(
        None, exclude_if=_absent, description="On the chunk with `finish_reason`."
    )


CHUNK_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "data": {
            "oneOf": [
                {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {
                        "oneOf": [
                            {"$ref": "#/components/schemas/ChunkOut"},
                            {"$ref": "#/components/schemas/ErrorEnvelope"},
                        ]
                    },
                },
                {"const": "[DONE]"},
            ]
        }
    },
}
"""What OpenAPI says of one event."""
