"""The dense index: the same promises whatever store is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.models.Collection import Collection

from rag.errors import InvalidInput
from rag.index import dense as module
from rag.index.dense import DenseIndex
from rag.index.ragged import Ragged, RaggedWriter
from rag.index.store import EMBEDDED, ChromaServer, Store
from tests.fakes.chroma import Chroma
from tests.rag.index.sample import DIM, unit

Make = Callable[[list[int]], DenseIndex]
RNG = np.random.default_rng(7)


def ragged(folder: Path, counts: list[int], dtype: str = "float32") -> Ragged:
    with RaggedWriter(folder, "windows", dtype) as writer:
        for count in counts:
            writer.add(unit(np.random.default_rng(writer.count), count) * np.float32(3))
    return Ragged(folder, "windows", dtype, DIM)


def exact(windows: Ragged, query: np.ndarray, allowed: np.ndarray | None = None) -> list[tuple[int, float]]:
    cosines = windows.vectors @ (query / np.linalg.norm(query))
    best: dict[int, float] = {}
    for owner, cosine in zip(windows.owners.tolist(), cosines.tolist(), strict=True):
        if allowed is None or allowed[owner]:
            best[owner] = max(cosine, best.get(owner, -2.0))
    return sorted(best.items(), key=lambda hit: (-hit[1], hit[0]))


class DenseContract:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        """Where the collection goes."""
        raise NotImplementedError

    @pytest.fixture
    def make(self, store: Store, tmp_path: Path) -> Iterator[Make]:
        made = []

        def make(counts: list[int]) -> DenseIndex:
            made.append(DenseIndex.create(store, tmp_path, ragged(tmp_path, counts)))
            return made[-1]

        yield make
        for index in made:
            index.close()
        store.close()

    @pytest.fixture
    def collection(self, store: Store, tmp_path: Path) -> Callable[[], Collection]:
        return lambda: store.connect(tmp_path, 30).get_collection(
            store.collection(tmp_path), embedding_function=None
        )

    def test_finds_what_an_exact_search_finds(self, make: Make, tmp_path: Path) -> None:
        index = make([1 + i % 3 for i in range(200)])
        windows = Ragged(tmp_path, "windows", "float32", DIM)
        for query in unit(RNG, 10):
            found, expected = index.search(query * 9, 20), exact(windows, query)[:20]
            assert [row for row, _ in found] == [row for row, _ in expected]
            assert [c for _, c in found] == pytest.approx([c for _, c in expected], abs=1e-5)

    @pytest.mark.parametrize("share", [0.0, 0.04, 0.5, 1.0])
    @pytest.mark.parametrize("scan", [0, 10_000])
    def test_filters_are_exact_by_asking_and_by_scanning(
        self, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float, scan: int
    ) -> None:
        monkeypatch.setattr(module, "_SCAN", scan)
        index = make([1 + i % 2 for i in range(150)])
        windows = Ragged(tmp_path, "windows", "float32", DIM)
        allowed = np.random.default_rng(3).random(150) < share
        for query in unit(RNG, 5):
            found, expected = index.search(query, 12, allowed), exact(windows, query, allowed)[:12]
            assert [row for row, _ in found] == [row for row, _ in expected]

    @pytest.mark.parametrize("counts", [[], [1], [2, 0], [1, 1, 1]])
    def test_small_collections_give_all_they_have(self, make: Make, counts: list[int]) -> None:
        index = make(counts)
        assert len(index.search(unit(RNG, 1)[0], 10)) == sum(count > 0 for count in counts)
        assert index.search(unit(RNG, 1)[0], 0) == []
        assert index.deep_fault() == ""

    @pytest.mark.parametrize(
        "vector", [np.full(DIM, np.nan), np.full(DIM, np.inf), np.ones(DIM + 1), np.ones((1, DIM))]
    )
    def test_refuses_a_vector_that_is_none(self, make: Make, vector: np.ndarray) -> None:
        index = make([1, 1])
        with pytest.raises(InvalidInput, match=f"{DIM} finite numbers"):
            index.search(vector.astype(np.float32), 3)

    def test_a_collection_that_misses_a_window_is_found_out(
        self, make: Make, collection: Callable[[], Collection]
    ) -> None:
        index = make([1] * 5)
        collection().delete(ids=["3"])
        assert "4 windows of 5" in index.fault()

    def test_a_collection_with_another_vector_is_found_out(
        self, make: Make, collection: Callable[[], Collection]
    ) -> None:
        index = make([1] * 5)
        collection().update(ids=["3"], embeddings=unit(RNG, 1))
        assert index.fault() == ""
        assert "don't read back" in index.deep_fault()


class TestInAFolder(DenseContract):
    @pytest.fixture
    def store(self) -> Store:
        return EMBEDDED


class TestOnAServer(DenseContract):
    @pytest.fixture
    def store(self, chroma: Chroma) -> Store:
        return ChromaServer(chroma.url)


def test_the_nearest_vector_of_each_paper_and_its_ordinal(tmp_path: Path) -> None:
    vectors = ragged(tmp_path, [3, 0, 1, 7])
    query = unit(RNG, 1)[0]
    cosines, ordinals = vectors.best(query, np.array([3, 1, 0, 3]))
    own = vectors.vectors[4:].astype(np.float32) @ query
    assert cosines.tolist() == pytest.approx(
        [own.max(), -1, (vectors.vectors[:3] @ query).max(), own.max()], abs=1e-3
    )
    assert ordinals.tolist() == [
        own.argmax(),
        -1,
        (vectors.vectors[:3].astype(np.float32) @ query).argmax(),
        own.argmax(),
    ]


def test_bytes_with_a_scale_lose_next_to_nothing(tmp_path: Path) -> None:
    given = unit(RNG, 300)
    with RaggedWriter(tmp_path, "small", "int8") as writer:
        writer.add(given)
        writer.add(np.zeros((1, DIM), np.float32))
    small = Ragged(tmp_path, "small", "int8", DIM)
    for query, row in zip(given, given @ given.T, strict=True):
        cosines, ordinals = small.best(query, np.array([0, 1]))
        assert cosines.tolist() == pytest.approx([1, 0], abs=0.01)
        assert row[ordinals[0]] > 0.99
