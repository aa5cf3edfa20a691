"""The dense arm: nearest windows by cosine, through Chroma.

Chroma answers a filter that matches much by looking at every record, so no filter is handed to it: more is
asked for than is wanted, and what is not allowed is dropped. Where little is allowed, or too much would have
to be asked for, the allowed papers are scored one by one instead, which is exact.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings as ChromaSettings

from rag.errors import InvalidInput
from rag.index.ragged import Ragged, Stack, Vectors
from rag.index.select import Mask, Ranked, Rows, best

COLLECTION = "windows"

_BATCH = 500  # records written at once; Chroma's own bound is lower on some builds of SQLite
_PAGE = 2000  # records read back at once
_SCAN = 8_000  # papers scored one by one rather than searched for
_ASK = 1_000  # windows asked of Chroma at most
_EFFORT_BUILD = 200  # neighbours weighed when a window is put into the graph, and ...
_EFFORT_SEARCH = (
    300  # ... when one is searched for: 0.999 of the true nearest 50 among 10,000, 0.983 by default
)
_SPARE = 1.3  # how many more windows than the share of allowed papers says


def embedded(folder: Path) -> ClientAPI:
    """A client of the store in a folder of this machine, without telemetry."""
    return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))


def unit(vector: Vectors, dim: int) -> Vectors:
    """A query vector, checked and made of unit length.

    Raises:
        InvalidInput: it isn't ``dim`` finite numbers.
    """
    given = np.asarray(vector, np.float32)
    if given.shape != (dim,) or not np.isfinite(given).all():
        raise InvalidInput(
            f"A query vector must be {dim} finite numbers, not {list(given.shape)} that may be infinite: "
            "encode the question with the library's model.",
            field="query",
        )
    norm = float(np.linalg.norm(given))
    return given / norm if norm > 0 else given


class DenseIndex:
    """Windows of papers by nearness.

    Args:
        client: of the store that holds the collection; closed with the index.
        name: the collection.
        windows: the same vectors, by paper.
    """

    def __init__(self, client: ClientAPI, name: str, windows: Ragged) -> None:
        self._client = client
        self._collection = client.get_collection(name, embedding_function=None)
        self._windows = windows
        self._owners = windows.owners.astype(np.int32)

    @classmethod
    def create(cls, client: ClientAPI, name: str, windows: Ragged) -> DenseIndex:
        """Write all windows into a new collection; the id of each is its position.

        The graph reaches the disk once, when the last window is in, and no part of it stays in a log that
        every start would have to replay.
        """
        count = max(2, len(windows.vectors))
        graph = CreateHNSWConfiguration(
            space="cosine",
            ef_construction=_EFFORT_BUILD,
            ef_search=_EFFORT_SEARCH,
            sync_threshold=count,
            batch_size=min(100, count),
        )
        collection = client.create_collection(name, configuration={"hnsw": graph}, embedding_function=None)
        for start, block in windows.blocks(min(_BATCH, client.get_max_batch_size())):
            collection.add(ids=[str(start + i) for i in range(len(block))], embeddings=block)
        return cls(client, name, windows)

    def __len__(self) -> int:
        """How many windows there are."""
        return len(self._owners)

    def fault(self) -> str:
        """What is plainly wrong with the collection, in words; empty when it counts right and answers."""
        if (count := self._collection.count()) != len(self):
            return f"the collection holds {count} windows of {len(self)}"
        for _, block in self._windows.blocks(1):
            if not self._ask(block[0], 1, None)[
                0
            ]:  # loads the graph too, which the first search would wait for
                return "the collection gives nothing back"
            break
        return ""

    def deep_fault(self) -> str:
        """The same, after reading every vector back."""
        if fault := self.fault():
            return fault
        for start, block in self._windows.blocks(_PAGE):
            found = self._collection.get(
                ids=[str(start + i) for i in range(len(block))], include=["embeddings"]
            )
            order = np.argsort(np.array(found["ids"], np.int64))
            stored = np.asarray(found["embeddings"], np.float32)
            if len(order) != len(block) or not np.allclose(stored[order], block, atol=1e-6):
                return f"windows {start} to {start + len(block)} don't read back"
        return ""

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Ranked:
        """The nearest papers.

        Args:
            vector: ``[dim]``, of any length but zero.
            k: how many at most.
            allowed: one bool a paper, ``None`` for all.

        Returns:
            ``(row, cosine of its nearest window)``, nearest first.

        Raises:
            InvalidInput: the vector isn't one of this index.
        """
        rows = np.arange(len(self._windows)) if allowed is None else np.flatnonzero(allowed)
        if k <= 0 or not len(rows):
            return []
        query = unit(vector, self._windows.vectors.shape[1])
        if allowed is None or len(rows) > _SCAN:
            ask = ceil(min(k, len(rows)) * len(self) / len(rows) * _SPARE)
            while ask <= _ASK:
                found, whole = self._ask(query, ask, allowed)
                if len(found) >= min(k, len(rows)) or whole:
                    return found[:k]
                ask *= 3
        rows = rows[self._windows.counts[rows] > 0]
        return best(rows, self.cosines(query, rows), k)

    def _ask(self, query: Vectors, ask: int, allowed: Mask | None) -> tuple[Ranked, bool]:
        """The papers of the nearest ``ask`` windows, and whether that was all there are."""
        count = min(ask, len(self))
        answer = self._collection.query(query_embeddings=query[None], n_results=count, include=["distances"])
        rows = self._owners[np.array(answer["ids"][0], np.int64)]
        first = np.sort(np.unique(rows, return_index=True)[1])
        if allowed is not None:
            first = first[allowed[rows[first]]]
        distances = np.asarray((answer["distances"] or [[]])[0])
        found = list(zip(rows[first].tolist(), (1 - distances[first]).tolist(), strict=True))
        return found, count == len(self)

    def cosines(self, query: Vectors, rows: Rows) -> Vectors:
        """The cosine of the nearest window of each of these papers to a unit vector."""
        return self._windows.best(query, rows)[0]

    @property
    def papers(self) -> int:
        """How many papers there are."""
        return len(self._windows)

    def close(self) -> None:
        """Let go of the store's files and memory."""
        self._client.close()  # type: ignore[attr-defined]  # every client of 1.5.9 has it, its interface says nothing


class DenseArm:
    """The graph of a base, and the papers that came since: few enough to be looked at one by one.

    Args:
        graph: over the first rows.
        windows: of all rows.
        present: one bool a row, ``None`` where all papers are present.
    """

    def __init__(self, graph: DenseIndex, windows: Stack, present: Mask | None) -> None:
        self._graph = graph
        self._windows = windows
        self._present = present

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Ranked:
        """The nearest papers, as ``DenseIndex.search``."""
        if self._present is None:
            return self._graph.search(vector, k, allowed)
        mask = self._present if allowed is None else allowed & self._present
        first = self._graph.papers
        found = self._graph.search(vector, k, None if mask[:first].all() else mask[:first])
        rows = first + np.flatnonzero(mask[first:] & (self._windows.counts[first:] > 0))
        if k > 0 and len(rows):
            query = unit(vector, self._windows.dim)
            found += best(rows, self.cosines(query, rows), k)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[: max(k, 0)]

    def cosines(self, query: Vectors, rows: Rows) -> Vectors:
        """The cosine of the nearest window of each of these papers to a unit vector."""
        return self._windows.best(query, rows)[0]
