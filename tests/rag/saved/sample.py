"""A saved answer made by hand, and a strategy for any."""

from __future__ import annotations

from datetime import UTC, datetime

from rag.saved import Provenance, Saved
from rag.types import (
    Answer,
    Citation,
    EmbeddingIdentity,
    Filters,
    Hit,
    IndexInfo,
    Paper,
    Request,
    Sentence,
    Span,
    StageScore,
    Turn,
)

MADE_BY = Provenance(
    version="0.1.0",
    code="c" * 64,
    embedding=EmbeddingIdentity("words", "e" * 64, 8),
    prompts={"answer": "answer@1:0f3a5c2b"},
    settings={"risk": "0.38"},
)
REQUEST = Request("Is it?", (Turn("user", "Hello."),), Filters(year_from=2001), 3, "extractive")
CITED = Paper("10.1/x y", "On <it> & that", "It is. Is it?", ("Ada Example",), 2001, "https://x.org", ("f",))


def answer(answer_id: str = "", *, cited: tuple[Paper, ...] = (CITED,)) -> Answer:
    """It quotes the first six characters of each paper."""
    text, sentences, citations = "", [], []
    for number, paper in enumerate(cited, 1):
        span = Span(0, 6)
        piece = f"{span.of(paper.abstract)} [{number}]"
        sentences.append(Sentence(piece, Span(len(text), len(text) + len(piece)), (number,), True, 1.0))
        citations.append(Citation(number, paper, span, verified=True))
        text += piece
    return Answer(
        id=answer_id,
        status="answered",
        confidence=0.75,
        question=REQUEST.question,
        standalone_question=REQUEST.question,
        answer=text,
        sentences=tuple(sentences),
        citations=tuple(citations),
        retrieved=tuple(
            Hit(Paper(paper.id, paper.title, ""), 0.5, Span(0, 6), {"words": StageScore(1, 2.5)})
            for paper in cited
        ),
        refusal=None,
        mode="extractive",
        model="extractive",
        index=IndexInfo(4, 9, "words", 7),
        prompts=("answer@1:0f3a5c2b",),
        timings_ms={"total": 1.25},
    )


def saved(answer_id: str, *, at: datetime | None = None) -> Saved:
    """One under this id."""
    return Saved(answer(answer_id), REQUEST, MADE_BY, at or datetime.now(UTC))
