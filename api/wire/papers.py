"""Papers, the jobs that add them, and what is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.wire.problem import Problem
from rag.types import IngestReport, Paper, PaperPage, Rejection, ServiceStatus

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]

PAPER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["title", "abstract"],
    "properties": {
        "id": {"type": "string", "description": "Derived from the title where none is given."},
        "title": {"type": "string"},
        "abstract": {"type": "string"},
        "authors": {"type": "array", "items": {"type": "string"}},
        "year": {"type": ["integer", "null"]},
        "url": {"type": "string"},
        "source": {"type": "string"},
        "categories": {"type": "array", "items": {"type": "string"}},
    },
    "examples": [{"title": "A title", "abstract": "What was found. And how.", "year": 2021}],
}
"""One paper as it comes in. ``rag.corpus`` checks each by itself: a bad one is rejected, the rest kept."""


class PaperOut(BaseModel):
    """One stored paper."""

    id: str
    title: str
    abstract: str
    authors: list[str]
    year: int | None
    url: str
    source: str = Field(description="The first of `sources`; empty where none is known.")
    sources: list[str] = Field(description="Every file or collection that it was found in.")
    categories: list[str]
    sha256: str = Field(description="SHA-256 of the abstract in UTF-8, hex: what citations refer to.")

    @classmethod
    def of(cls, paper: Paper) -> PaperOut:
        """The one way a paper is written down."""
        return cls(
            id=paper.id,
            title=paper.title,
            abstract=paper.abstract,
            authors=list(paper.authors),
            year=paper.year,
            url=paper.url,
            source=paper.sources[0] if paper.sources else "",
            sources=list(paper.sources),
            categories=list(paper.categories),
            sha256=paper.sha256,
        )


class PaperPageOut(BaseModel):
    """A page of papers; hand `next_cursor` back for the next one."""

    items: list[PaperOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: PaperPage) -> PaperPageOut:
        """From the service's page."""
        return cls(items=[PaperOut.of(paper) for paper in page.items], next_cursor=page.next_cursor)


class RejectionOut(BaseModel):
    """A record that was refused."""

    where: str = Field(description="`file:line` (and field), or `body:N` for the N-th of a JSON list.")
    why: str

    @classmethod
    def of(cls, rejection: Rejection) -> RejectionOut:
        """From the reader's rejection."""
        return cls(where=rejection.where, why=rejection.why)


class IngestOut(BaseModel):
    """What adding papers did, in papers."""

    added: int
    updated: int
    unchanged: int
    rejected: list[RejectionOut]

    @classmethod
    def of(cls, report: IngestReport) -> IngestOut:
        """The one way a report is written down."""
        return cls(
            added=report.added,
            updated=report.updated,
            unchanged=report.unchanged,
            rejected=[RejectionOut.of(rejection) for rejection in report.rejected],
        )


class JobOut(IngestOut):
    """Papers being added. Counts are final once `state` is no longer `queued` or `running`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0b5c2e3f9a7d4c1e8f60a1b2c3d4e5f6",
                    "state": "succeeded",
                    "done": 214,
                    "total": 214,
                    "added": 213,
                    "updated": 0,
                    "unchanged": 0,
                    "rejected": [{"where": "more.jsonl:7:abstract", "why": "The abstract is empty."}],
                    "error": None,
                    "created_at": "2026-11-23T06:00:00Z",
                }
            ]
        }
    )

    id: str
    state: JobState
    done: int = Field(description="Records looked at so far.")
    total: int | None = Field(description="Records in all, where that is known beforehand.")
    error: Problem | None = Field(description="Why it failed, or why it waits to be tried again.")
    created_at: datetime


class StatusOut(BaseModel):
    """What is stored, and what answers."""

    papers: int
    chunks: int
    revision: int
    generation: int
    embedding_model: str
    data_dir: str
    mode: Literal["extractive", "llm"]
    model: str

    @classmethod
    def of(cls, status: ServiceStatus) -> StatusOut:
        """From the service's status."""
        return cls.model_validate(status, from_attributes=True)
