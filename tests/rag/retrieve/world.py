"""A small library with real indexes, embedded by words alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.corpus.chunks import chunk_paper
from rag.embed.passages import count_tokens, encode_passages, identity_of
from rag.index import Indexes
from rag.ingest import ingest
from rag.library import Library
from rag.retrieve import HybridSearch, Mix, Reranker
from rag.types import Chunk, Paper
from tests.fakes.embedding import WordHashEmbedding

PAPERS = (
    Paper(
        "sparse",
        "Sparse attention for translation",
        "Attention spreads over irrelevant words. We make attention sparse by a new function. "
        "Translation improves by two points.",
        authors=("Ada Example",),
        year=2019,
        url="https://example.org/sparse",
        sources=("first.txt",),
    ),
    Paper(
        "parsing",
        "Parsing sentences with very little annotated data",
        "Parsing needs trees. Our parser learns from a handful of annotated sentences.",
        year=2021,
        sources=("second.txt",),
    ),
    Paper(
        "proteins",
        "Folding proteins",
        "Protein structures are predicted by a neural network. The network reads sequences of amino acids.",
        year=2020,
        sources=("second.txt",),
    ),
    Paper(
        "speech",
        "Speech in noise",
        "Speech is hard to recognise in noise. A neural network removes the noise of crowded rooms.",
        sources=("first.txt",),
    ),
    Paper(
        "graphs",
        "Counting in graphs",
        "Triangles are counted in streams of edges. Memory stays bounded whatever the stream.",
        year=2018,
        sources=("second.txt",),
    ),
)


@dataclass(frozen=True)
class World:
    """The parts of a search."""

    library: Library
    indexes: Indexes
    model: BaseEmbedding

    def search(self, *, weights: Mix | None = None, reranker: Reranker | None = None) -> HybridSearch:
        return HybridSearch(self.library, self.indexes, self.model, weights=weights, reranker=reranker)

    def store(self, papers: Sequence[Paper]) -> None:
        """Ingest papers without making a new index."""
        model = self.model

        def chunk(paper: Paper) -> tuple[Chunk, ...]:
            return chunk_paper(paper, count_tokens=lambda t: count_tokens(model, t), max_tokens=200)

        ingest(papers, library=self.library, chunk=chunk, encode=lambda p: encode_passages(model, p))


@contextmanager
def world(
    folder: Path, papers: Sequence[Paper] = PAPERS, model: BaseEmbedding | None = None
) -> Iterator[World]:
    """The papers, stored and indexed."""
    model = model or WordHashEmbedding(model_name="word-hash")
    with Library.open(folder) as library:
        library.bind_embedding(identity_of(model))
        indexes = Indexes(folder / "index")
        made = World(library, indexes, model)
        made.store(papers)
        indexes.open(library)
        try:
            yield made
        finally:
            indexes.close()
