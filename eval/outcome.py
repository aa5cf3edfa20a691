"""What the service made of one question, as plain data that goes to disk and comes back equal.

A citation is looked at here, against the abstract as the library holds it, and not taken at its word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.errors import NotFound
from rag.types import Answer, Citation, Hit, Paper

Outcomes = Literal["answered", "insufficient_evidence", "failed"]
DIGITS = 6
SCORE_DIGITS = 4


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CitedWords(_Plain):
    """One citation, and whether it is what it says: those words, whole, in the stored abstract."""

    number: int
    paper_id: str
    start: int
    end: int
    quote: str
    exact: bool


class SaidSentence(_Plain):
    """One sentence: its place in the answer, and what it rests on."""

    start: int
    end: int
    citations: tuple[int, ...] = ()
    supported: bool
    support: float


class RankedPaper(_Plain):
    """One retrieved paper, and the rank each stage gave it."""

    paper_id: str
    score: float
    ranks: dict[str, int] = Field(default_factory=dict)


class Outcome(_Plain):
    """All of an answer that is the same on every run; how long it took is kept apart.

    Attributes:
        standalone_question: as searched; empty where that is the question as asked.
        raw: papers found for the question as typed, without the history; only where there is a history.
        baselines: papers found by each baseline, best first; scored, not written down.
        error: what was raised, where nothing was answered.
    """

    status: Outcomes
    confidence: float | None = None
    standalone_question: str = ""
    answer: str = ""
    sentences: tuple[SaidSentence, ...] = ()
    citations: tuple[CitedWords, ...] = ()
    retrieved: tuple[RankedPaper, ...] = ()
    reason: str = ""
    missing: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    mode: str = ""
    model: str = ""
    degraded: tuple[str, ...] = ()
    raw: tuple[str, ...] | None = None
    baselines: dict[str, tuple[str, ...]] = Field(default_factory=dict, exclude=True)
    error: str = ""

    @property
    def ranking(self) -> tuple[str, ...]:
        """Ids of the retrieved papers, best first, each once."""
        return tuple(dict.fromkeys(paper.paper_id for paper in self.retrieved))


def observe(
    answer: Answer,
    stored: Callable[[str], Paper],
    *,
    ranked: Sequence[Hit] | None = None,
    raw: tuple[str, ...] | None = None,
) -> Outcome:
    """The outcome of an answer, its citations checked against ``stored``, the library's own papers.

    Args:
        answer: what the service returned.
        stored: gives a paper by id; raises ``NotFound`` where there is none.
        ranked: the papers found, best first; those of the answer where missing.
        raw: see ``Outcome.raw``.
    """
    refusal = answer.refusal
    return Outcome(
        status=answer.status,
        confidence=round(answer.confidence, DIGITS),
        standalone_question=_other(answer.standalone_question, answer.question),
        answer=answer.answer,
        sentences=tuple(
            SaidSentence(
                start=sentence.span.start,
                end=sentence.span.end,
                citations=sentence.citations,
                supported=sentence.supported,
                support=round(sentence.support, DIGITS),
            )
            for sentence in answer.sentences
        ),
        citations=tuple(_cited(citation, stored) for citation in answer.citations),
        retrieved=tuple(
            RankedPaper(
                paper_id=hit.paper.id,
                score=round(hit.score, SCORE_DIGITS),
                ranks={name: stage.rank for name, stage in hit.stages.items()},
            )
            for hit in (answer.retrieved if ranked is None else ranked)
        ),
        reason=refusal.reason if refusal else "",
        missing=refusal.missing if refusal else (),
        nearest=tuple(paper.id for paper in refusal.nearest) if refusal else (),
        mode=answer.mode,
        model=answer.model,
        degraded=answer.degraded,
        raw=raw,
    )


def _other(searched: str, asked: str) -> str:
    return "" if searched == asked else searched


def _cited(citation: Citation, stored: Callable[[str], Paper]) -> CitedWords:
    return CitedWords(
        number=citation.number,
        paper_id=citation.paper.id,
        start=citation.span.start,
        end=citation.span.end,
        quote=citation.quote,
        exact=citation.verified and _is_exact(citation, stored),
    )


def _is_exact(citation: Citation, stored: Callable[[str], Paper]) -> bool:
    try:
        abstract = stored(citation.paper.id).abstract
    except NotFound:
        return False
    same = hashlib.sha256(abstract.encode()).hexdigest() == citation.paper.sha256
    return same and whole_words(abstract, citation.span.start, citation.span.end)


def whole_words(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` lies in the text, begins and ends on words, and cuts none in two."""
    if not 0 <= start < end <= len(text):
        return False
    quote = text[start:end]
    if quote != quote.strip():
        return False
    cut_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cut_after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (cut_before or cut_after)
