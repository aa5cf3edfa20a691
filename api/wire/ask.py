"""``POST /v1/ask``: the question as it comes in, the checked answer as it goes out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.wire.fields import FiltersIn, IndexOut, Question, Request, StageOut, TopK, stages_of
from rag.checks import MAX_TURN, MAX_TURNS
from rag.types import (
    Answer,
    Citation,
    Contradiction,
    Hit,
    Mode,
    Paper,
    Refusal,
    Role,
    Sentence,
    Status,
    Turn,
    Usage,
)

EXAMPLE: dict[str, Any] = {
    "question": "How can graph convolutional networks be simplified for recommendation?"
}


class TurnIn(BaseModel):
    """One earlier turn. Other fields are ignored, so that a message can be handed back as it came."""

    role: Role
    content: str = Field(max_length=MAX_TURN)


class AskIn(Request):
    """A question, and how to look for its answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    question: Question
    history: Annotated[list[TurnIn], Field(max_length=MAX_TURNS)] | None = Field(
        None, description="Earlier turns, oldest first."
    )
    filters: FiltersIn | None = None
    top_k: TopK = 8
    mode: Mode = "auto"
    stream: bool = Field(False, strict=True, description="Answer as server-sent events.")

    def turns(self) -> tuple[Turn, ...]:
        """The history as the service takes it."""
        return tuple(Turn(turn.role, turn.content) for turn in self.history or ())


class ContradictionOut(BaseModel):
    """Words of a stored abstract that seem to say the opposite: `abstract[start:end] == quote`."""

    paper_id: str
    title: str
    quote: str
    start: int = Field(description="In the paper's `abstract`, code points.")
    end: int

    @classmethod
    def of(cls, found: Contradiction) -> ContradictionOut:
        """From the answer's contradiction."""
        return cls(
            paper_id=found.paper.id,
            title=found.paper.title,
            quote=found.quote,
            start=found.span.start,
            end=found.span.end,
        )


class SentenceOut(BaseModel):
    """One sentence of the answer and what it rests on."""

    text: str
    start: int = Field(description="In `answer`, code points.")
    end: int
    citations: list[int] = Field(description="Numbers in `citations`.")
    supported: bool
    support: float
    contradicted_by: list[ContradictionOut] = Field(
        default_factory=list,
        description="What papers that a language model cited for it say against it; found by rules.",
    )

    @classmethod
    def of(cls, sentence: Sentence) -> SentenceOut:
        """From the answer's sentence."""
        return cls(
            text=sentence.text,
            start=sentence.span.start,
            end=sentence.span.end,
            citations=list(sentence.citations),
            supported=sentence.supported,
            support=sentence.support,
            contradicted_by=[ContradictionOut.of(found) for found in sentence.contradicted_by],
        )


class CitationOut(BaseModel):
    """The exact words of a stored abstract: `abstract[start:end] == quote`."""

    number: int
    paper_id: str
    title: str
    authors: list[str]
    year: int | None
    url: str
    quote: str
    start: int = Field(description="In the paper's `abstract`, code points.")
    end: int
    sha256: str = Field(description="SHA-256 of that abstract in UTF-8, hex.")
    verified: bool

    @classmethod
    def of(cls, citation: Citation) -> CitationOut:
        """From the answer's citation."""
        paper = citation.paper
        return cls(
            number=citation.number,
            paper_id=paper.id,
            title=paper.title,
            authors=list(paper.authors),
            year=paper.year,
            url=paper.url,
            quote=citation.quote,
            start=citation.span.start,
            end=citation.span.end,
            sha256=paper.sha256,
            verified=citation.verified,
        )


class RetrievedOut(BaseModel):
    """A candidate, and what each stage of retrieval said of it."""

    paper_id: str
    title: str
    score: float
    stages: dict[str, StageOut]

    @classmethod
    def of(cls, hit: Hit) -> RetrievedOut:
        """From the retrieved paper."""
        return cls(paper_id=hit.paper.id, title=hit.paper.title, score=hit.score, stages=stages_of(hit))


class NearestOut(BaseModel):
    """A paper that comes nearest to a question that could not be answered."""

    paper_id: str
    title: str

    @classmethod
    def of(cls, paper: Paper) -> NearestOut:
        """From the paper."""
        return cls(paper_id=paper.id, title=paper.title)


class RefusalOut(BaseModel):
    """Why there is no answer, and what to try."""

    reason: str = Field(description="Names the kind of refusal; `answer` says it in words.")
    missing: list[str] = Field(description="Words looked for and not found.")
    nearest: list[NearestOut]
    suggestions: list[str]

    @classmethod
    def of(cls, refusal: Refusal) -> RefusalOut:
        """From the answer's refusal."""
        return cls(
            reason=refusal.reason,
            missing=list(refusal.missing),
            nearest=[NearestOut.of(paper) for paper in refusal.nearest],
            suggestions=list(refusal.suggestions),
        )


class UsageOut(BaseModel):
    """Tokens that a language model counted."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, usage: Usage) -> UsageOut:
        """From what the model counted."""
        return cls(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            total_tokens=usage.prompt_tokens + usage.completion_tokens,
        )


class AskOut(BaseModel):
    """A checked answer, or a refusal."""

    id: str
    status: Status
    confidence: float = Field(
        description="Calibrated probability that the stored papers answer the question."
    )
    question: str
    standalone_question: str = Field(description="As searched, the history taken into account.")
    answer: str = Field(description="With markers `[1]`…`[n]`, numbered in order of first use.")
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    retrieved: list[RetrievedOut]
    refusal: RefusalOut | None
    mode: Literal["extractive", "llm"]
    model: str
    degraded: list[str] = Field(description="Parts that failed and were worked around.")
    usage: UsageOut
    timings_ms: dict[str, float]
    index: IndexOut

    @classmethod
    def of(cls, answer: Answer) -> AskOut:
        """The one way an answer is written down, whichever door it leaves by."""
        return cls(
            id=answer.id,
            status=answer.status,
            confidence=answer.confidence,
            question=answer.question,
            standalone_question=answer.standalone_question,
            answer=answer.answer,
            sentences=[SentenceOut.of(sentence) for sentence in answer.sentences],
            citations=[CitationOut.of(citation) for citation in answer.citations],
            retrieved=[RetrievedOut.of(hit) for hit in answer.retrieved],
            refusal=RefusalOut.of(answer.refusal) if answer.refusal else None,
            mode=answer.mode,
            model=answer.model,
            degraded=list(answer.degraded),
            usage=UsageOut.of(answer.usage),
            timings_ms=dict(answer.timings_ms),
            index=IndexOut.of(answer.index),
        )
