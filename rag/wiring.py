"""Settings to service: the one place that names implementations."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.answer.answerer import Answerer
from rag.answer.verify import Verifier
from rag.corpus import chunk_paper
from rag.embed.encoder import TokenEncoder
from rag.embed.minilm import MiniLM
from rag.embed.passages import count_tokens, encode_passages, identity_of, max_tokens
from rag.index import EMBEDDED, ChromaServer, Indexes, Upkeep
from rag.library import Library
from rag.provenance import provenance
from rag.retrieve import HybridSearch, Mix, Reranker
from rag.retrieve.projection import load_projection
from rag.saved import Keeper
from rag.saved.opening import saved_answers
from rag.service import Service
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.answer.write.checked import CheckedWriter

# What speaks to endpoints is imported where one is set: it takes a second that local work needn't wait.


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
        store = ChromaServer(settings.chroma_url) if settings.chroma_url else EMBEDDED
        library = opened.enter_context(Library.open(settings.data_dir, settings.database_url, store.place))
        library.bind_embedding(identity_of(model))
        writer = language_model(settings, model, opened)
        indexes = Indexes(settings.data_dir / "index", store=store)
        opened.callback(indexes.close)
        indexes.open(library)
        upkeep = Upkeep(indexes, library)
        opened.callback(upkeep.stop)
        weights = Mix() if settings.late_interaction else replace(Mix(), late=0)
        search = HybridSearch(library, indexes, model, weights=weights, reranker=reranker(settings))
        service = Service(
            settings.data_dir,
            library=library,
            indexes=indexes,
            search=search,
            answerer=Answerer(search, library, risk=settings.risk, writer=writer),
            keeper=Keeper(
                provenance(settings, identity_of(model), writer.writer.name if writer else ""),
                saved_answers(settings),
            ),
            chunk=partial(
                chunk_paper, count_tokens=partial(count_tokens, model), max_tokens=max_tokens(model)
            ),
            encode=partial(encode_passages, model, tokens=settings.late_interaction),
            upkeep=upkeep,
        )
        opened.pop_all()  # the service closes them from here on
        return service


def language_model(settings: Settings, reader: BaseEmbedding, opened: ExitStack) -> CheckedWriter | None:
    """The writer that the settings name, with the verifier behind it; None where none is configured.

    Args:
        settings: what is set.
        reader: the embedding model, by which the verifier reads.
        opened: closes the connections.
    """
    if (name := settings.llm) is None:
        return None
    from llama_index.llms.openai_like import OpenAILike

    from rag.answer.model.client import Bounds, ChatModel
    from rag.answer.verify import ModelCheck
    from rag.answer.write.checked import CheckedWriter
    from rag.answer.write.writer import LlmWriter, Room
    from rag.embed.openai_like import OPENAI_URL

    key = settings.llm_api_key
    llm = OpenAILike(
        model=name,
        api_base=settings.llm_base_url or OPENAI_URL,
        api_key=key.get_secret_value() if key else "none",
        context_window=settings.llm_context_tokens,
        max_tokens=settings.llm_max_tokens,
        temperature=0.0,
        is_chat_model=True,
        max_retries=0,  # the retry is ours: before the first word alone
        timeout=settings.llm_timeout_s,
        additional_kwargs={"stream_options": {"include_usage": True}},
    )
    bounds = Bounds(settings.llm_timeout_s, settings.llm_idle_timeout_s, settings.llm_concurrency)
    model = ChatModel(llm, bounds)
    opened.callback(model.close)
    room = Room(settings.llm_context_tokens, settings.llm_max_tokens)
    second = ModelCheck(model) if settings.llm_check else None
    verifier = Verifier(reader.in_full() if isinstance(reader, MiniLM) else reader, second=second)
    return CheckedWriter(LlmWriter(model, room), verifier)


def reranker(settings: Settings) -> Reranker | None:
    """The last stage that the settings name; None where none is configured."""
    if (url := settings.rerank_base_url) is None:
        return None
    from rag.retrieve.rerank_endpoint import RerankEndpoint

    key = settings.rerank_api_key
    endpoint = RerankEndpoint(
        model=settings.rerank_model, base_url=url, api_key=key.get_secret_value() if key else None
    )
    return Reranker(endpoint, settings.rerank_depth)


def embedding_model(settings: Settings, encoder: Future[TokenEncoder] | None = None) -> BaseEmbedding:
    """The embedding model that the settings name.

    Args:
        settings: what is set.
        encoder: of the model that runs here, where it is on its way already.

    Raises:
        ModelMissing: its weights are not to be had, or are not the ones expected.
    """
    if settings.embedding == "minilm":
        opened = (
            encoder.result()
            if encoder
            else TokenEncoder.load(threads=settings.threads, precision=settings.precision)
        )
        return MiniLM(opened, projection=load_projection())
    from rag.embed.openai_like import OpenAICompatible

    key = settings.embedding_api_key
    return OpenAICompatible(
        model=settings.embedding_model,
        base_url=settings.embedding_base_url,
        api_key=key.get_secret_value() if key else None,
    )
