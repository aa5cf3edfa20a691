"""Claims and papers as the verifier compares them: sentences, and vectors of sentences and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.answer.text.instructions import reads_as_instruction
from rag.answer.text.names import definitions, introduced
from rag.answer.verify.statement import Statement, read_statement
from rag.corpus import sentence_spans
from rag.embed.passages import encode_passages
from rag.index.words import Words
from rag.types import Chunk, ChunkKind, Paper, Span
from rag.vectors import Encoded, Floats, TokenVectors


@dataclass(frozen=True, eq=False)
class Source:
    """A paper that sentences may rest on.

    Attributes:
        paper: the paper.
        spans: of its sentences.
        vectors: of its sentences, unit, float32 ``[sentences, dim]``.
        tokens: of its words, where the model offers them.
        words: the tokenizer.
    """

    paper: Paper
    spans: tuple[Span, ...]
    vectors: Floats
    tokens: TokenVectors | None
    words: Words
    _read: dict[tuple[int, int], Statement] = field(default_factory=dict)

    def statement(self, first: int, last: int) -> Statement:
        """Sentences ``first`` to ``last``, inclusive, taken apart once."""
        key = (first, last)
        if key not in self._read:
            self._read[key] = read_statement(self.span(first, last).of(self.paper.abstract), self.words)
        return self._read[key]

    def span(self, first: int, last: int) -> Span:
        """Where sentences ``first`` to ``last`` stand."""
        return Span(self.spans[first].start, self.spans[last].end)

    @cached_property
    def usable(self) -> tuple[bool, ...]:
        """Which sentences may support anything: those that state something, not those that give orders."""
        return tuple(not reads_as_instruction(span.of(self.paper.abstract)) for span in self.spans)

    @property
    def usable_spans(self) -> tuple[Span, ...]:
        """The spans of those sentences."""
        return tuple(span for span, usable in zip(self.spans, self.usable, strict=True) if usable)

    @cached_property
    def terms(self) -> tuple[frozenset[str], ...]:
        """The terms of each sentence."""
        return tuple(frozenset(self.words.terms(span.of(self.paper.abstract))) for span in self.spans)

    @cached_property
    def all_terms(self) -> frozenset[str]:
        """The terms of title and abstract."""
        return frozenset(self.words.terms(self.paper.title)).union(*self.terms)

    @cached_property
    def defined(self) -> tuple[tuple[str, str], ...]:
        """Acronyms that the abstract introduces."""
        return definitions(self.paper.abstract)

    @cached_property
    def named(self) -> str:
        """What the paper's own things may be called by: its title, and names that its abstract introduces."""
        return " ".join((self.paper.title, *introduced(self.paper.abstract)))

    @cached_property
    def parts(self) -> tuple[slice, ...]:
        """The rows of the token vectors that each sentence has."""
        if self.tokens is None:
            return tuple(slice(0, 0) for _ in self.spans)
        edges = np.searchsorted(self.tokens.starts, [(span.start, span.end) for span in self.spans])
        return tuple(slice(int(low), int(high)) for low, high in edges)

    @cached_property
    def token_rows(self) -> Floats | None:
        """Token vectors as floats ``[n, dim]``."""
        return None if self.tokens is None or not len(self.tokens.rows) else self.tokens.floats()


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A sentence to be checked.

    Attributes:
        statement: it, taken apart.
        vector: unit, float32 ``[dim]``.
        tokens: of its words without stopwords, float32 ``[n, dim]``.
        terms_of: the terms of the word that each token belongs to.
    """

    statement: Statement
    vector: Floats
    tokens: Floats
    terms_of: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, text: str, encoded: Encoded, words: Words) -> Self:
        """A claim from its text and what the embedding model made of it."""
        statement = read_statement(text, words)
        bearing = [token for token in statement.tokens if token.terms]
        rows = encoded.tokens
        if rows is None or not bearing:
            return cls(statement, encoded.vectors[0], np.zeros((0, 1), np.float32), ())
        starts = np.array([token.start for token in bearing])
        ends = starts + np.array([len(token.text) for token in bearing])
        at = np.searchsorted(starts, rows.starts, side="right") - 1
        kept = (at >= 0) & (rows.starts < ends[np.maximum(at, 0)])
        return cls(
            statement,
            encoded.vectors[0],
            rows.floats()[kept],
            tuple(bearing[i].terms for i in at[kept].tolist()),
        )


def encode_claims(model: BaseEmbedding, texts: Sequence[str], words: Words) -> list[Claim]:
    """Claims from sentences, in one call of the model."""
    whole = [(Paper("", "", text), [Chunk("", ChunkKind.WINDOW, 0, Span(0, len(text)))]) for text in texts]
    encoded = encode_passages(model, whole)
    return [Claim.of(text, found, words) for text, found in zip(texts, encoded, strict=True)]


def encode_sources(model: BaseEmbedding, papers: Sequence[Paper], words: Words) -> list[Source]:
    """Papers read by the model, in one call; papers without a sentence included."""
    spans = [sentence_spans(paper.abstract) for paper in papers]
    passages = [
        (
            paper,
            [
                Chunk(paper.id, ChunkKind.WINDOW, 0, Span(0, len(paper.abstract))),
                *(Chunk(paper.id, ChunkKind.SENTENCE, i, span) for i, span in enumerate(found)),
            ],
        )
        for paper, found in zip(papers, spans, strict=True)
    ]
    encoded = encode_passages(model, passages)
    return [
        Source(paper, found, vectors.vectors[1:], vectors.tokens, words)
        for paper, found, vectors in zip(papers, spans, encoded, strict=True)
    ]
