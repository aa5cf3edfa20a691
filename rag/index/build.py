"""Writes a generation, from stored vectors alone."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rag.errors import IndexUnavailable
from rag.index import manifest as manifests
from rag.index.columns import ColumnsBuilder
from rag.index.dense import COLLECTION, DenseIndex, embedded
from rag.index.generation import CHROMA, COLUMNS, LEXICAL, SENTENCES, SPANS, WINDOWS
from rag.index.late import LateWriter
from rag.index.lexical import LexicalBuilder, LexicalOptions
from rag.index.manifest import Manifest
from rag.index.ragged import Ragged, RaggedWriter
from rag.index.words import Words
from rag.library import Library, Snapshot
from rag.types import ChunkKind, EmbeddingIdentity

Progress = Callable[[int, int], None]

NO_MODEL = EmbeddingIdentity("", "", 0)


def build(
    folder: Path, library: Library, words: Words, options: LexicalOptions, progress: Progress | None = None
) -> None:
    """Write generation ``int(folder.name)``; without its manifest, which comes last, it is no generation.

    Papers are taken one by one: what grows in memory with their number is the terms of each (some 600 bytes),
    and its id, year and names.

    Args:
        folder: a folder that doesn't exist yet.
        library: what to make searchable, as it is now.
        words: the tokenizer.
        options: of the lexical index.
        progress: told how many papers are read, and how many there are.

    Raises:
        IndexUnavailable: what was written doesn't read back.
    """
    folder.mkdir(parents=True)
    with library.snapshot() as source:  # not held while the graph is made: the database couldn't tidy up
        identity = source.embedding or NO_MODEL
        revision = source.revision
        sentences = _write_papers(folder, source, LexicalBuilder(words, options), progress)
    windows = Ragged(folder, *WINDOWS, identity.dim)
    dense = DenseIndex.create(embedded(folder / CHROMA), COLLECTION, windows)
    dense.close()
    dense = DenseIndex(embedded(folder / CHROMA), COLLECTION, windows)
    try:
        if fault := dense.deep_fault():
            raise IndexUnavailable(f"The dense index came out wrong ({fault}): check the disk, then rebuild.")
    finally:
        dense.close()
    manifests.publish(
        folder,
        Manifest(
            number=int(folder.name),
            revision=revision,
            embedding=identity,
            lexical=options,
            papers=len(windows),
            windows=len(windows.vectors),
            sentences=sentences,
            files=manifests.fingerprints(folder),
        ),
    )


def _write_papers(folder: Path, source: Snapshot, lexical: LexicalBuilder, progress: Progress | None) -> int:
    """Write all but the dense index; returns how many sentences there are."""
    columns, spans, total = ColumnsBuilder(), array("i"), source.count
    with (
        RaggedWriter(folder, *WINDOWS) as windows,
        RaggedWriter(folder, *SENTENCES) as sentences,
        LateWriter(folder) as tokens,
    ):
        for done, stored in enumerate(source.iter_stored(tokens=True), start=1):
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
            if progress:
                progress(done, total)
    np.save(folder / SPANS, np.array(spans, np.int32).reshape(-1, 2))
    columns.save(folder / COLUMNS)
    lexical.save(folder / LEXICAL)
    return sentences.count
