"""The tools over standard input and output, for a client that starts the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from api.backend import Backend, Opener
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.service import Service

T = TypeVar("T")


def serve_stdio(opener: Opener, settings: Settings) -> None:
    """Serve until the client closes standard input. The service is opened beside the handshake.

    Raises:
        CitewellError: the service could not be opened.
    """
    from api.mcp.tools import build

    backend = Backend.of(opener, settings)

    async def call(work: Callable[[Service], T]) -> T:
        await asyncio.to_thread(backend.opened.wait)
        return await backend.call(work)

    backend.start()
    try:
        asyncio.run(build(call).run_stdio_async())
    finally:
        backend.stop()
    if backend.failure is not None:
        raise backend.failure
