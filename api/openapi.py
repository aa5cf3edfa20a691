"""The OpenAPI document: complete, with every error as a problem document."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from api.wire.events import SHAPES
from api.wire.problem import MEDIA_TYPE, Problem

REFERRED: tuple[type[BaseModel], ...] = (Problem, *SHAPES.values())
"""What documents refer to beyond the bodies of routes."""

_MEANING = {
    403: "Asked for by a page of another origin.",
    404: "There is no such thing.",
    413: "The body is too large.",
    422: "The request is malformed; `errors` names the fields.",
    502: "The model behind failed.",
    503: "Not ready, or too busy; `Retry-After` says when to try again.",
    504: "The model behind did not answer in time.",
}
_RETRY = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that can fail in these ways."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": _MEANING[status],
        "content": {MEDIA_TYPE: {"schema": schema}},
        **({"headers": _RETRY} if status == 503 else {}),
    }


def complete(app: FastAPI) -> None:
    """Put what problem responses refer to into the app's document, whatever the routes mention."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for shape in REFERRED:
            own = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(own.pop("$defs", {}))
            schemas[shape.__name__] = own
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
