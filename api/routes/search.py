"""Papers that bear on a query."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import UsesBackend, UsesMetrics
from api.openapi import problems
from api.wire.fields import limits_of
from api.wire.search import SearchIn, SearchOut

router = APIRouter(prefix="/v1", tags=["search"])


@router.post("/search", summary="Find papers", responses=problems(413, 422, 502, 503, 504))
async def search(sought: SearchIn, backend: UsesBackend, metrics: UsesMetrics) -> SearchOut:
    """Rank the stored papers, each with the sentence that fits best and what every stage said of it."""
    result = await backend.call(
        lambda service: service.search(sought.query, top_k=sought.top_k, filters=limits_of(sought.filters))
    )
    metrics.searched(result)
    return SearchOut.of(result)
