"""The stored papers as a whole."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import UsesBackend
from api.openapi import problems
from api.wire.corpus import OverviewOut

router = APIRouter(prefix="/v1", tags=["papers"])


@router.get("/corpus", summary="What is stored, and what to ask it", responses=problems(503))
async def corpus(backend: UsesBackend) -> OverviewOut:
    """How many papers, what tells them apart, what writes the answers, and questions to begin with.

    Each facet is a name that a filter takes, with the papers that it lets through.
    """
    return await backend.call(lambda service: OverviewOut.of(service.status(), service.overview()))
