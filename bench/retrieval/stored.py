"""``python -m bench.retrieval.stored FOLDER NAME…``: ingests sets once, for the other commands to search."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.retrieval.sets import Set, every
from rag.corpus import chunk_paper, read_papers
from rag.embed.minilm import MiniLM
from rag.embed.passages import encode_passages
from rag.index import Indexes
from rag.ingest import ingest
from rag.library import Library
from rag.retrieve import HybridSearch, Mix
from rag.retrieve.projection import load_projection
from rag.settings import load_settings
from rag.types import Paper, Rejection


@dataclass(frozen=True, slots=True)
class Stored:
    """A set that can be searched."""

    library: Library
    indexes: Indexes
    model: MiniLM

    def search(self, weights: Mix | None = None) -> HybridSearch:
        """The search that is served, with these weights or its own."""
        return HybridSearch(self.library, self.indexes, self.model, weights=weights)


def options(what: str | None) -> argparse.ArgumentParser:
    """The arguments that all commands of this package take."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("folders", type=Path, help="folder of sets in BEIR's layout")
    parser.add_argument("names", nargs="*", help="names of sets below it; the bundled papers always come too")
    parser.add_argument("--work", type=Path, default=Path(".bench"), help="where ingested sets are kept")
    parser.add_argument("--split", default="dev", choices=["dev", "test"], help="of the bundled questions")
    return parser


@contextmanager
def stored(one: Set, work: Path) -> Iterator[Stored]:
    """A set, ingested where it isn't yet."""
    settings = load_settings()
    model = MiniLM.load(threads=settings.threads, projection=load_projection())
    chunk = partial(chunk_paper, count_tokens=model.count_tokens, max_tokens=model.max_tokens)
    with Library.open(work / one.name) as library:
        library.bind_embedding(model.identity)
        ingest(_papers(one.papers), library=library, chunk=chunk, encode=partial(encode_passages, model))
        indexes = Indexes(work / one.name / "index")
        indexes.open(library)
        try:
            yield Stored(library, indexes, model)
        finally:
            indexes.close()


def _papers(paths: Iterable[Path]) -> Iterator[Paper | Rejection]:
    for path in paths:
        with path.open("rb") as stream:
            yield from read_papers(stream, name=path.name)


def main() -> None:
    """Ingest all."""
    given = options(__doc__).parse_args()
    for one in every(given.folders, given.names, given.split):
        with stored(one, given.work) as made:
            print(f"{one.name}: {made.library.count} papers", flush=True)


if __name__ == "__main__":
    main()
