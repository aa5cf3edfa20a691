"""``POST /v1/search``: ranked papers without an answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.wire.fields import FiltersIn, IndexOut, Question, Request, StageOut, TopK, stages_of
from rag.types import Hit, SearchResult


class SearchIn(Request):
    """What to look for, and where."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"query": "simpler graph convolutions", "top_k": 5}]}
    )

    query: Question
    top_k: TopK = 8
    filters: FiltersIn | None = None


class SnippetOut(BaseModel):
    """The sentence of the abstract that fits best: `abstract[start:end] == text`."""

    text: str
    start: int
    end: int


class ResultOut(BaseModel):
    """One paper found."""

    paper_id: str
    title: str
    score: float
    snippet: SnippetOut
    stages: dict[str, StageOut]
    authors: list[str]
    year: int | None
    url: str

    @classmethod
    def of(cls, hit: Hit) -> ResultOut:
        """From the retrieved paper."""
        paper, span = hit.paper, hit.snippet
        return cls(
            paper_id=paper.id,
            title=paper.title,
            score=hit.score,
            snippet=SnippetOut(text=span.of(paper.abstract), start=span.start, end=span.end),
            stages=stages_of(hit),
            authors=list(paper.authors),
            year=paper.year,
            url=paper.url,
        )


class SearchOut(BaseModel):
    """Ranked papers, best first."""

    results: list[ResultOut]
    hidden: int = Field(description="Papers as good as the best one shown that the filters kept away.")
    degraded: list[str]
    timings_ms: dict[str, float]
    index: IndexOut

    @classmethod
    def of(cls, result: SearchResult) -> SearchOut:
        """The one way a search result is written down."""
        return cls(
            results=[ResultOut.of(hit) for hit in result.hits],
            hidden=result.hidden,
            degraded=list(result.degraded),
            timings_ms=dict(result.timings_ms),
            index=IndexOut.of(result.index),
        )
