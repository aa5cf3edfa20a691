from __future__ import annotations

import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from tests.fakes.embedding import WordHashEmbedding
from tests.rag.embed.contract import EmbeddingContract


class TestWordHashEmbedding(EmbeddingContract):
    @pytest.fixture
    def model(self) -> BaseEmbedding:
        return WordHashEmbedding(model_name="word-hash")


def test_another_seed_is_another_model() -> None:
    one, other = WordHashEmbedding(seed=1), WordHashEmbedding(seed=2)
    assert one.identity != other.identity
    assert one.get_text_embedding("word") != other.get_text_embedding("word")
