"""The real service on a port of loopback that stays the same while it goes and comes back."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

MakeApp = Callable[[], FastAPI]


class Site:
    """An app that can be stopped and started again.

    Args:
        make_app: a new app for every start.
        folder: its data folder.
    """

    def __init__(self, make_app: MakeApp, folder: Path) -> None:
        self._make_app = make_app
        self.folder = folder
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self._port}"

    def start(self, *, ready: bool = True) -> None:
        """Listen, and wait until questions are answered."""
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(self._make_app(), log_config=None, access_log=False, timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        self._server, self._thread = server, thread
        wanted = "/readyz" if ready else "/healthz"
        while httpx.get(self.url + wanted).status_code != httpx.codes.OK:
            time.sleep(0.01)

    def stop(self) -> None:
        """End it, with every connection."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._server = self._thread = None


@contextmanager
def standing(make_app: MakeApp, folder: Path, *, ready: bool = True) -> Iterator[Site]:
    """A site that stands for as long as the block lasts."""
    site = Site(make_app, folder)
    site.start(ready=ready)
    try:
        yield site
    finally:
        site.stop()
