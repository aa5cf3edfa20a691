"""The Model Context Protocol, at ``/mcp``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.deps import Parts


class Door:
    """Leads to the app's own. The address takes a slash at its end or none: clients send either."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        parts: Parts = scope["app"].state.parts
        await parts.mcp(scope, receive, send)


router = APIRouter(
    routes=[Route(path, Door(), methods=["POST"], include_in_schema=False) for path in ("/mcp", "/mcp/")]
)
