"""The OpenAPI document: complete, with every error as a problem document."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from api.access import needed
from api.keys import Scope
from api.wire.chat import ChunkOut
from api.wire.events import SHAPES
from api.wire.openai_error import ErrorEnvelope, speaks_openai
from api.wire.problem import MEDIA_TYPE, Problem

REFERRED: tuple[type[BaseModel], ...] = (Problem, *SHAPES.values(), ChunkOut, ErrorEnvelope)
"""What documents refer to beyond the bodies of routes."""

_MEANING = {
    401: "The server has API keys, and none or a wrong one was sent.",
    403: "The key's scope does not reach that far; or a page of another origin asks.",
    404: "There is no such thing.",
    413: "The body is too large.",
    429: "Too many requests; `Retry-After` says when to try again.",
    422: "The request is malformed; `errors` names the fields.",
    502: "The model behind failed.",
    503: "Not ready, or too busy; `Retry-After` says when to try again.",
    504: "The model behind did not answer in time.",
    507: "The disk is full.",
}
_RETRY = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, where the server has some."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same."},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that can fail in these ways."""
    return {status: _failure(status, MEDIA_TYPE, Problem) for status in statuses}


def envelopes(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same of a route of OpenAI's protocol."""
    return {status: _failure(status, "application/json", ErrorEnvelope) for status in statuses}


def _failure(status: int, media_type: str, shape: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {
        "description": _MEANING[status],
        "content": {media_type: {"schema": schema}},
        **({"headers": _RETRY} if status in (429, 503) else {}),
    }


def complete(app: FastAPI) -> None:
    """Put into the app's document what no route says of itself: keys, and what problem responses refer to."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        parts = document.setdefault("components", {})
        schemas = parts.setdefault("schemas", {})
        for shape in REFERRED:
            own = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(own.pop("$defs", {}))
            schemas[shape.__name__] = own
        parts["securitySchemes"] = _SCHEMES
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if (scope := needed(method.upper(), path)) is not None:
                    _guarded(path, operation, scope)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _guarded(path: str, operation: dict[str, Any], scope: Scope) -> None:
    """Say of an operation which key it needs, where there are keys, and how it refuses others."""
    operation["security"] = [{}, *({name: []} for name in _SCHEMES)]
    operation["x-scope"] = scope
    responses = operation["responses"]
    refused = (envelopes if speaks_openai(path) else problems)(401, 403, 429)
    for status, response in refused.items():
        responses.setdefault(str(status), response)
    operation["responses"] = dict(sorted(responses.items()))
