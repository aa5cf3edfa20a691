"""Several processes behind one address: uvicorn's supervisor, and what each worker does differently."""

from __future__ import annotations

import asyncio
import http.client
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from fastapi import FastAPI
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from api import logs
from api.address import url_of
from api.app import create_app
from api.backend import Backend, Opener, Opening
from api.deps import Parts
from api.together import Seat
from rag.errors import CitewellError, ConfigError
from rag.settings import Settings

_STUCK_S = 30  # seconds that a worker may not answer its supervisor; then another takes its place


@dataclass(frozen=True, slots=True)
class Worker:
    """Makes the app of one worker, in its process.

    Args:
        opener: builds the service; of a kind that can be sent to another process.
        settings: of the server.
        patience_s: seconds that live streams have left when the worker is stopped.
        together: where the workers count.
    """

    opener: Opener
    settings: Settings
    patience_s: float
    together: Path

    def __call__(self) -> FastAPI:
        """The app; it starts once its service is open, so that no client meets a worker that is not ready."""
        _end_with_parent()
        seat = Seat(self.together)
        app = create_app(self.opener, self.settings, together=self.together)
        parts: Parts = app.state.parts
        begin: Callable[[Any], AbstractAsyncContextManager[Any]] = app.router.lifespan_context

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
            with logs.writing(self.settings):
                async with begin(app) as state:
                    await asyncio.to_thread(parts.backend.opened.wait)
                    if parts.backend.failure is not None:
                        raise parts.backend.failure
                    _drain_on_signals(parts.backend, self.patience_s)
                    yield state
                seat.leave()

        app.router.lifespan_context = lifespan
        return app


def serve_many(
    worker: Worker,
    listener: socket.socket,
    on_ready: Callable[[str, int], None],
    options: Mapping[str, Any],
) -> None:
    """Serve with several workers until SIGTERM or SIGINT; one that dies is replaced.

    Args:
        worker: what each runs.
        listener: where they all accept.
        on_ready: told the address and the number of papers once the first of them answers.
        options: for uvicorn.

    Raises:
        ConfigError: their vectors would lie in the data folder, which one process alone may use.
        CitewellError: the service can't be opened, or a worker could not start.
    """
    settings = worker.settings
    if settings.chroma_url is None:
        raise ConfigError(
            f"CITEWELL_WORKERS: {settings.workers} workers need a vector store that they share. Start one "
            "with `chroma run --path FOLDER --port PORT`, and set CITEWELL_CHROMA_URL=http://127.0.0.1:PORT; "
            "or serve with one worker."
        )
    # In a process of its own: what it loads is gone with it, and a wrong setting is told once.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as once:
        papers = once.submit(_prepare, worker).result()
    config = Config(
        worker,
        factory=True,
        workers=settings.workers,
        timeout_worker_healthcheck=_STUCK_S,
        **options,
    )
    supervisor = Multiprocess(config, [listener])
    threading.Thread(target=_tell, args=(listener, papers, on_ready), daemon=True).start()
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise CitewellError("A worker could not start; the log above says why.")


def _prepare(worker: Worker) -> int:
    """Open the service once: the index is made, papers to start with are added. How many it holds."""
    _end_with_parent()
    with logs.writing(worker.settings):
        service = worker.opener(Opening())
        try:
            return service.status().papers
        finally:
            service.close()


def _tell(listener: socket.socket, papers: int, on_ready: Callable[[str, int], None]) -> None:
    """Connect, which waits until a worker accepts, and say that it did."""
    connection = http.client.HTTPConnection(*listener.getsockname()[:2])
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        on_ready(url_of(listener), papers)
    connection.close()


def _end_with_parent() -> None:
    """A worker whose supervisor was killed would go on for ever, with nobody to replace it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.join,), name="citewell-parent", daemon=True).start()


def _follow(ended: Callable[[], None]) -> None:
    ended()
    os.kill(os.getpid(), signal.SIGTERM)


def _drain_on_signals(backend: Backend, patience_s: float) -> None:
    """Tell the app first when the worker is stopped, as ``api.server.Server`` does for one process."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(
            number, partial(_stop, loop, partial(backend.drain, patience_s), signal.getsignal(number))
        )


def _stop(
    loop: asyncio.AbstractEventLoop,
    first: Callable[[], None],
    after: object,
    number: int,
    frame: FrameType | None,
) -> None:
    loop.call_soon_threadsafe(first)
    if callable(after):
        after(number, frame)
