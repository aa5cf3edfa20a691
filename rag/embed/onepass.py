"""Papers through the model, one pass a window: every vector of a paper is taken from that reading.

A window's vector is the mean of all tokens, a sentence's that of its own ("late chunking", Günther et al.,
2024), so that a sentence costs no pass and knows what stands around it. What no window holds whole (a
sentence cut off, a text without a token) is read by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.embed.encoder import MAX_TOKENS, TokenEncoder, Tokens
from rag.embed.graph import WIDTH
from rag.embed.passages import Passage
from rag.embed.pooling import mean, rows_within
from rag.embed.session import Ids
from rag.types import Chunk, ChunkKind, Paper, Span, title_prefix
from rag.vectors import Encoded, Floats, TokenVectors

Project = Callable[[Floats], Floats]
"""Token states ``[n, dim]`` to unit token vectors ``[n, token_dim]``."""

_IN_TITLE = -1


def encode(encoder: TokenEncoder, passages: Sequence[Passage], project: Project) -> list[Encoded]:
    """The vectors of all chunks, and of the words, of each paper, in the order given."""
    papers = [_Paper(paper, chunks) for paper, chunks in passages]
    windows = [(paper, at) for paper in papers for at in paper.windows()]
    tokens = encoder.tokens([paper.window_text(at) for paper, at in windows])
    readings = [paper.reading(at, read) for (paper, at), read in zip(windows, tokens, strict=True)]
    for n, states in encoder.states([reading.ids for reading in readings]):
        paper, at = windows[n]
        paper.take(at, readings[n], states)
        paper.take_words(at, readings[n], project(states), encoder.content)
    strays = [(paper, at) for paper in papers for at in paper.missing()]
    for n, states in encoder.states(encoder.ids([paper.chunk_text(at) for paper, at in strays])):
        paper, at = strays[n]
        paper.vectors[at] = mean(states)
    return [paper.encoded() for paper in papers]


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """A window as the model reads it.

    Attributes:
        ids: int32 ``[n]``.
        spans: int64 ``[n, 2]``, in code points of the abstract; those of the title lie before the window.
        read: the part of the abstract that is read.
    """

    ids: Ids
    spans: NDArray[np.int64]
    read: Span

    def rows_of(self, sentence: Span) -> slice:
        """The rows of the sentence's tokens; none unless all of it was read."""
        if self.read.start <= sentence.start and sentence.end <= self.read.end:
            return rows_within(self.spans, sentence)
        return slice(0, 0)


@dataclass(slots=True, eq=False)
class _Paper:
    """Collects what the passes over one paper's windows give, in whatever order they come."""

    paper: Paper
    chunks: Sequence[Chunk]
    vectors: Floats = field(init=False)
    done: set[int] = field(default_factory=set)
    words: dict[int, tuple[Floats, NDArray[np.int32]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.vectors = np.zeros((len(self.chunks), WIDTH), dtype=np.float32)

    def windows(self) -> list[int]:
        """Which chunks are windows."""
        return [at for at, chunk in enumerate(self.chunks) if chunk.kind is ChunkKind.WINDOW]

    def missing(self) -> list[int]:
        """Which chunks have no vector yet."""
        return [at for at in range(len(self.chunks)) if at not in self.done]

    def chunk_text(self, at: int) -> str:
        """The chunk itself."""
        return self.chunks[at].span.of(self.paper.abstract)

    def window_text(self, at: int) -> str:
        """The window with the title in front."""
        return title_prefix(self.paper.title) + self.chunk_text(at)

    def reading(self, at: int, tokens: Tokens) -> _Reading:
        """What of ``window_text`` fits into a pass: the title's end is dropped first, then the window's."""
        window, title = self.chunks[at].span, len(title_prefix(self.paper.title))
        ids, spans = tokens.ids, tokens.spans + (window.start - title)
        surplus = max(0, len(ids) - MAX_TOKENS)
        titled = 1 + int(np.searchsorted(tokens.spans[1:-1, 1], title, side="right"))
        drop = min(surplus, titled - 1)
        last = len(ids) - 1
        keep = np.r_[0 : titled - drop, titled : last - (surplus - drop), last]
        end = window.end if drop == surplus else int(spans[keep[-2], 1])
        return _Reading(ids[keep], spans[keep], Span(window.start, end))

    def take(self, at: int, reading: _Reading, states: Floats) -> None:
        """Pools the states of the window that is chunk ``at``, and of the sentences in it."""
        self.vectors[at] = mean(states)
        self.done.add(at)
        for i, chunk in enumerate(self.chunks):
            rows = reading.rows_of(chunk.span) if chunk.kind is ChunkKind.SENTENCE else slice(0, 0)
            if rows.stop > rows.start and i not in self.done:
                self.vectors[i] = mean(states[rows])
                self.done.add(i)

    def take_words(self, at: int, reading: _Reading, vectors: Floats, content: NDArray[np.bool_]) -> None:
        """Keeps the token vectors of the window's words, and the title's from the first window."""
        in_title = reading.spans[:, 0] < reading.read.start
        kept = content[reading.ids]
        if at != self.windows()[0]:
            kept &= ~in_title
        starts = np.where(in_title, _IN_TITLE, reading.spans[:, 0]).astype(np.int32)
        self.words[at] = (vectors[kept], starts[kept])

    def encoded(self) -> Encoded:
        """Everything collected, the words in the order of the windows."""
        words = [self.words[at] for at in sorted(self.words)]
        if not words:
            return Encoded(self.vectors)
        return Encoded(
            self.vectors,
            TokenVectors.of(np.concatenate([w[0] for w in words]), np.concatenate([w[1] for w in words])),
        )
