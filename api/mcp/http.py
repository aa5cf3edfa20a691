"""The tools at ``/mcp``: streamable HTTP without sessions, so that any worker answers any request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from api.asking import unless_gone
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
        """Handle one request; what it asked for is stopped where its client goes.

        Raises:
            ClientDisconnect: the client went.
        """
        async with self._opening:
            if self._manager is None:
                self._manager = await self._opened()
        request = Request(scope, receive)
        read = _again(await request.body())
        await unless_gone(request, self._manager.handle_request(scope, read, send))

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


def _again(body: bytes) -> Receive:
    """Hands out a body that was read; that its client goes is never told, it is cancelled then."""
    left: list[Message] = [{"type": "http.request", "body": body}]

    async def receive() -> Message:
        return left.pop() if left else await asyncio.Future()

    return receive


def _made(backend: Backend, metrics: Metrics) -> StreamableHTTPSessionManager:
    from mcp.server.transport_security import TransportSecuritySettings

    from api.mcp.tools import build

    async def reach() -> Backend:
        return backend

    server = build(reach, metrics)
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        # Names of hosts and origins are checked before every route, here too.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return server.session_manager
