"""What every embedding model keeps to; subclass, give a ``model``, and the whole suite runs."""

from __future__ import annotations

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.embed.passages import count_tokens, encode_passages, encode_query, identity_of, max_tokens
from rag.types import Chunk, ChunkKind, Paper, Span, title_prefix
from rag.vectors import TokenVectors

ABSTRACT = (
    "Sparse attention reads long documents in linear time. We compare it with dense attention on 12 tasks, "
    "e.g. translation (naïve and α-weighted). Bees dance to tell each other where flowers are! 😀 It works."
)
SENTENCES = ["Sparse attention", "We compare", "Bees dance", "It works."]
HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800 lone",
    "\u202eright to left",
    "?!…",
    "x" * 5000,
    "word " * 2000,
    "😀" * 300,
]


def sample_paper(title: str = "Reading long documents") -> tuple[Paper, list[Chunk]]:
    """A paper with one window and its four sentences."""
    starts = [ABSTRACT.index(text) for text in SENTENCES]
    spans = [
        Span(a, b) for a, b in zip(starts, [*(start - 1 for start in starts[1:]), len(ABSTRACT)], strict=True)
    ]
    whole = Chunk("p", ChunkKind.WINDOW, 0, Span(0, len(ABSTRACT)))
    sentences = [Chunk("p", ChunkKind.SENTENCE, i, span) for i, span in enumerate(spans)]
    return Paper("p", title, ABSTRACT), [whole, *sentences]


class EmbeddingContract:
    @pytest.fixture
    def model(self) -> BaseEmbedding:
        raise NotImplementedError

    def test_vectors_have_the_length_of_the_identity_and_are_unit(self, model: BaseEmbedding) -> None:
        vector = np.array(model.get_text_embedding("sparse attention"))
        assert vector.shape == (identity_of(model).dim,)
        assert np.linalg.norm(encode_query(model, "sparse attention").vector) == pytest.approx(1, abs=1e-5)

    def test_identity_is_stable_and_names_the_model(self, model: BaseEmbedding) -> None:
        assert identity_of(model) == identity_of(model)
        assert identity_of(model).name

    async def test_batch_async_and_single_agree(self, model: BaseEmbedding) -> None:
        texts = [
            "sparse attention",
            "bees dance",
            "a",
            "sparse attention reads long documents in linear time",
        ]
        single = [model.get_text_embedding(text) for text in texts]
        np.testing.assert_allclose(model.get_text_embedding_batch(texts), single, atol=1e-5)
        np.testing.assert_allclose(await model.aget_text_embedding_batch(texts), single, atol=1e-5)
        np.testing.assert_allclose(await model.aget_text_embedding(texts[0]), single[0], atol=1e-5)

    async def test_a_question_is_embedded_like_a_text_of_the_same_words(self, model: BaseEmbedding) -> None:
        text = "where are the flowers?"
        expected = model.get_text_embedding(text)
        np.testing.assert_allclose(model.get_query_embedding(text), expected, atol=1e-5)
        np.testing.assert_allclose(await model.aget_query_embedding(text), expected, atol=1e-5)
        np.testing.assert_allclose(encode_query(model, text).vector, expected, atol=1e-5)

    def test_every_chunk_of_every_paper_gets_a_unit_vector_in_order(self, model: BaseEmbedding) -> None:
        passages = [sample_paper(), sample_paper("Another title?"), (Paper("q", "No chunks", "x"), [])]
        encoded = encode_passages(model, passages)
        assert [len(e.vectors) for e in encoded] == [5, 5, 0]
        for one in encoded[:2]:
            assert one.vectors.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(one.vectors, axis=1), 1, atol=1e-5)
        alone = encode_passages(model, passages[1:2])[0]
        np.testing.assert_allclose(encoded[1].vectors, alone.vectors, atol=1e-5)

    def test_a_window_is_embedded_as_the_text_with_its_title_in_front(self, model: BaseEmbedding) -> None:
        paper, chunks = sample_paper()
        (encoded,) = encode_passages(model, [(paper, chunks)])
        expected = model.get_text_embedding(title_prefix(paper.title) + ABSTRACT)
        np.testing.assert_allclose(encoded.vectors[0], expected, atol=1e-5)

    def test_the_sentence_that_answers_is_nearest(self, model: BaseEmbedding) -> None:
        (encoded,) = encode_passages(model, [sample_paper()])
        query = encode_query(model, "bees dance, flowers are where")
        assert int(np.argmax(encoded.vectors[1:] @ query.vector)) == SENTENCES.index("Bees dance")

    def test_chunks_out_of_any_window_get_a_vector_too(self, model: BaseEmbedding) -> None:
        paper, chunks = sample_paper()
        window = Chunk("p", ChunkKind.WINDOW, 0, Span(0, 60))
        (encoded,) = encode_passages(model, [(paper, [*chunks[1:], window])])
        np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-5)
        (encoded,) = encode_passages(model, [(paper, chunks[1:])])
        np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-5)

    def test_token_vectors_say_where_they_stand_and_survive_storage(self, model: BaseEmbedding) -> None:
        (encoded,) = encode_passages(model, [sample_paper()])
        query = encode_query(model, "bees")
        if encoded.tokens is None:
            assert len(query.tokens) == 0
            return
        stored = TokenVectors.from_bytes(bytes(encoded.tokens))
        assert stored.rows.shape[1] == query.tokens.shape[1]
        assert set(stored.starts[stored.starts < 0]) == {-1}
        best = int(stored.starts[np.argmax(stored.floats() @ query.tokens[0])])
        assert ABSTRACT[best:].startswith("Bees")

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_no_text_is_too_strange(self, model: BaseEmbedding, text: str) -> None:
        query = encode_query(model, text)
        assert np.isfinite(query.vector).all()
        assert np.isfinite(query.tokens).all()
        paper = Paper("p", text, f"Before. {text} after.")
        span = Span(0, len(paper.abstract))
        chunks = [Chunk("p", kind, 0, span) for kind in ChunkKind]
        (encoded,) = encode_passages(model, [(paper, chunks)])
        np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-5)

    def test_longer_texts_have_more_tokens(self, model: BaseEmbedding) -> None:
        short, long = count_tokens(model, ["sparse attention", ABSTRACT])
        assert 0 < short < long <= max_tokens(model)
        assert count_tokens(model, []) == []

    def test_nothing_gives_nothing(self, model: BaseEmbedding) -> None:
        assert encode_passages(model, []) == []
        assert model.get_text_embedding_batch([]) == []
