"""The tools over standard input and output, for a client that starts the server itself."""

from __future__ import annotations

import asyncio

from api.backend import Backend, Opener
from rag.settings import Settings


def serve_stdio(opener: Opener, settings: Settings) -> None:
    """Serve until the client closes standard input. The service is opened beside the handshake.

    Raises:
        CitewellError: the service could not be opened.
    """
    from api.mcp.tools import build

    backend = Backend.of(opener, settings)

    async def reach() -> Backend:
        await asyncio.to_thread(backend.opened.wait)
        return backend

    backend.start()
    try:
        asyncio.run(build(reach).run_stdio_async())
    finally:
        backend.stop()
    if backend.failure is not None:
        raise backend.failure
