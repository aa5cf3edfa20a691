"""Settings to service: the one place that names implementations."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.answer.answerer import Answerer
from rag.corpus import chunk_paper
from rag.embed.minilm import MiniLM
from rag.embed.openai_like import OpenAICompatible
from rag.embed.passages import count_tokens, encode_passages, identity_of, max_tokens
from rag.index import Indexes
from rag.library import Library
from rag.retrieve import HybridSearch
from rag.retrieve.projection import load_projection
from rag.service import Service
from rag.settings import Settings


def open_service(settings: Settings, model: BaseEmbedding | None = None) -> Service:
    """Open everything a data folder needs to answer; indexes that don't fit the library are rebuilt.

    Args:
        settings: what is set.
        model: takes the place of the embedding model that the settings name.

    Raises:
        ConfigError: a setting or the model's weights are not as they should be.
        LibraryLocked: another process holds the data folder.
        LibraryError: the library can't be opened, or was embedded with another model.
        IndexUnavailable: the indexes can't be opened or rebuilt.
    """
    model = model or embedding_model(settings)
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
            chunk=partial(
                chunk_paper, count_tokens=partial(count_tokens, model), max_tokens=max_tokens(model)
            ),
            encode=partial(encode_passages, model),
        )
        opened.pop_all()  # the service closes them from here on
        return service


def embedding_model(settings: Settings) -> BaseEmbedding:
    """The embedding model that the settings name.

    Raises:
        ModelMissing: its weights are not to be had, or are not the ones expected.
    """
    if settings.embedding == "minilm":
        return MiniLM.load(threads=settings.threads, projection=load_projection())
    key = settings.embedding_api_key
    return OpenAICompatible(
        model=settings.embedding_model,
        base_url=settings.embedding_base_url,
        api_key=key.get_secret_value() if key else None,
    )
