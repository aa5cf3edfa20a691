"""What is kept of an answer: what was asked, what it said, what made it, and when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from rag.types import Answer, EmbeddingIdentity, Hit, Paper, Request

FORMAT = 1
"""Raised with every change of what ``encode`` writes."""

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What answers, for as long as a service is open. No secret, no path and no address is in it.

    Attributes:
        version: of Citewell, as installed.
        code: SHA-256 of all that it consists of: its source, its prompts, what was fitted.
        embedding: the embedding model, with the hash of its weights.
        writer: the language model's name; empty where none is configured.
        prompts: what the language model is given, by name, as ``answer@1:0f3a5c2b``.
        fitted: what was fitted and comes with the code, by path, with its SHA-256.
        settings: those that an answer depends on.
    """

    version: str
    code: str
    embedding: EmbeddingIdentity
    writer: str = ""
    prompts: Mapping[str, str] = field(default_factory=dict)
    fitted: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer as it was sent, with its receipt.

    Attributes:
        answer: papers that it does not cite are kept without their abstracts.
        request: what was asked.
        made_by: what answered.
        saved_at: when, in UTC.
    """

    answer: Answer
    request: Request
    made_by: Provenance
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What someone thought of an answer, or of one of its citations (``citation`` is its number)."""

    answer_id: str
    rating: Rating
    citation: int | None = None
    comment: str = ""
    given_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def answer_id(request: Request, answer: Answer, made_by: Provenance) -> str:
    """24 hex digits: the same for the same words of the same papers, for the same request by the same code.

    Two answers that a language model worded differently, or that two generations gave, have two ids.
    """
    said = [
        asdict(request),
        asdict(made_by),
        asdict(answer.index),
        [answer.status, answer.mode, answer.model, answer.prompts, answer.answer],
        [[c.paper.id, c.paper.abstract, c.span.start, c.span.end] for c in answer.citations],
        [hit.paper.id for hit in answer.retrieved],
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()[:24]


def encode(saved: Saved) -> str:
    """A saved answer as JSON, without the abstracts of papers that it doesn't cite."""
    return _adapter().dump_json(replace(saved, answer=_cut(saved.answer))).decode()


def decode(text: str) -> Saved:
    """What ``encode`` wrote.

    Raises:
        ValueError: it is something else.
    """
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Saved]:
    return TypeAdapter(Saved)


def _cut(answer: Answer) -> Answer:
    refusal = answer.refusal
    return replace(
        answer,
        retrieved=tuple(_bare(hit) for hit in answer.retrieved),
        refusal=refusal and replace(refusal, nearest=tuple(_named(paper) for paper in refusal.nearest)),
    )


def _bare(hit: Hit) -> Hit:
    return replace(hit, paper=_named(hit.paper))


def _named(paper: Paper) -> Paper:
    return Paper(paper.id, paper.title, abstract="")
