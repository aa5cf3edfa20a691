"""Writes a generation, from stored vectors alone."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from rag.errors import IndexUnavailable
from rag.index import manifest as manifests
from rag.index.base import Base
from rag.index.changes import since
from rag.index.columns import ColumnsBuilder
from rag.index.dense import DenseIndex
from rag.index.generation import GONE
from rag.index.late import LateWriter
from rag.index.lexical import LexicalBuilder, LexicalOptions
from rag.index.manifest import Manifest
from rag.index.ragged import Ragged, RaggedWriter
from rag.index.segment import COLUMNS, LEXICAL, SENTENCES, SPANS, WINDOWS
from rag.index.store import EMBEDDED, Store
from rag.index.words import Words
from rag.library import Library, StoredPaper
from rag.types import ChunkKind, EmbeddingIdentity

Progress = Callable[[int, int], None]

NO_MODEL = EmbeddingIdentity("", "", 0)


def build(
    folder: Path,
    library: Library,
    words: Words,
    options: LexicalOptions,
    progress: Progress | None = None,
    store: Store = EMBEDDED,
) -> None:
    """Write generation ``int(folder.name)``; without its manifest, which comes last, it is no generation.

    Papers are taken one by one: what grows in memory with their number is the terms of each (some 600 bytes;
    four times that while they are sorted), and its id, year and names.

    Args:
        folder: a folder that doesn't exist yet.
        library: what to make searchable, as it is now.
        words: the tokenizer.
        options: of the lexical index.
        progress: told how many papers are read, and how many there are.
        store: where the windows go.

    Raises:
        IndexUnavailable: what was written doesn't read back.
        StoreUnavailable: the store does not answer.
    """
    store.require()  # rather than after all that can be done without it
    folder.mkdir(parents=True)
    with library.snapshot() as source:  # not held while the graph is made: the database couldn't tidy up
        identity = source.embedding or NO_MODEL
        revision, papers = source.revision, source.count
        stored = source.iter_stored(tokens=True)
        _write_papers(folder, _counted(stored, papers, progress), LexicalBuilder(words, options))
    _write_graph(folder, identity.dim, store)
    files = manifests.fingerprints(folder)
    whole = Manifest(int(folder.name), revision, identity, options, papers, files, store=store.place)
    manifests.publish(folder, whole)


def extend(folder: Path, library: Library, words: Words, base: Base, most: int) -> bool:
    """Write a generation that stands on another: what changed since, and nothing else.

    Args:
        folder: as in ``build``.
        library: what to make searchable, as it is now; embedded with the model of the base.
        words: the tokenizer.
        base: what to stand on.
        most: papers that may have changed.

    Returns:
        Whether it was written: more than ``most`` changed where it was not.
    """
    with library.snapshot() as source:
        changes = since(base.segment.columns, source)
        if len(changes) > most:
            return False
        folder.mkdir(parents=True)
        revision, papers, options = source.revision, source.count, base.manifest.lexical
        stored = source.stored(changes.fresh, tokens=True)
        _write_papers(folder, stored, LexicalBuilder(words, options))
    np.save(folder / GONE, changes.gone)
    files, identity = manifests.fingerprints(folder), base.manifest.embedding
    standing = Manifest(
        int(folder.name),
        revision,
        identity,
        options,
        papers,
        files,
        base.manifest.number,
        base.seal,
        base.manifest.store,
    )
    manifests.publish(folder, standing)
    return True


def _counted(papers: Iterator[StoredPaper], total: int, progress: Progress | None) -> Iterator[StoredPaper]:
    """The papers, each told of once it was written."""
    for done, paper in enumerate(papers, start=1):
        yield paper
        if progress:
            progress(done, total)


def _write_graph(folder: Path, dim: int, store: Store) -> None:
    """Write the dense index of the windows that lie there, and read it back."""
    store.discard(folder)  # what an earlier try left on a server
    if fault := DenseIndex.create(store, folder, Ragged(folder, *WINDOWS, dim)).deep_fault():
        raise IndexUnavailable(f"The dense index came out wrong ({fault}): check the disk, then rebuild.")


def _write_papers(folder: Path, papers: Iterable[StoredPaper], lexical: LexicalBuilder) -> None:
    """Write all but the dense index."""
    columns, spans = ColumnsBuilder(), array("i")
    with (
        RaggedWriter(folder, *WINDOWS) as windows,
        RaggedWriter(folder, *SENTENCES) as sentences,
        LateWriter(folder) as tokens,
    ):
        for stored in papers:
            paper = stored.paper
            columns.add(paper, stored.revision)
            lexical.add(paper.title, paper.abstract)
            is_window = np.array([chunk.kind is ChunkKind.WINDOW for chunk in stored.chunks])
            windows.add(stored.vectors[is_window])
            sentences.add(stored.vectors[~is_window])
            tokens.add(stored.tokens)
            for chunk in stored.chunks:
                if chunk.kind is ChunkKind.SENTENCE:
                    spans.extend((chunk.span.start, chunk.span.end))
    np.save(folder / SPANS, np.array(spans, np.int32).reshape(-1, 2))
    columns.save(folder / COLUMNS)
    lexical.save(folder / LEXICAL)
