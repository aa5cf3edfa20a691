"""The app factory. An app holds its own parts; two apps in one process share nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from api import errors, openapi
from api.backend import Backend, Opener
from api.deps import Parts
from api.jobs import Jobs
from api.metrics import Metrics
from api.middleware import BodyLimit, Envelope, SameOrigin
from api.routes import ask, health, jobs, pages, papers, search
from rag.settings import Settings

NOUNS = (ask, search, papers, jobs, health, pages)
"""What there are routes for; a new noun is one file in ``api/routes`` and one word here."""

QUESTION_BYTES = 1024 * 1024
"""Largest body of a request that brings no papers: a question and a long history."""


def create_app(opener: Opener, settings: Settings) -> FastAPI:
    """The HTTP door to a service.

    Args:
        opener: builds the service; called in a thread when the app starts, so that ``/healthz`` answers
            at once and ``/readyz`` says how far it is.
        settings: limits of bodies and of concurrent calls.
    """
    backend = Backend(opener, concurrency=settings.concurrency, waiting=settings.waiting)
    runner = Jobs()
    metrics = Metrics(backend, runner)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        backend.start()
        try:
            yield
        finally:
            await asyncio.to_thread(runner.stop)
            await asyncio.to_thread(backend.stop)

    app = FastAPI(
        title="Citewell",
        summary="Answers over scientific abstracts, every sentence tied to the exact words of a paper.",
        version=version("citewell"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.parts = Parts(backend, runner, metrics)
    for noun in NOUNS:
        app.include_router(noun.router)
    pages.mount_files(app)
    errors.install(app, [route for noun in NOUNS for route in noun.router.routes])
    openapi.complete(app)

    def limit_of(path: str) -> int:
        brings_papers = path == "/v1/papers"
        return settings.max_body_bytes if brings_papers else min(QUESTION_BYTES, settings.max_body_bytes)

    app.add_middleware(BodyLimit, limit_of=limit_of)
    app.add_middleware(SameOrigin)
    app.add_middleware(Envelope, metrics=metrics)
    return app
