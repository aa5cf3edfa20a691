"""Generations that several processes share, their windows on a Chroma server: what each sees, what is left.

Two ``Indexes`` on one folder stand for two processes: nothing passes between them but the folder.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.errors import StoreUnavailable
from rag.index import ChromaServer, Generation, Indexes, Upkeep
from rag.index.hold import Hold
from rag.library import Library
from tests.fakes.chroma import Chroma
from tests.rag.index.sample import ANEW, entry, library, unit

PAPERS = 30


@pytest.fixture
def store(chroma: Chroma) -> Iterator[ChromaServer]:
    store = ChromaServer(chroma.url)
    yield store
    store.close()


@pytest.fixture
def stored(tmp_path: Path, chroma: Chroma) -> Iterator[Library]:
    with library(tmp_path, PAPERS, chroma.url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "index"


@contextmanager
def process(folder: Path, stored: Library, store: ChromaServer) -> Iterator[Indexes]:
    indexes = Indexes(folder, growth=ANEW, store=ChromaServer(store.place))
    indexes.open(stored)
    try:
        yield indexes
    finally:
        indexes.close()


def number(indexes: Indexes) -> int:
    with indexes.lease() as generation:
        return generation.info.generation


def nearest(generation: Generation) -> list[object]:
    return [generation.dense.search(query, 9) for query in unit(np.random.default_rng(5), 3)]


def collections(store: ChromaServer, folder: Path) -> list[str]:
    client = store.connect(folder, 30)
    names = [collection.name for collection in client.list_collections()]
    mark = store.collection(folder / "1").removesuffix("1")
    return sorted(name.removeprefix(mark) for name in names if name.startswith(mark))


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.isdecimal())


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.02)


def test_what_one_makes_all_serve_and_nothing_old_is_left(
    folder: Path, stored: Library, store: ChromaServer
) -> None:
    with process(folder, stored, store) as one, process(folder, stored, store) as other:
        assert number(one) == number(other) == 1
        stored.commit([entry(PAPERS)])
        one.keep_up(stored)
        assert number(other) == 2
        assert not other.stale(stored)
        with one.lease() as mine, other.lease() as theirs:
            assert len(mine) == len(theirs) == PAPERS + 1
            assert nearest(mine) == nearest(theirs)
        assert generations(folder) == collections(store, folder) == ["2"]
    with process(folder, stored, store) as later:
        assert number(later) == 2


def test_a_generation_stays_whole_until_its_last_reader_in_any_process_has_left(
    folder: Path, stored: Library, store: ChromaServer
) -> None:
    with process(folder, stored, store) as one, process(folder, stored, store) as other:
        with other.lease() as old:
            before = nearest(old)
            stored.commit([entry(PAPERS)])
            one.keep_up(stored)
            assert number(other) == 2
            assert nearest(old) == before
            assert generations(folder) == collections(store, folder) == ["1", "2"]
        assert generations(folder) == collections(store, folder) == ["2"]


def test_of_two_that_find_the_index_stale_one_makes_it(
    folder: Path, stored: Library, store: ChromaServer
) -> None:
    with process(folder, stored, store) as one, process(folder, stored, store) as other:
        stored.commit([entry(PAPERS)])
        threads = [threading.Thread(target=made.keep_up, args=(stored,)) for made in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (number(one), number(other)) == (2, 2)
        assert generations(folder) == ["2"]


def test_what_a_dead_process_left_is_swept_by_the_next_build_and_others_collections_are_not(
    folder: Path, stored: Library, store: ChromaServer, tmp_path: Path
) -> None:
    with process(folder, stored, store) as indexes:
        client = store.connect(folder, 30)
        (tmp_path / "another").mkdir()
        foreign = store.collection(tmp_path / "another" / "1")
        for name in (*(store.collection(folder / n) for n in ("77", "78")), foreign):
            client.create_collection(name, embedding_function=None)
        (folder / "76" / "chroma").mkdir(parents=True)
        indexes.rebuild(stored)
        assert generations(folder) == collections(store, folder) == ["77"]
        client.delete_collection(foreign)


def test_a_reader_killed_on_an_old_generation_keeps_it_no_longer(
    folder: Path, stored: Library, store: ChromaServer
) -> None:
    with process(folder, stored, store) as indexes:
        reader = Hold(folder / "1")
        indexes.rebuild(stored)
        assert generations(folder) == ["1", "2"]
        reader.release()  # which the system does for the dead
        indexes.rebuild(stored)
        assert generations(folder) == ["3"]


def test_a_store_that_goes_and_comes_back_is_done_without_and_then_used_again(
    folder: Path, stored: Library, store: ChromaServer, chroma: Chroma
) -> None:
    query = unit(np.random.default_rng(5), 1)[0]
    with process(folder, stored, store) as indexes, indexes.lease() as generation:
        expected = generation.dense.search(query, 9)
        chroma.stop()
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                generation.dense.search(query, 9)
        found = generation.dense.scan(query, 9)
        assert [row for row, _ in found] == [row for row, _ in expected]
        with pytest.raises(StoreUnavailable, match="chroma run"):
            indexes.mend(stored)
        chroma.start()
        indexes.mend(stored)
        assert generation.dense.search(query, 9) == expected
        assert number(indexes) == 1


def test_a_store_that_lost_everything_is_filled_again(
    folder: Path, stored: Library, store: ChromaServer, chroma: Chroma
) -> None:
    with process(folder, stored, store) as indexes:
        with indexes.lease() as generation:
            expected = nearest(generation)
            chroma.wipe()
            chroma.start()
            with pytest.raises(Exception, match="does not exist"):
                generation.dense.search(unit(np.random.default_rng(5), 1)[0], 9)
        indexes.mend(stored)
        with indexes.lease() as generation:
            assert generation.info.generation == 2
            assert nearest(generation) == expected


def test_a_start_without_the_store_serves_what_there_is_and_catches_up(
    folder: Path, stored: Library, store: ChromaServer, chroma: Chroma
) -> None:
    with process(folder, stored, store):
        pass
    stored.commit([entry(PAPERS)])
    chroma.stop()
    with process(folder, stored, store) as indexes:
        with indexes.lease() as generation:
            assert len(generation) == PAPERS
            assert generation.dense.scan(unit(np.random.default_rng(5), 1)[0], 3)
        upkeep = Upkeep(indexes, stored)
        chroma.start()
        until(lambda: number(indexes) == 2)
        upkeep.stop()
        with indexes.lease() as generation:
            assert len(nearest(generation)) == 3


def test_nothing_to_serve_and_no_store_to_make_it_in_is_an_error(
    folder: Path, stored: Library, store: ChromaServer, chroma: Chroma
) -> None:
    chroma.stop()
    indexes = Indexes(folder, store=store)
    with pytest.raises(StoreUnavailable, match="CITEWELL_CHROMA_URL"):
        indexes.open(stored)
    assert generations(folder) == []


def test_moving_to_a_server_and_back_makes_the_index_anew(
    folder: Path, stored: Library, store: ChromaServer
) -> None:
    alone = Indexes(folder)
    alone.open(stored)
    alone.close()
    with process(folder, stored, store) as indexes:
        assert number(indexes) == 2
        assert not (folder / "2" / "chroma").exists()
    alone.open(stored)
    assert number(alone) == 3
    alone.close()


def test_readers_beside_a_writer_in_another_process_see_whole_generations(
    folder: Path, stored: Library, store: ChromaServer
) -> None:
    done, faults, seen = threading.Event(), [], set()

    def read(indexes: Indexes) -> None:
        query = unit(np.random.default_rng(1), 1)[0]
        last = 0
        while not done.is_set():
            try:
                with indexes.lease() as generation:
                    seen.add(generation.info.generation)
                    assert generation.info.generation >= last
                    last = generation.info.generation
                    assert len(generation) == PAPERS + last - 1
                    assert len(generation.dense.search(query, len(generation))) == len(generation)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test fails for it
                faults.append(error)

    with process(folder, stored, store) as writer, process(folder, stored, store) as other:
        readers = [threading.Thread(target=read, args=(indexes,)) for indexes in (writer, other, other)]
        for reader in readers:
            reader.start()
        for at in range(3):
            stored.commit([entry(PAPERS + at)])
            writer.keep_up(stored)
            assert number(other) == at + 2
        done.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert 4 in seen
    assert generations(folder) == collections(store, folder) == ["4"]
