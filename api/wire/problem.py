"""RFC 9457 problem documents: what every error looks like."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One field that is wrong."""

    field: str = Field(description="Dotted where nested; empty where no single field is meant.")
    message: str


class Problem(BaseModel):
    """What went wrong and what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:citewell:problem:invalid-input",
                    "title": "The request is malformed",
                    "status": 422,
                    "detail": "top_k: Input should be less than or equal to 50",
                    "request_id": "5f0c2a4be7d1469d9d7d5f7f9f1f0a3c",
                    "errors": [{"field": "top_k", "message": "Input should be less than or equal to 50"}],
                    "not_ready": [],
                }
            ]
        }
    )

    type: str = Field(description="Names the kind of problem; stable.")
    title: str
    status: int
    detail: str
    request_id: str = Field("", description="The same as the `X-Request-ID` header and the server's log.")
    errors: list[Fault] = Field(default_factory=list, description="The fields at fault.")
    not_ready: list[str] = Field(default_factory=list, description="Parts not ready yet.")
