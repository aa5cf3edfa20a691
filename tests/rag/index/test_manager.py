"""Generations: what a start finds, what a swap leaves alone, what damage and death cost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import DiskFull, IndexUnavailable
from rag.index import Generation, Indexes, LexicalOptions
from rag.index import manager as module
from rag.index.manifest import FORMAT
from rag.library import Library
from rag.types import Filters
from tests.rag.index.sample import ANEW, DIM, MODEL, entry, library, unit

PAPERS = 80
Answers = list[object]


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Library]:
    with library(tmp_path, PAPERS) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "index"


def answers(generation: Generation) -> Answers:
    """All that a generation says to some questions, by paper id."""
    rows = np.arange(len(generation))
    mask = generation.mask(Filters(authors=("author 3",)))
    said: Answers = [generation.ids, generation.revisions.tolist()]
    for query in unit(np.random.default_rng(5), 3):
        said.append(generation.dense.search(query, 7))
        said.append(generation.dense.search(query, 7, mask))
        said += [part.tolist() for part in generation.best_sentence(query, rows)]
        said.append(np.nan_to_num(generation.late.search(query[None], rows)[0], nan=-9).tolist())
    said += [generation.lexical.search(query, 9, mask) for query in ("kinase graph", "kmeans", "unheard")]
    return said


def opened(folder: Path, stored: Library) -> tuple[int, Answers]:
    """The number of the generation that serves after a start, and what it says; no change is added to one."""
    indexes = Indexes(folder, growth=ANEW)
    indexes.open(stored)
    try:
        with indexes.lease() as generation:
            return generation.info.generation, answers(generation)
    finally:
        indexes.close()


def test_a_restart_opens_what_was_built(folder: Path, stored: Library) -> None:
    first = opened(folder, stored)
    assert first[0] == 1
    assert opened(folder, stored) == first


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("filters", [Filters(), Filters(authors=("author 3",))])
def test_papers_come_by_age_undated_ones_last(
    folder: Path, stored: Library, newest: bool, filters: Filters
) -> None:
    papers = [entry(number).paper for number in range(PAPERS)]
    ages = [
        (paper.year is None, (-1 if newest else 1) * (paper.year or 0), paper.id)
        for paper in papers
        if not filters.authors or paper.authors[0] == "Author 3"
    ]
    indexes = Indexes(folder)
    indexes.open(stored)
    with indexes.lease() as generation:
        assert generation.by_age(filters, 9, newest=newest) == tuple(name for *_, name in sorted(ages)[:9])
    indexes.close()


def test_rows_hold_what_the_library_holds(folder: Path, stored: Library) -> None:
    indexes = Indexes(folder)
    indexes.open(stored)
    with indexes.lease() as generation:
        for paper in stored.iter_stored(tokens=True):
            row = generation.row(paper.paper.id)
            assert row is not None
            sentences = [c for c in paper.chunks if c.kind == "sentence"]
            for at, chunk in enumerate(paper.chunks):
                if chunk.kind == "sentence":
                    cosines, ordinals = generation.best_sentence(paper.vectors[at], np.array([row]))
                    assert cosines[0] == pytest.approx(1, abs=1e-2)
                    assert generation.span(row, int(ordinals[0])) == chunk.span
            assert len(sentences) or generation.best_sentence(paper.vectors[0], np.array([row]))[1] == [-1]
            tokens = generation.late.of(row)
            assert (tokens is None) == (paper.tokens is None)
            assert tokens is None or bytes(tokens) == paper.tokens
        assert generation.info.papers == len(generation) == PAPERS
    indexes.close()


@pytest.mark.parametrize("papers", [0, 1, 2])
def test_a_library_of_next_to_nothing_is_searchable(tmp_path: Path, papers: int) -> None:
    with library(tmp_path, papers) as stored:
        for _ in range(2):
            number, said = opened(tmp_path / "index", stored)
            assert number == 1
            assert len(said[0]) == papers  # type: ignore[arg-type]  # the ids


def test_a_library_without_a_model_is_searchable(tmp_path: Path) -> None:
    with Library.open(tmp_path / "data") as stored:
        indexes = Indexes(tmp_path / "index")
        indexes.open(stored)
        with indexes.lease() as generation:
            assert generation.dense.search(np.ones(DIM, np.float32), 3) == []
            assert generation.lexical.search("graph", 3) == []
        indexes.close()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "graph cut short": ("1/chroma/*/data_level0.bin", truncate),
    "a bit of the graph": ("1/chroma/*/link_lists.bin", flip),
    "graph's ids gone": ("1/chroma/*/index_metadata.pickle", Path.unlink),
    "graph's folder gone": ("1/chroma/*-*", shutil.rmtree),
    "store's database gone": ("1/chroma/chroma.sqlite3", Path.unlink),
    "store's database cut short": ("1/chroma/chroma.sqlite3", truncate),
    "store's database garbage": ("1/chroma/chroma.sqlite3", lambda path: path.write_bytes(b"\xff" * 9999)),
    "garbage manifest": ("1/manifest.json", lambda path: path.write_bytes(b"\xff{")),
    "manifest of something else": ("1/manifest.json", lambda path: path.write_text("[]")),
    "manifest of an older format": (
        "1/manifest.json",
        lambda path: path.write_text(path.read_text().replace(f'"format": {FORMAT}', '"format": 1')),
    ),
    "manifest gone": ("1/manifest.json", Path.unlink),
    "sentences gone": ("1/sentences.bin", Path.unlink),
    "terms changed": ("1/lexical/rows.npy", flip),
    "names cut short": ("1/columns/names.json", truncate),
    "pointer gone": ("CURRENT", Path.unlink),
    "pointer garbage": ("CURRENT", lambda path: path.write_bytes(b"\xff\xfe../..")),
    "pointer to nowhere": ("CURRENT", lambda path: path.write_text("77")),
    "generation gone": ("1", shutil.rmtree),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_noticed_and_rebuilt_with_equal_answers(folder: Path, stored: Library, damage: str) -> None:
    number, expected = opened(folder, stored)
    pattern, harm = DAMAGES[damage]
    for path in list(folder.glob(pattern)):
        harm(path)
    rebuilt, said = opened(folder, stored)
    assert said == expected
    assert rebuilt > number or damage == "generation gone"
    assert sorted(path.name for path in folder.iterdir()) == sorted([str(rebuilt), "CURRENT"])


def test_what_a_crash_left_behind_is_swept(folder: Path, stored: Library) -> None:
    opened(folder, stored)
    (folder / "9" / "chroma").mkdir(parents=True)
    assert opened(folder, stored)[0] == 1
    assert not (folder / "9").exists()


def test_a_changed_library_is_rebuilt_at_the_next_start(folder: Path, stored: Library) -> None:
    opened(folder, stored)
    stored.remove(["p00004"])
    number, said = opened(folder, stored)
    assert number == 2
    assert "p00004" not in said[0]  # type: ignore[operator]  # the ids


def test_other_options_are_rebuilt_at_the_next_start(folder: Path, stored: Library) -> None:
    opened(folder, stored)
    indexes = Indexes(folder, LexicalOptions(title_weight=5))
    indexes.open(stored)
    with indexes.lease() as generation:
        assert generation.info.generation == 2
    indexes.close()


def test_a_search_under_way_ends_on_the_generation_it_began_with(folder: Path, stored: Library) -> None:
    indexes = Indexes(folder)
    indexes.open(stored)
    with indexes.lease() as old:
        before = answers(old)
        stored.commit([entry(PAPERS)])
        assert indexes.stale(stored)
        assert indexes.rebuild(stored) == 2
        assert not indexes.stale(stored)
        with indexes.lease() as new:
            assert len(new) == len(old) + 1
        assert answers(old) == before
        assert (folder / "1").exists()
    assert not (folder / "1").exists()
    indexes.close()


def test_many_readers_never_meet_a_closed_generation(folder: Path, stored: Library) -> None:
    indexes = Indexes(folder)
    indexes.open(stored)
    done, faults = threading.Event(), []

    def read() -> None:
        query = unit(np.random.default_rng(1), 1)[0]
        while not done.is_set():
            try:
                with indexes.lease() as generation:
                    assert len(generation.dense.search(query, 5)) == 5
                    assert generation.lexical.search("kinase", 5)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test fails for it
                faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(2, 5):
        assert indexes.rebuild(stored) == number
    done.set()
    for reader in readers:
        reader.join()
    indexes.close()
    assert faults == []
    assert sorted(path.name for path in folder.iterdir()) == ["4", "CURRENT"]


def test_closing_waits_for_readers_and_removes_nothing(folder: Path, stored: Library) -> None:
    indexes = Indexes(folder)
    indexes.open(stored)
    inside, leave = threading.Event(), threading.Event()

    def read() -> None:
        with indexes.lease():
            inside.set()
            leave.wait()

    reader = threading.Thread(target=read)
    reader.start()
    inside.wait()
    closer = threading.Thread(target=indexes.close)
    closer.start()
    assert closer.is_alive()
    leave.set()
    closer.join()
    reader.join()
    with pytest.raises(IndexUnavailable), indexes.lease():
        pass
    assert opened(folder, stored)[0] == 1


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError(28, "No space left on device"), DiskFull),
        (RuntimeError("Error executing: database or disk is full"), DiskFull),
        (OSError(5, "Input/output error"), IndexUnavailable),
        (RuntimeError("the store fell over"), IndexUnavailable),
    ],
)
def test_a_failed_build_leaves_the_old_one_serving(
    folder: Path,
    stored: Library,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    told: type[Exception],
) -> None:
    indexes = Indexes(folder)
    indexes.open(stored)

    def fail(folder: Path, *_: object) -> None:
        (folder / "chroma").mkdir(parents=True)
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(module, "build", fail)
        with pytest.raises(told):
            indexes.rebuild(stored)
    with indexes.lease() as generation:
        assert generation.info.generation == 1
        assert generation.lexical.search("kinase", 3)
    assert not (folder / "2").exists()
    assert indexes.rebuild(stored) == 2
    indexes.close()


def test_progress_counts_every_paper(folder: Path, stored: Library) -> None:
    told: list[tuple[int, int]] = []
    indexes = Indexes(folder)
    indexes.open(stored, lambda done, total: told.append((done, total)))
    indexes.close()
    assert told == [(done, PAPERS) for done in range(1, PAPERS + 1)]


KILLED = """
import sys
from pathlib import Path
from rag.index import Indexes
from rag.library import Library

with Library.open(Path(sys.argv[1])) as library:
    indexes = Indexes(Path(sys.argv[1]) / "index")
    print("begun", flush=True)
    while True:
        indexes.open(library)
        indexes.rebuild(library)
        indexes.close()
"""


@pytest.mark.slow
def test_a_build_killed_at_any_moment_costs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "index"
    with library(tmp_path, PAPERS) as stored:
        assert stored.embedding == MODEL
        expected = opened(folder, stored)[1]
    for wait in (0.02, 0.15, 0.4):
        program = [sys.executable, "-c", KILLED, str(tmp_path / "data")]
        with subprocess.Popen(program, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"begun\n"
            time.sleep(wait)
            child.send_signal(signal.SIGKILL)
        with Library.open(tmp_path / "data") as stored:
            number, said = opened(folder, stored)
        assert said == expected
        assert sorted(path.name for path in folder.iterdir()) == sorted([str(number), "CURRENT"])
