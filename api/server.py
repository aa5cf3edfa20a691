"""Uvicorn around the app: where it may listen, when it is ready, how it ends."""

from __future__ import annotations

import ipaddress
import signal
import socket
import threading
from collections.abc import Callable

import uvicorn

from api.app import create_app
from api.backend import Backend, Opener
from api.deps import Parts
from rag.errors import ConfigError
from rag.settings import Settings

GRACE_S = 10


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
        ConfigError: the address is public, can't be had, or is none.
        CitewellError: the service could not be opened.
    """
    with _listening(settings.host, settings.port) as listener:
        url = _url(listener)
        app = create_app(opener, settings)
        parts: Parts = app.state.parts
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_S
            )
        )
        watcher = threading.Thread(target=_watch, args=(parts.backend, server, url, on_ready), daemon=True)
        _stop_on_signals(server)
        on_listening(url)
        watcher.start()
        server.run(sockets=[listener])
    if parts.backend.failure is not None:
        raise parts.backend.failure


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


def _listening(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"CITEWELL_HOST: {host!r} is no address to listen on: {error}.") from error
    family, _, _, _, address = found[0]
    if not all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in found):
        raise ConfigError(
            f"CITEWELL_HOST: {host} can be reached from other machines, and this version has no API keys. "
            "Listen on 127.0.0.1, and put a proxy that asks who is calling in front."
        )
    try:
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"CITEWELL_PORT: port {port} of {host} can't be had: {error.strerror}. "
            "Take another, or 0 for a free one."
        ) from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
