"""``GET /v1/corpus``: what is stored, what writes, and what to begin with."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from rag.types import Facet, Overview, ServiceStatus


class FacetOut(BaseModel):
    """A name that a filter takes, and how many papers it lets through."""

    name: str
    papers: int

    @classmethod
    def of(cls, facet: Facet) -> FacetOut:
        """From the service's facet."""
        return cls(name=facet.name, papers=facet.papers)


class FacetsOut(BaseModel):
    """What the papers can be told apart by."""

    years: list[FacetOut] = Field(description="Newest first.")
    sources: list[FacetOut] = Field(description="The commonest; so are authors and categories.")
    authors: list[FacetOut]
    categories: list[FacetOut]


class OverviewOut(BaseModel):
    """The stored papers as a whole."""

    papers: int
    generation: int
    embedding_model: str
    mode: Literal["extractive", "llm"] = Field(description="What writes where a question asks for `auto`.")
    model: str
    facets: FacetsOut
    examples: list[str] = Field(description="Questions made of stored titles; not promised to be answered.")

    @classmethod
    def of(cls, status: ServiceStatus, overview: Overview) -> OverviewOut:
        """From what the service says of itself."""
        return cls(
            papers=status.papers,
            generation=status.generation,
            embedding_model=status.embedding_model,
            mode=status.mode,
            model=status.model,
            facets=FacetsOut.model_validate(overview.facets, from_attributes=True),
            examples=list(overview.examples),
        )
