"""The tools at ``/mcp``: streamable HTTP without sessions, so that any worker answers any request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from api.backend import Backend
from api.metrics import Metrics

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class McpDoor:
    """An ASGI app that speaks the protocol. The SDK is imported with the first request.

    Args:
        backend: reaches the service.
        metrics: counts answers and searches.
    """

    def __init__(self, backend: Backend, metrics: Metrics) -> None:
        self._backend = backend
        self._metrics = metrics
        self._opening = asyncio.Lock()
        self._manager: StreamableHTTPSessionManager | None = None
        self._closing = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        async with self._opening:
            if self._manager is None:
                self._manager = await self._opened()
        await self._manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what runs."""
        self._closing.set()
        if self._running is not None:
            with suppress(asyncio.CancelledError):
                await self._running

    async def _opened(self) -> StreamableHTTPSessionManager:
        manager = await asyncio.to_thread(_made, self._backend, self._metrics)
        opened = asyncio.Event()

        async def run() -> None:
            async with manager.run():  # entered and left by one task, as its task group demands
                opened.set()
                await self._closing.wait()

        self._running = asyncio.create_task(run())
        await opened.wait()
        return manager


def _made(backend: Backend, metrics: Metrics) -> StreamableHTTPSessionManager:
    from mcp.server.transport_security import TransportSecuritySettings

    from api.mcp.tools import build

    server = build(backend.call, metrics)
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        # Names of hosts and origins are checked before every route, here too.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return server.session_manager
