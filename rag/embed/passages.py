"""Papers and questions to vectors, with any LlamaIndex embedding model.

A model that is also a `SpanPooling` reads each window once and gives the vectors of its sentences, and token
vectors, from that pass. Any other model embeds the text of each chunk by itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.embed.pooling import unit
from rag.types import Chunk, ChunkKind, EmbeddingIdentity, Paper, title_prefix
from rag.vectors import Encoded, EncodedQuery

Passage = tuple[Paper, Sequence[Chunk]]

# For models whose tokenizer is not at hand: estimates on the safe side.
_CHARS_PER_TOKEN = 3
_MAX_TOKENS = 510


class Identified(ABC):
    """A model that can say which one it is."""

    @property
    @abstractmethod
    def identity(self) -> EmbeddingIdentity:
        """Name, hash and dimension; two models with the same identity give the same vectors."""


class SpanPooling(Identified):
    """A model that gives vectors of spans and tokens from one pass over a window."""

    @property
    @abstractmethod
    def max_tokens(self) -> int:
        """Tokens that one pass reads, special ones apart; the rest of a text is cut off."""

    @abstractmethod
    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special ones apart."""

    @abstractmethod
    def encode_passages(self, passages: Sequence[Passage]) -> list[Encoded]:
        """What `encode_passages` promises."""

    @abstractmethod
    def encode_query(self, text: str) -> EncodedQuery:
        """What `encode_query` promises."""


def encode_passages(
    model: BaseEmbedding, passages: Sequence[Passage], *, tokens: bool = True
) -> list[Encoded]:
    """The vectors of every chunk of every paper, in the order given.

    A window is embedded with its title in front; a sentence has the mean of its tokens in the pass over its
    window, or, where the model can't give that, the embedding of its own text.

    Args:
        model: the model.
        passages: papers with their chunks.
        tokens: whether token vectors are wanted, where the model offers them.

    Raises:
        ModelFailed: the model behind failed, or did not answer in time.
    """
    if isinstance(model, SpanPooling):
        encoded = model.encode_passages(passages)
        return encoded if tokens else [Encoded(one.vectors) for one in encoded]
    texts = [_chunk_text(paper, chunk) for paper, chunks in passages for chunk in chunks]
    vectors = unit(np.array(model.get_text_embedding_batch(texts) or np.zeros((0, 1)), dtype=np.float32))
    ends = np.cumsum([len(chunks) for _, chunks in passages], dtype=int)
    return [Encoded(part) for part in np.split(vectors, ends[:-1])] if passages else []


def _chunk_text(paper: Paper, chunk: Chunk) -> str:
    body = chunk.span.of(paper.abstract)
    return title_prefix(paper.title) + body if chunk.kind is ChunkKind.WINDOW else body


def encode_query(model: BaseEmbedding, text: str) -> EncodedQuery:
    """The vector of a question, and its token vectors where the model offers them.

    Raises:
        ModelFailed: the model behind failed, or did not answer in time.
    """
    if isinstance(model, SpanPooling):
        return model.encode_query(text)
    vector = unit(np.array(model.get_query_embedding(text), dtype=np.float32))
    return EncodedQuery(vector, np.zeros((0, len(vector)), dtype=np.float32))


def count_tokens(model: BaseEmbedding, texts: Sequence[str]) -> list[int]:
    """How many tokens each text has, or an estimate on the safe side where the tokenizer is not at hand."""
    if isinstance(model, SpanPooling):
        return model.count_tokens(texts)
    return [1 + len(text) // _CHARS_PER_TOKEN for text in texts]


def max_tokens(model: BaseEmbedding) -> int:
    """Tokens, as `count_tokens` counts them, that a window and its title may come to."""
    return model.max_tokens if isinstance(model, SpanPooling) else _MAX_TOKENS


def identity_of(model: BaseEmbedding) -> EmbeddingIdentity:
    """Which model this is; a model that can't say is asked to embed a word, for its dimension."""
    if isinstance(model, Identified):
        return model.identity
    return EmbeddingIdentity(model.model_name, "", len(model.get_text_embedding("dimension")))
