"""An app over a service in memory, reached without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.backend import Opening
from rag.settings import Settings, load_settings
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service


def app_over(service: WholeService, settings: Settings | None = None) -> FastAPI:
    """An app whose service is there at once."""

    def opener(_: Opening) -> Service:
        return cast("Service", service)

    return create_app(opener, settings or load_settings())


@asynccontextmanager
async def running(app: FastAPI, *, ready: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that has started, once it is ready."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://citewell.test") as client:
            while ready and (await client.get("/readyz")).status_code != httpx.codes.OK:
                await asyncio.sleep(0.005)
            yield client
