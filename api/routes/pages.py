"""The chat page and the API's own pages: files of this app, none from another host."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from api.middleware import CONTENT_POLICY
from rag.errors import ConfigError

STATIC = Path(__file__).parent.parent / "static"

router = APIRouter(include_in_schema=False)


@router.get("/")
async def index() -> FileResponse:
    """The page that asks."""
    return FileResponse(STATIC / "index.html")


@router.get("/docs")
async def docs() -> FileResponse:
    """The API, to read and to try. Its icons are data addresses in its own style sheet."""
    return FileResponse(
        STATIC / "docs.html", headers={"Content-Security-Policy": f"{CONTENT_POLICY}; img-src 'self' data:"}
    )


def mount_files(app: FastAPI) -> None:
    """Serve the pages' files, compressed for whoever takes them so."""
    app.mount("/static/swagger", GZipMiddleware(StaticFiles(directory=_swagger_files())), name="swagger")
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)), name="static")


def _swagger_files() -> Path:
    """Swagger UI as the package ``fastapi-swagger`` carries it; its code is not imported."""
    package = find_spec("fastapi_swagger")
    if package is None or not package.submodule_search_locations:
        raise ConfigError("The package fastapi-swagger is missing; install requirements/run.lock.")
    return Path(package.submodule_search_locations[0]) / "resources"
