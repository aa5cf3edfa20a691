"""Saved answers: the body as it was sent, its receipt, and what was thought of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.wire.ask import AskOut, TurnIn
from api.wire.fields import Request
from rag.checks import MAX_COMMENT
from rag.saved import Feedback, Provenance, Rating, Saved
from rag.types import Mode
from rag.types import Request as Asked

ExportFormat = Literal["bibtex", "ris", "csl", "markdown"]


class FiltersOut(BaseModel):
    """What the search was limited to; empty lists limit nothing."""

    paper_ids: list[str]
    sources: list[str]
    year_from: int | None
    year_to: int | None
    authors: list[str]
    categories: list[str]


class AskedOut(BaseModel):
    """The request, whole: sent again over the same papers, it gives the same extractive answer."""

    question: str
    history: list[TurnIn]
    filters: FiltersOut
    top_k: int
    mode: Mode

    @classmethod
    def of(cls, request: Asked) -> AskedOut:
        """From what was asked."""
        return cls(
            question=request.question,
            history=[TurnIn(role=turn.role, content=turn.content) for turn in request.history],
            filters=FiltersOut.model_validate(request.filters, from_attributes=True),
            top_k=request.top_k,
            mode=request.mode,
        )


class CorpusOut(BaseModel):
    """The papers that were searched."""

    generation: int = Field(description="Of the indexes.")
    revision: int = Field(description="Of the library that the generation was made of.")
    papers: int


class ModelOut(BaseModel):
    """A model that took part."""

    role: Literal["embedding", "writer"]
    name: str
    sha256: str = Field(description="Of its weights; empty where that can't be known.")


class CodeOut(BaseModel):
    """Which Citewell it was."""

    version: str
    sha256: str = Field(description="Of its source, prompts and fitted parameters, all together.")


class ReceiptOut(BaseModel):
    """What made the answer, and when."""

    saved_at: datetime
    request: AskedOut
    corpus: CorpusOut
    models: list[ModelOut]
    prompts: list[str] = Field(
        description="Prompts that the language model is given: name, version, beginning of the hash."
    )
    fitted: dict[str, str] = Field(
        description="Fitted parameters, by path, with the beginning of their SHA-256."
    )
    settings: dict[str, str] = Field(description="Settings that an answer depends on.")
    code: CodeOut

    @classmethod
    def of(cls, saved: Saved) -> ReceiptOut:
        """From the saved answer."""
        index, made_by = saved.answer.index, saved.made_by
        return cls(
            saved_at=saved.saved_at,
            request=AskedOut.of(saved.request),
            corpus=CorpusOut(generation=index.generation, revision=index.revision, papers=index.papers),
            models=_models(made_by),
            prompts=sorted(made_by.prompts.values()),
            fitted=dict(made_by.fitted),
            settings=dict(made_by.settings),
            code=CodeOut(version=made_by.version, sha256=made_by.code),
        )


class SavedOut(AskOut):
    """An answer as it was sent, and its receipt."""

    receipt: ReceiptOut

    @classmethod
    def of_saved(cls, saved: Saved) -> SavedOut:
        """The one way a saved answer is written down."""
        return cls(**AskOut.of(saved.answer).model_dump(), receipt=ReceiptOut.of(saved))


class FeedbackIn(Request):
    """What someone thinks of an answer, or of one of its citations."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"rating": "down", "citation": 2, "comment": "This is about another data set."}]
        }
    )

    rating: Rating
    citation: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="Number of the citation that is meant; the whole answer unless given."
    )
    comment: str = Field("", max_length=MAX_COMMENT)


class FeedbackOut(BaseModel):
    """What was kept of it."""

    answer_id: str
    rating: Rating
    citation: int | None
    comment: str
    given_at: datetime

    @classmethod
    def of(cls, feedback: Feedback) -> FeedbackOut:
        """From the library's value."""
        return cls.model_validate(feedback, from_attributes=True)


def _models(made_by: Provenance) -> list[ModelOut]:
    embedding = made_by.embedding
    models = [ModelOut(role="embedding", name=embedding.name, sha256=embedding.sha256)]
    if made_by.writer:
        models.append(ModelOut(role="writer", name=made_by.writer, sha256=""))
    return models


_TEXT = {"type": "string"}
EXPORTS: dict[str, Any] = {
    "description": "The file.",
    "content": {
        "application/x-bibtex": {
            "schema": _TEXT,
            "example": "@misc{lovelace1843notes,\n  title = {{Notes on the engine}},\n"
            "  author = {Lovelace, Ada},\n  year = {1843},\n"
            "  annote = {[1] “It can do whatever we know how to order it to perform.”},\n}\n",
        },
        "application/x-research-info-systems": {
            "schema": _TEXT,
            "example": "TY  - GEN\r\nID  - lovelace1843notes\r\nTI  - Notes on the engine\r\n"
            "AU  - Lovelace, Ada\r\nPY  - 1843\r\n"
            "N1  - [1] “It can do whatever we know how to order it to perform.”\r\nER  - \r\n",
        },
        "application/vnd.citationstyles.csl+json": {
            "schema": {"type": "array", "items": {"type": "object"}},
            "example": [
                {
                    "id": "lovelace1843notes",
                    "type": "article",
                    "title": "Notes on the engine",
                    "author": [{"family": "Lovelace", "given": "Ada"}],
                    "issued": {"date-parts": [[1843]]},
                    "note": "[1] “It can do whatever we know how to order it to perform.”",
                }
            ],
        },
        "text/markdown": {
            "schema": _TEXT,
            "example": "# What can the engine do?\n\n"
            "It can do whatever we know how to order it to perform. [1]\n",
        },
    },
}
"""What OpenAPI says of an exported answer."""
