"""Field types that several requests share. Numbers are strict: ``"8"`` and ``true`` are no integers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rag.checks import MAX_NAMES, MAX_QUESTION, MAX_TOP_K, YEARS
from rag.types import Filters, Hit, IndexInfo, StageScore

Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
TopK = Annotated[int, Field(strict=True, ge=1, le=MAX_TOP_K, description="How many papers to look at.")]
Year = Annotated[int, Field(strict=True, ge=YEARS.start, le=YEARS.stop - 1)]
Names = Annotated[list[str], Field(max_length=MAX_NAMES)]


class Request(BaseModel):
    """What comes in. An unknown field is refused: a misspelt filter must not widen a search in silence."""

    model_config = ConfigDict(extra="forbid")


class FiltersIn(Request):
    """What a search is limited to; fields combine with AND, names within a field with OR."""

    paper_ids: Names | None = None
    sources: Names | None = None
    year_from: Year | None = Field(None, description="First year, inclusive.")
    year_to: Year | None = Field(None, description="Last year, inclusive.")
    authors: Names | None = None
    categories: Names | None = None


def limits_of(filters: FiltersIn | None) -> Filters:
    """The filters as the service takes them; none limit nothing."""
    if filters is None:
        return Filters()
    return Filters(
        paper_ids=tuple(filters.paper_ids or ()),
        sources=tuple(filters.sources or ()),
        year_from=filters.year_from,
        year_to=filters.year_to,
        authors=tuple(filters.authors or ()),
        categories=tuple(filters.categories or ()),
    )


class StageOut(BaseModel):
    """What one retrieval stage made of a paper."""

    rank: int = Field(description="From 1.")
    score: float = Field(description="The stage's own, unscaled.")

    @classmethod
    def of(cls, stage: StageScore) -> StageOut:
        """From the value that retrieval gives."""
        return cls(rank=stage.rank, score=stage.score)


def stages_of(hit: Hit) -> dict[str, StageOut]:
    """Every stage's rank and score of a paper, by the stage's name."""
    return {name: StageOut.of(stage) for name, stage in hit.stages.items()}


class IndexOut(BaseModel):
    """The generation of the indexes that answered."""

    generation: int
    papers: int
    embedding_model: str

    @classmethod
    def of(cls, index: IndexInfo) -> IndexOut:
        """From what the service says of it."""
        return cls.model_validate(index, from_attributes=True)
