"""A search over any corpus, kept in a folder so that each corpus is embedded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.corpus import chunk_paper, read_papers
from rag.embed.passages import count_tokens, encode_passages, identity_of, max_tokens
from rag.index import Indexes
from rag.ingest import ingest
from rag.library import Library
from rag.retrieve import HybridSearch
from rag.settings import load_settings
from rag.types import Paper, Rejection
from rag.wiring import embedding_model


@dataclass(frozen=True, slots=True)
class Stack:
    """A library, its indexes, the model they are made with, and the search over them that is served."""

    library: Library
    indexes: Indexes
    model: BaseEmbedding
    search: HybridSearch


@contextmanager
def opened(folder: Path, corpus: Sequence[Path], most: int | None = None) -> Iterator[Stack]:
    """A search over the papers of these files; what ``folder`` holds already is not embedded again.

    ``most`` takes the first so many papers alone.
    """
    model = embedding_model(load_settings())
    chunk = partial(chunk_paper, count_tokens=partial(count_tokens, model), max_tokens=max_tokens(model))
    with Library.open(folder) as library:
        if not library.count:
            library.bind_embedding(identity_of(model))
            papers = islice(_records(corpus), most)
            ingest(papers, library=library, chunk=chunk, encode=partial(encode_passages, model))
        indexes = Indexes(folder / "index")
        indexes.open(library)
        try:
            yield Stack(library, indexes, model, HybridSearch(library, indexes, model))
        finally:
            indexes.close()


def _records(corpus: Sequence[Path]) -> Iterator[Paper | Rejection]:
    for path in corpus:
        with path.open("rb") as stream:
            yield from read_papers(stream, name=path.name)
