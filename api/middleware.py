"""What wraps every request: identity and headers outside of all, how much it sends innermost."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import plain_problem, problem_response
from api.logs import REQUEST_ID
from api.metrics import Metrics
from rag.watch import Watcher, watched_by

log = logging.getLogger("citewell.api")

CONTENT_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Envelope:
    """A request id in and out, security headers, one log line, the counts; and the last catch for a defect.

    The log line holds the route's template, never the address as asked: that may hold a question.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, watcher: Watcher) -> None:
        self._app = app
        self._metrics = metrics
        self._watcher = watcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(Headers(scope=scope).get("x-request-id", ""))
        scope.setdefault("state", {})["request_id"] = request_id
        bound = REQUEST_ID.set(request_id)
        status, told = 0, False

        def tell_once() -> None:
            nonlocal told
            if not told:
                told = True
                self._tell(scope, status, time.perf_counter() - started)

        async def send_and_tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope["path"], request_id)
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                tell_once()  # before its end is sent: whoever has the answer finds it counted
            await send(message)

        try:
            with watched_by(self._watcher):
                await self._app(scope, receive, send_and_tell)
        except Exception:  # the process's border: a defect is logged and told without its insides
            log.exception("a request failed by a defect")
            if status:
                raise  # the response has begun: the connection must break, not end as if all were well
            failed = problem_response(plain_problem(500, request_id=request_id), scope)
            await failed(scope, receive, send_and_tell)
        finally:
            tell_once()
            REQUEST_ID.reset(bound)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        """Log and count a request that has ended."""
        method, route, state = _method(scope), _route(scope), scope["state"]
        self._metrics.request(method, route, status, seconds)
        told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        who = {name: state[name] for name in ("key", "refused") if name in state}
        if reason := state.get("refused"):
            self._metrics.refused(reason)
        line = f"{method} {route} {status} {seconds * 1000:.1f}ms"
        log.info(
            " ".join([line, *(f"{name}={value}" for name, value in who.items())]),
            extra={"fields": told | who},
        )


class BodyLimit:
    """Answers 413 for a body larger than its address takes, declared or found while reading.

    Args:
        app: what is wrapped.
        limit_of: path to bytes.
    """

    def __init__(self, app: ASGIApp, limit_of: Callable[[str], int]) -> None:
        self._app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > limit:
            await _drain(receive, limit)
            raise HTTPException(413, _too_large(limit))
        read, begun = 0, False

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, _too_large(limit))
            return message

        async def send_unless_over(message: Message) -> None:
            nonlocal begun
            if begun or read <= limit:  # what an app makes of the broken body is no answer
                begun = True
                await send(message)

        try:
            await self._app(scope, receive_limited, send_unless_over)
        finally:
            if read > limit and not begun:
                raise HTTPException(413, _too_large(limit))


async def _drain(receive: Receive, at_most: int) -> None:
    """Read on for a while: a client that still sends would miss the answer in a reset connection."""
    read, more = 0, True
    while more and read <= at_most:
        message = await receive()
        read += len(message.get("body", b""))
        more = bool(message.get("more_body"))


def _too_large(limit: int) -> str:
    return f"This address takes bodies of at most {limit:,} bytes."


def _add_headers(headers: MutableHeaders, path: str, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if path.startswith("/v1/"):
        headers.setdefault("Cache-Control", "no-store")


def _request_id(given: str) -> str:
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"


def _route(scope: Scope) -> str:
    if "refused" in scope["state"]:
        return "refused"
    template = getattr(scope.get("route"), "path", "")
    if template:
        return str(template)
    path = str(scope["path"])
    if path.startswith("/static/"):
        return "/static"
    return path.removesuffix("/") if path in ("/openapi.json", "/mcp", "/mcp/") else "unmatched"
