"""Settings to service: the one place that names implementations."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.answer import Answerer
from rag.corpus import chunk_paper
from rag.embed.minilm import MiniLM
from rag.embed.passages import SpanPooling, count_tokens, encode_passages, identity_of
from rag.index import Indexes
from rag.ingest import Chunker
from rag.library import Library
from rag.retrieve import HybridSearch
from rag.service import Service
from rag.settings import Settings

SPECIAL_TOKENS = 2
"""That a model puts around every text: one before, one after."""
REMOTE_WINDOW = 512
"""Tokens of a window for a model that does not say how much it reads; every one in use reads that much."""


def open_service(settings: Settings) -> Service:
    """Open everything a data folder needs to answer; indexes that don't fit the library are rebuilt.

    Raises:
        ConfigError: a setting or the model's weights are not as they should be.
        LibraryLocked: another process holds the data folder.
        LibraryError: the library can't be opened, or was embedded with another model.
        IndexUnavailable: the indexes can't be opened or rebuilt.
    """
    model = embedding_model(settings)
    with ExitStack() as opened:
        library = opened.enter_context(Library.open(settings.data_dir, settings.database_url))
        library.bind_embedding(identity_of(model))
        indexes = Indexes(settings.data_dir / "index")
        opened.callback(indexes.close)
        indexes.open(library)
        search = HybridSearch(library, indexes, model)
        service = Service(
            settings.data_dir,
            library=library,
            indexes=indexes,
            search=search,
            answerer=Answerer(search, library),
            chunk=_chunker(model),
            encode=partial(encode_passages, model),
        )
        opened.pop_all()  # the service closes them from here on
        return service


def embedding_model(settings: Settings) -> BaseEmbedding:
    """The embedding model that the settings name.

    Raises:
        ModelMissing: its weights are not to be had, or are not the ones expected.
    """
    return MiniLM.load(threads=settings.threads)


def _chunker(model: BaseEmbedding) -> Chunker:
    """Cuts papers so that a title and a window fill one pass of the model."""
    most = model.max_tokens if isinstance(model, SpanPooling) else REMOTE_WINDOW

    def count(texts: Sequence[str]) -> list[int]:
        return [n - SPECIAL_TOKENS for n in count_tokens(model, texts)]

    return partial(chunk_paper, count_tokens=count, max_tokens=most - SPECIAL_TOKENS)
