"""Alive, able to answer, and figures."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.deps import UsesBackend, UsesMetrics
from api.errors import plain_problem, problem_response, request_id_of
from api.openapi import problems

router = APIRouter(tags=["operation"])

_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Health:
    """Says so as soon as the server listens, and touches nothing."""
    return Health()


@router.get("/readyz", summary="Can questions be answered?", response_model=Health, responses=problems(503))
async def readyz(request: Request, backend: UsesBackend) -> Health | Response:
    """Store open, index loaded, embedder fits it; otherwise `not_ready` names what is missing."""
    missing = await asyncio.to_thread(backend.not_ready)
    if not missing:
        return Health()
    problem = plain_problem(503, f"Not ready: {'; '.join(missing)}.", request_id_of(request))
    return problem_response(problem.model_copy(update={"not_ready": list(missing)}), request.scope)


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response, responses=_TEXT)
async def metrics(figures: UsesMetrics) -> Response:
    """Requests, stages, refusals, what was worked around, the index: of all workers of the server."""
    return Response(await asyncio.to_thread(figures.text), media_type=CONTENT_TYPE_LATEST)
