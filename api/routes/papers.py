"""The stored papers: list, look at, add, remove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints

from api.deps import UsesBackend, UsesJobs
from api.intake import job_of
from api.openapi import problems
from api.routes.jobs import written
from api.wire.papers import PAPER_SCHEMA, JobOut, PaperOut, PaperPageOut
from rag.checks import MAX_QUESTION, YEARS
from rag.errors import NotFound
from rag.types import Filters

router = APIRouter(prefix="/v1", tags=["papers"])

PaperId = Annotated[str, Path(min_length=1, max_length=1000, description="May hold slashes, as DOIs do.")]

AYear = Annotated[int | None, Query(ge=YEARS.start, le=YEARS.stop - 1)]
# An address has room for a few; a search with more sends them in its body.
SomeNames = Annotated[Sequence[Annotated[str, StringConstraints(max_length=200)]], Query(max_length=20)]

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "array", "items": PAPER_SCHEMA}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "format": {
                            "type": "string",
                            "description": "Name of the file's format; found out unless given.",
                        },
                    },
                }
            },
        },
    }
}


@router.get("/papers", summary="List papers", responses=problems(422, 503, 504))
async def list_papers(
    backend: UsesBackend,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="`next_cursor` of the page before.")
    ] = None,
    q: Annotated[
        str | None, Query(max_length=MAX_QUESTION, description="Held by title, abstract or an author.")
    ] = None,
    year_from: AYear = None,
    year_to: AYear = None,
    source: SomeNames = (),
    author: SomeNames = (),
    category: SomeNames = (),
) -> PaperPageOut:
    """The stored papers, page by page; filters as for a question, a name given once or repeated."""
    limits = Filters(
        sources=tuple(source),
        year_from=year_from,
        year_to=year_to,
        authors=tuple(author),
        categories=tuple(category),
    )
    return PaperPageOut.of(
        await backend.call(
            lambda service: service.papers(limit=limit, cursor=cursor, q=q or None, filters=limits)
        )
    )


@router.get("/papers/{paper_id:path}", summary="Look at a paper", responses=problems(404, 422, 503, 504))
async def get_paper(paper_id: PaperId, backend: UsesBackend) -> PaperOut:
    """One paper with its abstract, which the offsets of citations refer to."""
    return PaperOut.of(await backend.call(lambda service: service.paper(paper_id)))


@router.delete(
    "/papers/{paper_id:path}",
    summary="Remove a paper",
    status_code=204,
    response_class=Response,
    responses=problems(404, 422, 503, 507),
)
async def remove_paper(paper_id: PaperId, backend: UsesBackend) -> None:
    """Remove a paper from the store, every index, and every later answer."""
    if not await backend.change(lambda service: service.remove([paper_id])):
        raise NotFound(f"There is no paper {paper_id!r}.")


@router.post(
    "/papers",
    summary="Add papers",
    status_code=202,
    responses=problems(413, 422, 503, 507),
    openapi_extra=_BODY,
)
async def add_papers(request: Request, response: Response, backend: UsesBackend, jobs: UsesJobs) -> JobOut:
    """Add papers from a JSON list or an uploaded file; answers at once with a job to look at.

    A record that can't be used is rejected with its place and the reason, and the rest is kept.
    """
    _ = backend.service  # which says so where it is not open yet
    job = await job_of(request, jobs)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return written(job)
