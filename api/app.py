"""The app factory. An app holds its own parts; two apps in one process share nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware

from api import errors, openapi, tracing
from api.address import is_public
from api.backend import Backend, Opener
from api.deps import Parts
from api.guard import Guard, KnownHost, KnownOrigin
from api.intake import adding_to
from api.jobs import Jobs
from api.keys import KeyFile
from api.mcp.http import McpDoor
from api.metrics import Metrics
from api.middleware import BodyLimit, Envelope
from api.rates import FILE, Rates
from api.routes import answers, ask, chat, corpus, health, jobs, mcp, pages, papers, search
from rag.settings import Settings
from rag.watch import Watcher

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

NOUNS = (ask, chat, answers, search, papers, corpus, jobs, mcp, health, pages)
"""What there are routes for; a new noun is one file in ``api/routes`` and one word here."""

QUESTION_BYTES = 1024 * 1024
"""Largest body of a request that brings no papers: a question and a long history."""

DEFAULT_RATES = "600/minute"
"""How often each API key may be used unless set."""


def create_app(
    opener: Opener,
    settings: Settings,
    traces: TracerProvider | None = None,
    together: Path | None = None,
) -> FastAPI:
    """The HTTP door to a service.

    Args:
        opener: builds the service; called in a thread when the app starts, so that ``/healthz`` answers
            at once and ``/readyz`` says how far it is.
        settings: limits, who may come in, where traces go.
        traces: takes the place of what the settings say of them.
        together: where the server's workers count, if there are several; this process has its seat there.
    """
    backend = Backend.of(opener, settings)
    runner = Jobs(settings.data_dir / "jobs", adding_to(backend), ready=lambda: backend.is_open)
    metrics = Metrics(backend, runner, together)
    rates = _rates(settings, together)
    door = McpDoor(backend, metrics)
    spans = traces or tracing.tracer_provider(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        backend.start()
        runner.start()
        watching = asyncio.create_task(metrics.watch_loop())
        try:
            yield
        finally:
            watching.cancel()
            await door.close()
            await asyncio.to_thread(runner.stop)
            await asyncio.to_thread(backend.stop)
            if rates is not None:
                rates.close()
            if spans is not None and traces is None:
                await asyncio.to_thread(spans.shutdown)  # sends what is still there

    app = FastAPI(
        title="Citewell",
        summary="Answers over scientific abstracts, every sentence tied to the exact words of a paper.",
        version=version("citewell"),
        lifespan=lifespan,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        generate_unique_id_function=openapi.operation_id,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=tracing.telemetry(spans, content=settings.trace_content),
    )
    app.state.parts = Parts(backend, runner, metrics, door)
    for noun in NOUNS:
        app.include_router(noun.router)
    pages.mount_files(app)
    errors.install(app, [route for noun in NOUNS for route in noun.router.routes])
    openapi.complete(app)

    _wrap(app, settings, rates, metrics, tracing.Watching(metrics, spans, content=settings.trace_content))
    return app


def _rates(settings: Settings, together: Path | None) -> Rates | None:
    if settings.rate_limit == "off":
        return None
    return Rates(settings.rate_limit or DEFAULT_RATES, together / FILE if together else None)


def _wrap(app: FastAPI, settings: Settings, rates: Rates | None, metrics: Metrics, watcher: Watcher) -> None:
    """Put around all routes and mounted apps what every request must pass, innermost first."""

    def limit_of(path: str) -> int:
        brings_papers = path == "/v1/papers"
        return settings.max_body_bytes if brings_papers else min(QUESTION_BYTES, settings.max_body_bytes)

    keys = KeyFile(settings.keys_path)
    app.add_middleware(BodyLimit, limit_of=limit_of)
    app.add_middleware(
        Guard,
        keys=keys,
        required=is_public(settings.host),
        rates=rates,
        rates_without_keys=settings.rate_limit is not None,
    )
    app.add_middleware(KnownOrigin, origins=settings.allowed_origins)
    app.add_middleware(KnownHost, keys=keys, names=settings.allowed_hosts)
    # What these raise is told as any other error of the address is.
    app.add_middleware(ExceptionMiddleware, handlers=app.exception_handlers)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key", "X-Request-ID"],
            expose_headers=["Location", "Retry-After", "X-Request-ID"],
        )
    app.add_middleware(Envelope, metrics=metrics, watcher=watcher)
