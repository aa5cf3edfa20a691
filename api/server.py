"""Uvicorn around the app: where it may listen, when it is ready, how it ends."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn

from api.address import is_public, listening, url_of
from api.app import create_app
from api.backend import Backend, Opener
from api.deps import Parts
from api.keys import KeyFile
from rag.errors import Unguarded
from rag.settings import Settings

GRACE_S = 10
"""Seconds from a signal to the end, whatever still runs."""
PATIENCE_S = 5
"""Seconds that live streams have to end by themselves; then they are ended, with an ``error`` event."""

_OPTIONS: dict[str, Any] = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,  # whoever can connect could write them
    "timeout_graceful_shutdown": GRACE_S,
}


class Server(uvicorn.Server):
    """Uvicorn that tells the app first when it stops: the app learns of it otherwise when all streams ended.

    Args:
        config: as for uvicorn.
        backend: stops taking calls, and ends its streams in time.
    """

    def __init__(self, config: uvicorn.Config, backend: Backend) -> None:
        super().__init__(config)
        self._backend = backend

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: no new calls from here on, running ones end."""
        self._backend.drain(PATIENCE_S)
        await super().shutdown(sockets)


def serve(
    opener: Opener,
    settings: Settings,
    *,
    on_listening: Callable[[str], None],
    on_ready: Callable[[str, int], None],
) -> None:
    """Serve until SIGTERM or SIGINT, then let what runs end and return.

    Args:
        opener: builds the service, while the server already says how far it is.
        settings: host, port and limits.
        on_listening: told the address once connections are accepted.
        on_ready: told the address and the number of papers once questions can be answered.

    Raises:
        Unguarded: the address is public, and there is no API key.
        ConfigError: the address can't be had, or is none.
        CitewellError: the service could not be opened.
    """
    _check_guarded(settings)
    with listening(settings.host, settings.port) as listener:
        url = url_of(listener)
        on_listening(url)
        if settings.workers > 1:
            from api.together import shared_folder
            from api.workers import Worker, serve_many

            with shared_folder() as together:
                serve_many(Worker(opener, settings, PATIENCE_S, together), listener, on_ready, _OPTIONS)
            return
        app = create_app(opener, settings)
        parts: Parts = app.state.parts
        server = Server(uvicorn.Config(app, **_OPTIONS), parts.backend)
        watcher = threading.Thread(target=_watch, args=(parts.backend, server, url, on_ready), daemon=True)
        _stop_on_signals(server)
        watcher.start()
        server.run(sockets=[listener])
    if parts.backend.failure is not None:
        raise parts.backend.failure


def _check_guarded(settings: Settings) -> None:
    if is_public(settings.host) and not KeyFile(settings.keys_path).all():
        raise Unguarded(
            f"CITEWELL_HOST: {settings.host} can be reached from other machines, and there is no API key. "
            "Make one first (citewell keys add NAME), or listen on 127.0.0.1."
        )


def _watch(backend: Backend, server: uvicorn.Server, url: str, on_ready: Callable[[str, int], None]) -> None:
    backend.opened.wait()
    if backend.failure is not None:
        server.should_exit = True
    elif not server.should_exit:
        on_ready(url, backend.service.status().papers)


def _stop_on_signals(server: uvicorn.Server) -> None:
    """End with status 0 on a signal: uvicorn raises it again after its shutdown, for whoever stood here."""

    def stop(*_: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
