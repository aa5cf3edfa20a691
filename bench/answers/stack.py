"""A search over any corpus, kept in a cache folder so that each corpus is embedded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rag.corpus import chunk_paper, read_papers
from rag.embed.passages import count_tokens, encode_passages, identity_of
from rag.index import Indexes
from rag.ingest import ingest
from rag.library import Library
from rag.retrieve import HybridSearch
from rag.settings import load_settings
from rag.types import Chunk, Paper, Rejection
from rag.wiring import embedding_model


@dataclass(frozen=True, slots=True)
class Stack:
    """A library, its indexes and a search over them."""

    library: Library
    indexes: Indexes
    search: HybridSearch


@contextmanager
def opened(folder: Path, corpus: Sequence[Path], most: int | None = None) -> Iterator[Stack]:
    """A search over the papers of these files; what ``folder`` holds already is not embedded again.

    ``most`` takes the first so many papers alone.
    """
    model = embedding_model(load_settings())

    def chunk(paper: Paper) -> Sequence[Chunk]:
        return chunk_paper(
            paper, count_tokens=lambda texts: [n - 2 for n in count_tokens(model, texts)], max_tokens=254
        )

    with Library.open(folder) as library:
        if not library.count:
            library.bind_embedding(identity_of(model))
            ingest(
                islice(_records(corpus), most),
                library=library,
                chunk=chunk,
                encode=lambda batch: encode_passages(model, batch),
            )
        indexes = Indexes(folder / "index")
        indexes.open(library)
        yield Stack(library, indexes, HybridSearch(library, indexes, model))


def _records(corpus: Sequence[Path]) -> Iterator[Paper | Rejection]:
    for path in corpus:
        with path.open("rb") as stream:
            yield from read_papers(stream, name=path.name)
