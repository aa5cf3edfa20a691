"""The values that pass between the stages: frozen, plain, and equal when their content is equal.

Every offset counts Unicode code points in a paper's abstract and is end-exclusive.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from urllib.parse import quote_plus

Mode = Literal["auto", "extractive", "llm"]
Role = Literal["user", "assistant"]
Status = Literal["answered", "insufficient_evidence"]
Cancelled = Callable[[], bool]
"""What long work asks now and then: whether it should stop."""


def never() -> bool:
    """Nobody stops the work."""
    return False


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch ``[start, end)`` of a text, in code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words that the span covers."""
        return text[self.start : self.end]


def paper_id_of(title: str) -> str:
    """The id of a paper that brings none: 16 hex digits of the SHA-256 of its folded title.

    Folding (NFKC, case, white space) makes the same paper on two pages one paper, and a corrected
    abstract a change of that paper rather than a second one.
    """
    folded = " ".join(unicodedata.normalize("NFKC", title).casefold().split())
    return hashlib.sha256(folded.encode()).hexdigest()[:16]


def title_search_url(title: str) -> str:
    """A search for the exact title, for papers whose source gives no address."""
    return "https://scholar.google.com/scholar?q=" + quote_plus(f'"{title}"')


def title_prefix(title: str) -> str:
    """What stands in front of a piece of a paper when it is embedded: the title as a sentence, or nothing."""
    return f"{title}{' ' if title[-1] in '.?!' else '. '}" if title else ""


UNTITLED = "Untitled paper "
"""What a sentence calls a paper without a title by, before its id."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a reader found it."""

    id: str
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    url: str = ""
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a sentence calls it: its title in quotation marks, its id where it has none."""
        title = " ".join(self.title.split())
        return f"“{title}”" if title else UNTITLED + " ".join(self.id.split())

    @property
    def sha256(self) -> str:
        """SHA-256 of the abstract (UTF-8), in hex: what a citation's offsets refer to."""
        return hashlib.sha256(self.abstract.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that was refused: where it stands (``file:line`` or ``file:line:field``) and why."""

    where: str
    why: str


class ChunkKind(StrEnum):
    """What a chunk is a piece of."""

    WINDOW = "window"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an abstract: a window (the whole abstract unless it is too long) or one sentence."""

    paper_id: str
    kind: ChunkKind
    ordinal: int
    span: Span

    @property
    def id(self) -> str:
        """Stable id, unique in the library: ``paper#w0`` or ``paper#s3``."""
        return f"{self.paper_id}#{self.kind.value[0]}{self.ordinal}"


@dataclass(frozen=True, slots=True)
class EmbeddingIdentity:
    """Which model made a vector; vectors of two identities can't be compared.

    Attributes:
        name: the model, and where it is asked if that is elsewhere; never a key.
        sha256: of the weights, with whatever else changes the vectors; empty where it can't be known.
        dim: components of a vector.
    """

    name: str
    sha256: str
    dim: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is limited to; an empty field limits nothing, and fields combine with AND.

    ``authors``, ``categories`` and ``sources`` match a paper that has any of the names given, whatever
    their case. ``year_from`` and ``year_to`` are inclusive; a paper without a year fails either.
    """

    paper_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class StageScore:
    """What one retrieval stage made of a paper: its rank from 1, and its raw score."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved paper: its mixed score, the sentence that won, and what each stage said."""

    paper: Paper
    score: float
    snippet: Span
    stages: Mapping[str, StageScore] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, in full: asked again over the same papers, it gives the same extractive answer.

    Attributes:
        question: in plain words.
        history: the earlier turns of the conversation, oldest first.
        filters: which papers may be used.
        top_k: how many papers are retrieved and may be cited.
        mode: what may write the answer; ``auto`` takes a language model where one is configured.
    """

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters = EVERYTHING
    top_k: int = 8
    mode: Mode = "auto"


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words of an abstract that a sentence rests on; ``number`` is its marker in the answer."""

    number: int
    paper: Paper
    span: Span
    verified: bool

    @property
    def quote(self) -> str:
        """The cited words."""
        return self.span.of(self.paper.abstract)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Words of an abstract that seem to say the opposite of a sentence; found by rules, so worth a look."""

    paper: Paper
    span: Span

    @property
    def quote(self) -> str:
        """The words."""
        return self.span.of(self.paper.abstract)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, its span in the answer's text, and the citations it rests on.

    ``contradicted_by`` holds what papers that a language model cited for it say against it.
    """

    text: str
    span: Span
    citations: tuple[int, ...]
    supported: bool
    support: float
    contradicted_by: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, what was looked for and not found, what comes nearest, what to try."""

    reason: str
    missing: tuple[str, ...] = ()
    nearest: tuple[Paper, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model counted; all zero when none was asked."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens
        )


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The generation that answered; ``revision`` is that of the library which it was made of."""

    generation: int
    papers: int
    embedding_model: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, or a refusal. ``id`` is empty until ``rag.saved`` has given it one."""

    id: str
    status: Status
    confidence: float
    question: str
    standalone_question: str
    answer: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    retrieved: tuple[Hit, ...]
    refusal: Refusal | None
    mode: Literal["extractive", "llm"]
    model: str
    index: IndexInfo
    degraded: tuple[str, ...] = ()
    usage: Usage = Usage()
    prompts: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ranked papers; ``hidden`` counts those as good as the best one shown that the filters kept away."""

    hits: tuple[Hit, ...]
    timings_ms: Mapping[str, float]
    index: IndexInfo
    degraded: tuple[str, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did, in papers; ``rejected`` holds every record that was refused."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejection, ...] = ()
    generation: int = 0


@dataclass(frozen=True, slots=True)
class PaperPage:
    """Stored papers in id order; ``next_cursor`` asks for the next page and is None on the last one."""

    items: tuple[Paper, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A name that a filter takes, and how many papers it lets through."""

    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What tells the stored papers apart: years newest first, names commonest first, not all."""

    years: tuple[Facet, ...] = ()
    sources: tuple[Facet, ...] = ()
    authors: tuple[Facet, ...] = ()
    categories: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """What a newcomer wants to know of the stored papers: what tells them apart, and what to ask."""

    facets: Facets
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """What is stored, what answers, and with what."""

    papers: int
    chunks: int
    revision: int
    generation: int
    embedding_model: str
    data_dir: str
    mode: Literal["extractive", "llm"]
    model: str
