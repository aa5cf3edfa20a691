"""How far the adding of papers is."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path

from api.deps import UsesJobs
from api.openapi import problems
from api.spool import Job
from api.wire.papers import IngestOut, JobOut

router = APIRouter(prefix="/v1", tags=["papers"])


def written(job: Job) -> JobOut:
    """A job as it is written down."""
    return JobOut(
        id=job.id,
        state=job.state,
        done=job.done,
        total=job.total,
        error=job.error,
        created_at=job.created_at,
        **IngestOut.of(job.report).model_dump(),
    )


@router.get("/jobs/{job_id}", summary="Look at a job", responses=problems(404, 422))
async def get_job(job_id: Annotated[str, Path(max_length=200)], jobs: UsesJobs) -> JobOut:
    """A job as it stands, whichever worker is at it; a stopped server goes on with it at its next start.

    While it waits to be tried again, `error` says for what.
    """
    return written(await asyncio.to_thread(jobs.get, job_id))
