"""all-MiniLM-L6-v2 on OpenVINO, as a LlamaIndex embedding model."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Self, cast

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from rag.embed.encoder import MAX_TOKENS, TokenEncoder
from rag.embed.graph import WIDTH
from rag.embed.onepass import encode
from rag.embed.openvino import Precision
from rag.embed.passages import Passage, SpanPooling
from rag.embed.pooling import mean, unit
from rag.embed.weights import WEIGHTS_SHA256, ModelFiles
from rag.types import EmbeddingIdentity
from rag.vectors import Encoded, EncodedQuery, Floats, product

NAME = "all-MiniLM-L6-v2"
_QUERY_WINDOWS = 8  # some eight thousand characters; what is beyond is left out


class MiniLM(BaseEmbedding, SpanPooling):
    """Unit vectors of 384 components, equal to those of sentence-transformers.

    In float32 within 1e-5; where the processor multiplies in bfloat16, at a cosine of 0.9999 or more.
    Texts are cut at 256 tokens, as there. Questions are read whole, in windows, and get the mean of all
    tokens.
    """

    _encoder: TokenEncoder = PrivateAttr()
    _projection: Floats | None = PrivateAttr()

    def __init__(self, encoder: TokenEncoder, *, projection: Floats | None = None) -> None:
        """Takes a `TokenEncoder`; use `load` unless you have one.

        Args:
            encoder: does the inference.
            projection: ``[384, d]``, applied to token vectors before they are scaled to length one.
        """
        super().__init__(model_name=NAME)
        self._encoder = encoder
        self._projection = projection

    @classmethod
    def load(
        cls,
        files: ModelFiles | None = None,
        *,
        threads: int = 0,
        precision: Precision = "auto",
        projection: Floats | None = None,
    ) -> Self:
        """Finds, checks and opens the model.

        Raises:
            ModelMissing: the weights are not to be had, or are not the ones expected.
        """
        return cls(TokenEncoder.load(files, threads=threads, precision=precision), projection=projection)

    def in_full(self) -> Self:
        """The same weights, its token vectors not projected: for texts that are compared and not stored."""
        return type(self)(self._encoder)

    @classmethod
    def class_name(cls) -> str:
        """The name LlamaIndex knows this class by."""
        return "CitewellMiniLM"

    @property
    def identity(self) -> EmbeddingIdentity:
        """The model's name, its weights' hash (and the projection's, if any), and its dimension."""
        digest = WEIGHTS_SHA256
        if self._projection is not None:
            digest = hashlib.sha256(digest.encode() + self._projection.tobytes()).hexdigest()
        return EmbeddingIdentity(NAME, digest, WIDTH)

    @property
    def max_tokens(self) -> int:
        """Tokens that one pass reads, besides the two special ones."""
        return MAX_TOKENS - 2

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, besides the two special ones."""
        return self._encoder.count(texts)

    def encode_texts(self, texts: Sequence[str]) -> Floats:
        """The vectors of texts, float32 ``[len(texts), 384]``."""
        result = np.empty((len(texts), WIDTH), dtype=np.float32)
        for index, states in self._encoder.states(self._encoder.ids(texts)):
            result[index] = mean(states)
        return result

    def encode_query(self, text: str) -> EncodedQuery:
        """The vector of a question, over all of it, and the token vectors of its words."""
        windows = self._encoder.windows(text, _QUERY_WINDOWS)
        read = sorted(self._encoder.states([window.ids for window in windows]), key=lambda p: p[0])
        states = np.concatenate([rows for _, rows in read])
        words = self._encoder.content[np.concatenate([window.ids for window in windows])]
        starts = np.concatenate([window.spans[:, 0] for window in windows])[words]
        return EncodedQuery(mean(states), self._token_vectors(states[words]), starts.astype(np.int32))

    def encode_passages(self, passages: Sequence[Passage]) -> list[Encoded]:
        """The vectors of every chunk and of every word of every paper, from one pass over each window."""
        return encode(self._encoder, passages, self._token_vectors)

    def _token_vectors(self, states: Floats) -> Floats:
        return unit(states if self._projection is None else product(states, self._projection))

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return _lists(self.encode_texts(texts))

    def _get_query_embedding(self, query: str) -> list[float]:
        return _lists(self.encode_query(query).vector[None])[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)


def _lists(vectors: Floats) -> list[list[float]]:
    return cast(list[list[float]], vectors.tolist())
