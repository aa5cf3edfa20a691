"""The OpenAPI document: enough to make a client of, with every error, and an example of every body."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.access import needed
from api.errors import plain_problem
from api.keys import Scope
from api.wire.chunks import ChunkOut
from api.wire.events import SHAPES
from api.wire.openai_error import ErrorEnvelope, speaks_openai
from api.wire.problem import MEDIA_TYPE, Problem

REFERRED: tuple[type[BaseModel], ...] = (Problem, *SHAPES.values(), ChunkOut, ErrorEnvelope)
"""What documents refer to beyond the bodies of routes."""

_MEANING = {
    401: "The server has API keys, and none or a wrong one was sent.",
    403: "The key's scope does not reach that far; or an unknown page or host name asks.",
    404: "There is no such thing.",
    413: "The body is too large.",
    429: "Too many requests; `Retry-After` says when to try again.",
    422: "The request is malformed; `errors` names the fields.",
    502: "The model behind failed.",
    500: "A defect; the server's log says more, under the same request id.",
    503: "Not ready, or too busy; `Retry-After` says when to try again.",
    504: "It took too long, or the model behind did.",
    507: "The disk is full.",
}
_REQUEST_ID = "5f0c2a4be7d1469d9d7d5f7f9f1f0a3c"
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


def operation_id(route: APIRoute) -> str:
    """What a generated client calls a route: as the function that answers it."""
    return route.name


def complete(app: FastAPI) -> None:
    """Put into the app's document what no route says of itself: keys, examples, what problems refer to."""
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
                    _guarded(operation, scope)
                _fails(path, operation)
                _shown(operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _guarded(operation: dict[str, Any], scope: Scope) -> None:
    """Say of an operation which key it needs, where there are keys."""
    operation["security"] = [{}, *({name: []} for name in _SCHEMES)]
    operation["x-scope"] = scope


def _fails(path: str, operation: dict[str, Any]) -> None:
    """Add how an operation can fail before its route is reached, or by a defect."""
    statuses = (401, 403, 429, 500) if "security" in operation else (403, 500)
    responses = operation["responses"]
    for status, response in (envelopes if speaks_openai(path) else problems)(*statuses).items():
        responses.setdefault(str(status), response)
    operation["responses"] = dict(sorted(responses.items()))


def _shown(operation: dict[str, Any]) -> None:
    """Give an operation's answers their examples."""
    for status, response in operation["responses"].items():
        for kind, body in response.get("content", {}).items():
            if int(status) >= HTTPStatus.BAD_REQUEST:
                problem = plain_problem(int(status), _MEANING[int(status)], _REQUEST_ID)
                told = problem if kind == MEDIA_TYPE else ErrorEnvelope.of(problem)
                body["example"] = told.model_dump()
            elif kind == "application/json" and operation["operationId"] in _examples():
                body["example"] = _examples()[operation["operationId"]]


@cache
def _examples() -> dict[str, Any]:
    """Answers of a server that held the bundled papers, by operation; a test checks them."""
    found: dict[str, Any] = json.loads((files("api.wire") / "examples.json").read_text("utf-8"))
    return found
