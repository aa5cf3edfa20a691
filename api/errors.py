"""Every error as an RFC 9457 problem document. The tree in ``rag.errors`` is mapped whole; a test says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import responses
from json import JSONDecodeError
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from api.wire.openai_error import ErrorEnvelope, speaks_openai
from api.wire.problem import MEDIA_TYPE, Fault, Problem
from rag import errors

log = logging.getLogger("citewell.api")

GONE = 499
"""What the log and the metrics note for a client that went away unanswered; nobody reads it."""
RETRY_S = 1
"""Seconds to wait where the error itself names none."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of error is told: status, stable name, title; ``private`` keeps its message in the log."""

    status: int
    name: str
    title: str
    private: bool = False


KINDS: dict[type[errors.CitewellError], Kind] = {
    errors.CitewellError: Kind(500, "internal", "Something went wrong here", private=True),
    errors.InvalidInput: Kind(422, "invalid-input", "The request is malformed"),
    errors.UnknownFormat: Kind(422, "unknown-format", "No reader knows this file"),
    errors.NotFound: Kind(404, "not-found", "There is no such thing here"),
    errors.ModelUnknown: Kind(404, "model-not-found", "There is no model of this name"),
    errors.ConfigError: Kind(503, "configuration", "The server is not set up rightly", private=True),
    errors.ModelMissing: Kind(503, "model-missing", "A model's weights are missing", private=True),
    errors.Unguarded: Kind(503, "unguarded", "The server asks for no key", private=True),
    errors.LibraryError: Kind(503, "library", "The library can't be used", private=True),
    errors.LibraryLocked: Kind(503, "library-locked", "Another process holds the library", private=True),
    errors.LibraryCorrupt: Kind(503, "library-corrupt", "The library can't be read", private=True),
    errors.DiskFull: Kind(507, "disk-full", "The disk is full", private=True),
    errors.EmbeddingMismatch: Kind(503, "embedding-mismatch", "The library fits another model", private=True),
    errors.SavedUnavailable: Kind(503, "saved-answers", "The saved answers can't be used", private=True),
    errors.NotReady: Kind(503, "not-ready", "Not ready; try again"),
    errors.IndexUnavailable: Kind(503, "index-unavailable", "The index can't be used; try again"),
    errors.StoreUnavailable: Kind(503, "store-unavailable", "The vector store is away", private=True),
    errors.Overtaken: Kind(503, "overtaken", "The papers changed meanwhile; ask again"),
    errors.Stopped: Kind(503, "stopped", "Stopped before it was done; try again"),
    errors.TimedOut: Kind(504, "timed-out", "It took too long"),
    errors.ModelFailed: Kind(502, "model-failed", "The model behind failed"),
    errors.ModelTimeout: Kind(504, "model-timeout", "The model behind did not answer in time"),
}

_BY_STATUS = {
    401: Kind(401, "unauthorized", "An API key is needed"),
    403: Kind(403, "forbidden", "Not allowed"),
    404: Kind(404, "not-found", "There is no such thing here"),
    405: Kind(405, "method-not-allowed", "This address takes other methods"),
    413: Kind(413, "too-large", "The request is too large"),
    422: KINDS[errors.InvalidInput],
    429: Kind(429, "too-many-requests", "Too many requests; slow down"),
    502: KINDS[errors.ModelFailed],
    503: KINDS[errors.NotReady],
    504: KINDS[errors.TimedOut],
    507: KINDS[errors.DiskFull],
}


def kind_of(error: errors.CitewellError) -> Kind:
    """How an error is told: as its own class, or as the nearest one above it that is mapped."""
    return next(KINDS[cls] for cls in type(error).__mro__ if cls in KINDS)


def problem_of(error: errors.CitewellError, request_id: str = "") -> Problem:
    """The problem document for an error raised on purpose."""
    kind = kind_of(error)
    field = error.field if isinstance(error, errors.InvalidInput) else ""
    detail = "The server's log says what to do, under this request id." if kind.private else clean(str(error))
    return Problem(
        type=_type(kind),
        title=kind.title,
        status=kind.status,
        detail=detail,
        request_id=request_id,
        errors=[Fault(field=clean(field), message=detail)] if field else [],
    )


