"""The dense arm: nearest windows by cosine, through Chroma.

Chroma answers a filter that matches much by looking at every record, so no filter is handed to it: more is
asked for than is wanted, and what is not allowed is dropped. Where little is allowed, or too much would have
to be asked for, the allowed papers are scored one by one instead, which is exact.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import TypeVar

import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection

from rag.errors import InvalidInput, StoreUnavailable
from rag.index.ragged import Ragged, Stack, Vectors
from rag.index.select import Mask, Ranked, Rows, best
from rag.index.store import PATIENT_S, Store

_T = TypeVar("_T")

Search = Callable[[Vectors, int, Mask | None], Ranked]

_SEARCH_S = 3.0  # seconds that a search waits for a server
_PAUSE_S = 1.0  # seconds that a store which failed is not asked again
_BATCH = 500  # records written at once; Chroma's own bound is lower on some builds of SQLite
_PAGE = 2000  # records read back at once
_SCAN = 8_000  # papers scored one by one rather than searched for
_ASK = 1_000  # windows asked of Chroma at most
_EFFORT_BUILD = 200  # neighbours weighed when a window is put into the graph, and ...
_EFFORT_SEARCH = (
    300  # ... when one is searched for: 0.999 of the true nearest 50 among 10,000, 0.983 by default
)
_SPARE = 1.3  # how many more windows than the share of allowed papers says


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
    """Windows of papers by nearness. Any thread may search.

    The store is reached when it is first asked. One that fails is left alone for a moment, so that questions
    don't queue up behind it; ``failing`` says so until a call goes well again.

    Args:
        store: keeps the collection.
        folder: the generation's.
        windows: the same vectors, by paper.
    """

    def __init__(self, store: Store, folder: Path, windows: Ragged) -> None:
        self._store = store
        self._folder = folder
        self._windows = windows
        self._owners = windows.owners.astype(np.int32)
        self._opening = threading.Lock()
        self._opened: tuple[ClientAPI, Collection] | None = None
        self._resting_until = 0.0
        self.failing = False

    @classmethod
    def create(cls, store: Store, folder: Path, windows: Ragged) -> DenseIndex:
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
        client = store.connect(folder, PATIENT_S)
        try:
            collection = client.create_collection(
                store.collection(folder), configuration={"hnsw": graph}, embedding_function=None
            )
            for start, block in windows.blocks(min(_BATCH, client.get_max_batch_size())):
                collection.add(ids=[str(start + i) for i in range(len(block))], embeddings=block)
        finally:
            store.leave(client)
        return cls(store, folder, windows)

    def __len__(self) -> int:
        """How many windows there are."""
        return len(self._owners)

    def fault(self) -> str:
        """What is plainly wrong with the collection, in words; empty when it counts right and answers.

        Raises:
            StoreUnavailable: the store can't be reached to say.
        """
        return self._fault(self._asking)

    def deep_fault(self) -> str:
        """The same, after reading every vector back, however long that takes."""
        return self.examine() or self._explained(lambda: self._apart(self._unequal))

    def examine(self) -> str:
        """The same as ``fault``, over a connection that may take its time.

        Where all is well the store is asked again at once.
        """
        fault = self._fault(self._apart)
        if not fault:
            self._resting_until, self.failing = 0.0, False
        return fault

    def _apart(self, work: Callable[[Collection], str]) -> str:
        client = self._store.connect(self._folder, PATIENT_S)
        try:
            return work(self._collection_of(client))
        finally:
            self._store.leave(client)

    def _fault(self, asking: Callable[[Callable[[Collection], str]], str]) -> str:
        return self._explained(lambda: asking(self._plain_fault))

    def _explained(self, look: Callable[[], str]) -> str:
        try:
            return look()
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever the store raises, it says that it isn't whole
            return f"the store fails with {type(error).__name__}: {error}"

    def _plain_fault(self, collection: Collection) -> str:
        if (count := collection.count()) != len(self):
            return f"the collection holds {count} windows of {len(self)}"
        for _, block in self._windows.blocks(1):
            found = collection.query(query_embeddings=block, n_results=1, include=["distances"])
            if not found["ids"][0]:  # loads the graph too, which the first search would wait for
                return "the collection gives nothing back"
            break
        return ""

    def _unequal(self, collection: Collection) -> str:
        for start, block in self._windows.blocks(_PAGE):
            ids = [str(start + i) for i in range(len(block))]
            found = collection.get(ids=ids, include=["embeddings"])
            order = np.argsort(np.array(found["ids"], np.int64))
            stored = np.asarray(found["embeddings"], np.float32)
            if len(order) != len(block) or not np.allclose(stored[order], block, atol=1e-6):
                return f"windows {start} to {start + len(block)} don't read back"
        return ""

    def _asking(self, work: Callable[[Collection], _T]) -> _T:
        """Let the collection do some work.

        Raises:
            StoreUnavailable: the store can't be reached, or failed a moment ago.
        """
        if time.monotonic() < self._resting_until:
            raise StoreUnavailable("The vector store failed a moment ago: try again shortly.")
        if self.failing:  # one caller tries again, the others don't wait with it
            self._resting_until = time.monotonic() + _SEARCH_S
        try:
            done = work(self._collection())
        except Exception as error:
            self._resting_until, self.failing = time.monotonic() + _PAUSE_S, True
            if isinstance(error, httpx.TransportError):
                raise StoreUnavailable(
                    f"The vector store does not answer ({error}): start it again."
                ) from error
            raise
        self._resting_until, self.failing = 0.0, False
        return done

    def _collection(self) -> Collection:
        with self._opening:
            if self._opened is None:
                client = self._store.connect(self._folder, _SEARCH_S)
                try:
                    self._opened = client, self._collection_of(client)
                except BaseException:
                    self._store.leave(client)
                    raise
            return self._opened[1]

    def _collection_of(self, client: ClientAPI) -> Collection:
        return client.get_collection(self._store.collection(self._folder), embedding_function=None)

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
            StoreUnavailable: the store can't be reached; ``scan`` needs none.
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
        return self._scanned(query, rows, k)

    def scan(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Ranked:
        """The same as ``search``, exactly, paper by paper and without the store: slower with many papers."""
        rows = np.arange(len(self._windows)) if allowed is None else np.flatnonzero(allowed)
        return self._scanned(unit(vector, self._windows.vectors.shape[1]), rows, k)

    def _scanned(self, query: Vectors, rows: Rows, k: int) -> Ranked:
        rows = rows[self._windows.counts[rows] > 0]
        return best(rows, self.cosines(query, rows), k)

    def _ask(self, query: Vectors, ask: int, allowed: Mask | None) -> tuple[Ranked, bool]:
        """The papers of the nearest ``ask`` windows, and whether that was all there are."""
        count = min(ask, len(self))
        answer = self._asking(
            lambda collection: collection.query(
                query_embeddings=query[None], n_results=count, include=["distances"]
            )
        )
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
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            self._store.leave(opened[0])


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
        return self._found(self._graph.search, vector, k, allowed)

    def scan(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Ranked:
        """The nearest papers, as ``DenseIndex.scan``."""
        return self._found(self._graph.scan, vector, k, allowed)

    def _found(self, look: Search, vector: Vectors, k: int, allowed: Mask | None) -> Ranked:
        if self._present is None:
            return look(vector, k, allowed)
        mask = self._present if allowed is None else allowed & self._present
        first = self._graph.papers
        found = look(vector, k, None if mask[:first].all() else mask[:first])
        rows = first + np.flatnonzero(mask[first:] & (self._windows.counts[first:] > 0))
        if k > 0 and len(rows):
            query = unit(vector, self._windows.dim)
            found += best(rows, self.cosines(query, rows), k)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[: max(k, 0)]

    def cosines(self, query: Vectors, rows: Rows) -> Vectors:
        """The cosine of the nearest window of each of these papers to a unit vector."""
        return self._windows.best(query, rows)[0]
