"""Errors as OpenAI's protocol tells them: what its clients read, made from the same problem documents."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import BaseModel, Field

from api.wire.problem import Problem

_TYPES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}


class ErrorOut(BaseModel):
    """What went wrong and what to do about it."""

    message: str
    type: str = Field(description="`invalid_request_error`, `server_error` or one of a few more.")
    param: str | None = Field(description="The field at fault, dotted where nested.")
    code: str = Field(description="Names the kind of error; stable.")


class ErrorEnvelope(BaseModel):
    """An error of OpenAI's protocol."""

    error: ErrorOut

    @classmethod
    def of(cls, problem: Problem) -> ErrorEnvelope:
        """From the problem document that other addresses send."""
        other = (
            "server_error" if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
        )
        field = problem.errors[0].field if problem.errors else ""
        code = problem.type.rpartition(":")[2].replace("-", "_")
        return cls(
            error=ErrorOut(
                message=problem.detail, type=_TYPES.get(problem.status, other), param=field or None, code=code
            )
        )


def speaks_openai(path: str) -> bool:
    """Whether an address belongs to OpenAI's protocol."""
    return path == "/v1/models" or path.startswith(("/v1/models/", "/v1/chat/"))