def plain_problem(status: int, detail: str = "", request_id: str = "") -> Problem:
    """The problem document for a bare HTTP status."""
    phrase = responses.get(status, "Error")
    kind = _BY_STATUS.get(status, Kind(status, phrase.lower().replace(" ", "-"), phrase))
    return Problem(
        type=_type(kind),
        title=kind.title,
        status=status,
        detail=clean(detail) or f"{phrase}.",
        request_id=request_id,
    )


def problem_response(problem: Problem, scope: Scope, headers: dict[str, str] | None = None) -> Response:
    """The response that tells a problem; a 503 always says when to come back.

    Args:
        problem: what went wrong.
        scope: of the request: addresses of OpenAI's protocol get that protocol's envelope.
        headers: to send along.
    """
    headers = dict(headers or {})
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_S))
    if speaks_openai(str(scope["path"])):
        body = ErrorEnvelope.of(problem).model_dump_json()
        return Response(body, problem.status, headers, "application/json")
    return Response(problem.model_dump_json(), problem.status, headers, MEDIA_TYPE)


def clean(text: str) -> str:
    """Text that can be sent as UTF-8: lone surrogates, which a client can put into JSON, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def install(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Make every error of the app a problem document.

    Args:
        app: the app.
        routes: all that it takes, so that a wrong method is told every right one.
    """

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # registered for nothing else
        unread = error.status_code == HTTPStatus.BAD_REQUEST
        status = 422 if unread else error.status_code
        detail = "" if error.detail == responses.get(error.status_code) else error.detail
        if unread and isinstance(cause := error.__cause__, (ValueError, RecursionError)):  # of the body
            detail = not_json(cause)
        headers = dict(error.headers or {})
        if status == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods(routes, request.scope["path"])):
            headers["Allow"] = ", ".join(methods)
        problem = plain_problem(status, detail, request_id_of(request))
        return problem_response(problem, request.scope, headers)

    app.add_exception_handler(errors.CitewellError, _on_citewell_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(ClientDisconnect, _on_client_gone)


def request_id_of(request: Request) -> str:
    """The id that the outermost middleware gave this request."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def _type(kind: Kind) -> str:
    return f"urn:citewell:problem:{kind.name}"


async def _on_citewell_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.CitewellError)  # noqa: S101  # registered for nothing else
    problem = problem_of(error, request_id_of(request))
    if kind_of(error).private:
        log.error("%s: %s", problem.title, clean(str(error)))
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, errors.NotReady) else {}
    return problem_response(problem, request.scope, headers)


async def _on_client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=GONE)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for nothing else
    faults = (
        [Fault(field="", message="Send the body as JSON, with Content-Type: application/json.")]
        if isinstance(error.body, bytes)
        else [_fault(found, error.body) for found in error.errors()[:20]]
    )
    problem = plain_problem(422, "; ".join(f"{f.field}: {f.message}".removeprefix(": ") for f in faults))
    problem = problem.model_copy(update={"errors": faults, "request_id": request_id_of(request)})
    return problem_response(problem, request.scope)


def _fault(found: dict[str, Any], body: object) -> Fault:
    """What pydantic found, by field. What was sent is not repeated."""
    if found["type"] == "json_invalid":  # a place in the text instead: there is no field
        return Fault(
            field="", message=not_json(JSONDecodeError(found["ctx"]["error"], str(body), found["loc"][-1]))
        )
    return Fault(field=_field(found["loc"]), message=clean(str(found["msg"]))[:500])


def not_json(error: Exception) -> str:
    """What is wrong with a body that can't be read as JSON, and where."""
    if isinstance(error, JSONDecodeError):
        return f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
    if isinstance(error, UnicodeDecodeError):
        return f"The body is not JSON: byte {error.start} is no {error.encoding.upper()}."
    return "The body can't be read as JSON: it nests too deeply, or a number in it is too long."


def _field(loc: Sequence[str | int]) -> str:
    """``("body", "filters", "year_from")`` as ``filters.year_from``."""
    inner = loc[1:] if loc and loc[0] in ("body", "query", "path", "header") else loc
    return clean(".".join(str(part) for part in inner))[:200]


def _methods(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """What an address takes; each of its methods is a route of its own."""
    return sorted(
        {
            method
            for route in routes
            if isinstance(route, Route) and route.path_regex.fullmatch(path)
            for method in route.methods or ()
        }
    )
