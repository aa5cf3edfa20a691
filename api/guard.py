"""Who may come in: by the name that the server is called, by whose page asks, by key, by how often.

Each refuses by raising, so that a refusal looks like every other error of the address that was asked. They
stand before all routes and mounted apps: what they are not told of is shut, not open.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import needed
from api.address import is_loopback_name, name_in
from api.keys import ApiKey, KeyFile
from api.keys import Scope as KeyScope
from api.rates import Rates

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_WHERE = "Send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`."


class KnownHost:
    """Refuses requests that call the server by a name that is not its own.

    A page of another site can make its own name lead here (DNS rebinding), and would be of the same origin.

    Args:
        app: what is wrapped.
        keys: where there are some, such a page has none, and only the names given are looked at.
        names: allowed beside those that can only mean this machine.
    """

    def __init__(self, app: ASGIApp, keys: KeyFile, names: Collection[str]) -> None:
        self._app = app
        self._keys = keys
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and not self._known(scope) and (self._names or not self._keys.all()):
            raise _refused(
                scope,
                "host",
                403,
                "This server does not answer to that host name; CITEWELL_ALLOWED_HOSTS lists those it does.",
            )
        await self._app(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        given = Headers(scope=scope).getlist("host")
        name = name_in(given[0]) if len(given) == 1 else ""
        return is_loopback_name(name) or name in self._names


class KnownOrigin:
    """Refuses changes asked for by another site's page: the browser says where it comes from.

    Args:
        app: what is wrapped.
        origins: whose pages may, beside our own.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        changes = scope["type"] == "http" and scope["method"] not in _SAFE_METHODS
        if changes and self._foreign(Headers(scope=scope)):
            raise _refused(
                scope,
                "origin",
                403,
                "Pages of another origin can't use this server, but for those of CITEWELL_ALLOWED_ORIGINS.",
            )
        await self._app(scope, receive, send)

    def _foreign(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if origin in self._origins:
            return False
        try:
            return urlsplit(origin).netloc != headers.get("host", "")
        except ValueError:
            return True


class Guard:
    """Asks for a key where there are keys, and counts how often each caller comes.

    Args:
        app: what is wrapped.
        keys: read again whenever they change.
        required: ask for a key even where there is none. Once there were keys, one is always asked for, so
            that a file that is lost opens nothing.
        rates: for each key; for each address where no key is asked for.
        rates_without_keys: whether these hold there.
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: KeyFile,
        *,
        required: bool,
        rates: Rates | None,
        rates_without_keys: bool,
    ) -> None:
        self._app = app
        self._keys = keys
        self._required = required
        self._rates = rates
        self._rates_without_keys = rates_without_keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "websocket":  # there are none here, and none may pass unasked
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http" and (need := needed(scope["method"], scope["path"])) is not None:
            key = self._admitted(scope, need)
            self._count(scope, key)
        await self._app(scope, receive, send)

    def _admitted(self, scope: Scope, need: KeyScope) -> ApiKey | None:
        """The key that opens; None where none is asked for."""
        self._required = self._required or bool(self._keys.all())
        if not self._required:
            return None
        given = _given(Headers(scope=scope))
        key = self._keys.find(given) if given else None
        if key is None:
            challenge = 'Bearer realm="citewell"' + (', error="invalid_token"' if given else "")
            told = "There is no such API key. " if given else "An API key is needed. "
            reason = "wrong_key" if given else "no_key"
            raise _refused(scope, reason, 401, told + _WHERE, {"WWW-Authenticate": challenge})
        scope["state"]["key"] = key.name
        if not key.may(need):
            challenge = f'Bearer realm="citewell", error="insufficient_scope", scope="{need}"'
            told = f"This needs a key of scope {need}."
            raise _refused(scope, "scope", 403, told, {"WWW-Authenticate": challenge})
        return key

    def _count(self, scope: Scope, key: ApiKey | None) -> None:
        if self._rates is None or (key is None and not self._rates_without_keys):
            return
        address = (scope.get("client") or ("unknown", 0))[0]
        wait_s = self._rates.wait_s(f"address {address}" if key is None else f"key {key.name}")
        if wait_s:
            told = f"Too many requests; try again in {wait_s} s."
            raise _refused(scope, "rate", 429, told, {"Retry-After": str(wait_s)})


def _refused(
    scope: Scope, reason: str, status: int, told: str, headers: dict[str, str] | None = None
) -> HTTPException:
    """The refusal of a request, its reason noted for the log and the figures."""
    scope["state"]["refused"] = reason
    return HTTPException(status, told, headers)


def _given(headers: Headers) -> str:
    """The key of a request: ``X-API-Key``, else a bearer token; empty where there is none."""
    if own := headers.get("x-api-key", "").strip():
        return own
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
