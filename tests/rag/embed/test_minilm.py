"""The real model against its contract, and against sentence-transformers.

``tests/data/embed/reference.npz`` was made from ``texts.json`` by sentence-transformers 6.2.0 on torch 2.13.0
with the same weights::

    model = SentenceTransformer(MODEL_FOLDER, device="cpu")
    vectors = model.encode(texts, batch_size=8, normalize_embeddings=True).astype(numpy.float32)
    numpy.savez_compressed("reference.npz", vectors=vectors)

The texts: abstracts with titles, some too long for a pass, titles, questions, LaTeX, other scripts, emoji,
controls, one word of 150 letters, nothing at all.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.embed.minilm import MiniLM
from rag.embed.weights import WEIGHTS_SHA256
from rag.types import Chunk, ChunkKind, Paper, Span
from rag.vectors import Floats
from tests.rag.embed.contract import ABSTRACT, EmbeddingContract, sample_paper

DATA = Path(__file__).parents[2] / "data" / "embed"


class TestMiniLM(EmbeddingContract):
    @pytest.fixture
    def model(self, minilm: MiniLM) -> BaseEmbedding:
        return minilm


def reference() -> tuple[list[str], Floats]:
    texts = json.loads((DATA / "texts.json").read_text(encoding="utf-8"))
    vectors = np.load(DATA / "reference.npz")["vectors"]
    assert len(texts) == len(vectors) == 40
    return texts, vectors


def test_equal_to_sentence_transformers_in_float32() -> None:
    texts, vectors = reference()
    model = MiniLM.load(threads=2, precision="float32")
    assert np.abs(model.encode_texts(texts) - vectors).max() < 1e-5
    fits = [i for i, n in enumerate(model.count_tokens(texts)) if n <= model.max_tokens]
    assert 30 < len(fits) < 40
    queries = np.array([model.encode_query(texts[i]).vector for i in fits])
    assert np.abs(queries - vectors[fits]).max() < 1e-5


def test_as_good_as_equal_in_what_the_processor_multiplies_best(minilm: MiniLM) -> None:
    texts, vectors = reference()
    assert (minilm.encode_texts(texts) * vectors).sum(axis=1).min() > 0.9999


def test_identity_is_that_of_the_weights_and_the_projection(minilm: MiniLM) -> None:
    assert minilm.identity.sha256 == WEIGHTS_SHA256
    projected = MiniLM(minilm._encoder, projection=np.eye(384, 96, dtype=np.float32))
    assert projected.identity.sha256 != WEIGHTS_SHA256
    assert projected.identity.dim == 384


def test_projection_narrows_token_vectors_of_papers_and_questions_alike(minilm: MiniLM) -> None:
    model = MiniLM(minilm._encoder, projection=np.eye(384, 96, dtype=np.float32))
    (encoded,) = model.encode_passages([sample_paper()])
    assert encoded.tokens is not None
    assert encoded.tokens.rows.shape[1] == model.encode_query("bees").tokens.shape[1] == 96
    assert encoded.vectors.shape[1] == 384
    np.testing.assert_allclose(np.linalg.norm(encoded.tokens.floats(), axis=1), 1, atol=0.01)


def test_in_full_reads_the_same_without_the_projection(minilm: MiniLM) -> None:
    model = MiniLM(minilm._encoder, projection=np.eye(384, 96, dtype=np.float32)).in_full()
    assert model.identity == minilm.identity
    assert model.encode_query("bees").tokens.shape[1] == 384
    assert np.array_equal(model.encode_texts(["bees"]), minilm.encode_texts(["bees"]))


def test_a_sentence_knows_its_surroundings(minilm: MiniLM) -> None:
    paper, chunks = sample_paper()
    (encoded,) = minilm.encode_passages([(paper, chunks)])
    last = np.array(minilm.get_text_embedding("It works."))
    topic = minilm.encode_query("sparse attention compared with dense attention").vector
    assert encoded.vectors[-1] @ topic > last @ topic + 0.1


def test_words_are_kept_and_punctuation_is_not(minilm: MiniLM) -> None:
    (encoded,) = minilm.encode_passages([sample_paper()])
    assert encoded.tokens is not None
    starts = [int(start) for start in encoded.tokens.starts if start >= 0]
    assert starts == sorted(starts)
    assert all(ABSTRACT[start].isalnum() for start in starts)
    assert list(encoded.tokens.starts[:3]) == [-1, -1, -1]


def test_the_end_of_an_endless_title_is_dropped_before_any_of_the_abstract(minilm: MiniLM) -> None:
    paper, chunks = sample_paper("endless " * 400)
    (encoded,) = minilm.encode_passages([(paper, chunks)])
    assert encoded.tokens is not None
    assert ABSTRACT[encoded.tokens.starts[-1] :].startswith("works")


def test_a_sentence_that_is_cut_off_is_read_by_itself(minilm: MiniLM) -> None:
    abstract = "filler " * 400 + ABSTRACT
    late = Span(2800, len(abstract))
    chunks = [
        Chunk("p", ChunkKind.WINDOW, 0, Span(0, len(abstract))),
        Chunk("p", ChunkKind.SENTENCE, 0, late),
    ]
    (encoded,) = minilm.encode_passages([(Paper("p", "T", abstract), chunks)])
    np.testing.assert_allclose(
        encoded.vectors[1], minilm.get_text_embedding(late.of(abstract)), rtol=0, atol=1e-5
    )


def test_words_of_all_windows_are_kept_and_the_title_once(minilm: MiniLM) -> None:
    paper, _ = sample_paper()
    half = ABSTRACT.index("Bees")
    spans = [Span(0, half), Span(half, len(ABSTRACT))]
    chunks = [Chunk("p", ChunkKind.WINDOW, i, span) for i, span in enumerate(spans)]
    (encoded,) = minilm.encode_passages([(paper, chunks)])
    (whole,) = minilm.encode_passages([sample_paper()])
    assert encoded.tokens is not None
    assert whole.tokens is not None
    assert list(encoded.tokens.starts) == list(whole.tokens.starts)


def test_the_end_of_a_long_question_counts(minilm: MiniLM) -> None:
    preamble = "I have been reading about many things for a long time. " * 40
    vector = minilm.encode_query(preamble + "Bees dance to tell where flowers are. " * 10).vector
    bees = minilm.encode_query("Bees dance to tell where flowers are.").vector
    assert vector @ bees > minilm.encode_query(preamble).vector @ bees + 0.1


def test_many_texts_give_the_same_on_many_threads(minilm: MiniLM) -> None:
    texts = [f"text number {i} " * (1 + i % 9) for i in range(30)]
    many = MiniLM.load(threads=4)
    np.testing.assert_allclose(many.encode_texts(texts), minilm.encode_texts(texts), atol=1e-5)
