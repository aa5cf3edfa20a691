"""An embedding model that needs no weights: a text is the mean of its words, a word a random direction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.embed.passages import Passage, SpanPooling
from rag.embed.pooling import unit
from rag.types import Chunk, ChunkKind, EmbeddingIdentity, Paper, title_prefix
from rag.vectors import Encoded, EncodedQuery, Floats, TokenVectors

_WORD = re.compile(r"\w+")


class WordHashEmbedding(BaseEmbedding, SpanPooling):
    """The same text gives the same vector on every machine; texts that share words are near each other.

    ``seed`` makes another model of it: other vectors, another identity.
    """

    dim: int = 64
    seed: int = 0

    @property
    def identity(self) -> EmbeddingIdentity:
        return EmbeddingIdentity("word-hash", hashlib.sha256(f"{self.seed}".encode()).hexdigest(), self.dim)

    @property
    def max_tokens(self) -> int:
        return 254

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]

    def encode_query(self, text: str) -> EncodedQuery:
        return EncodedQuery(self._text(text), self._words(_WORD.findall(text)))

    def encode_passages(self, passages: Sequence[Passage]) -> list[Encoded]:
        return [self._paper(paper, chunks) for paper, chunks in passages]

    def _paper(self, paper: Paper, chunks: Sequence[Chunk]) -> Encoded:
        vectors = np.zeros((len(chunks), self.dim), dtype=np.float32)
        for row, chunk in zip(vectors, chunks, strict=True):
            prefix = title_prefix(paper.title) if chunk.kind is ChunkKind.WINDOW else ""
            row[:] = self._text(prefix + chunk.span.of(paper.abstract))
        found = list(_WORD.finditer(paper.abstract))
        title = _WORD.findall(paper.title)
        starts = np.array([-1] * len(title) + [match.start() for match in found], dtype=np.int32)
        return Encoded(vectors, TokenVectors.of(self._words(title + [m.group() for m in found]), starts))

    def _text(self, text: str) -> Floats:
        words = self._words(_WORD.findall(text) or ["\0"])
        return unit(words.mean(axis=0))

    def _words(self, words: Sequence[str]) -> Floats:
        rows = [self._word(word.casefold()) for word in words]
        return np.array(rows, dtype=np.float32).reshape(-1, self.dim)

    def _word(self, word: str) -> Floats:
        digest = hashlib.blake2b(f"{self.seed}:{word}".encode("utf-8", "replace"), digest_size=8).digest()
        noise = np.random.default_rng(int.from_bytes(digest, "little")).standard_normal(self.dim)
        return unit(noise.astype(np.float32))

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(x) for x in self._text(text)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)
