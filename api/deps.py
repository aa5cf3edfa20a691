"""What routes are handed. A route's parameters say what it uses; nothing is looked up elsewhere.

These are coroutines because FastAPI sends a plain function through a thread, on every request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.backend import Backend
from api.jobs import Jobs
from api.mcp.http import McpDoor
from api.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Parts:
    """What one app is made of."""

    backend: Backend
    jobs: Jobs
    metrics: Metrics
    mcp: McpDoor


async def _parts(request: Request) -> Parts:
    return cast(Parts, request.app.state.parts)


async def _backend(parts: Annotated[Parts, Depends(_parts)]) -> Backend:
    return parts.backend


async def _jobs(parts: Annotated[Parts, Depends(_parts)]) -> Jobs:
    return parts.jobs


async def _metrics(parts: Annotated[Parts, Depends(_parts)]) -> Metrics:
    return parts.metrics


UsesBackend = Annotated[Backend, Depends(_backend)]
UsesJobs = Annotated[Jobs, Depends(_jobs)]
UsesMetrics = Annotated[Metrics, Depends(_metrics)]
