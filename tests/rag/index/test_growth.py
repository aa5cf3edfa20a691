"""A generation that stands on another answers as one that was written whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import DiskFull
from rag.index import Generation, Growth, Indexes
from rag.index import manager as module
from rag.library import Library
from rag.types import Filters
from tests.rag.index.sample import entry, library, unit

PAPERS = 60
GROWTH = Growth(few=0, share=0.7)
ALL = 3 * PAPERS
QUERIES = unit(np.random.default_rng(5), 2)
INITIALS = ("on", "gn", "sn")
ASKED = ("kinase graph", "kmeans protein number3", "unheard")
FILTERS = (None, Filters(authors=("author 3",)), Filters(sources=("c.txt",)), Filters(year_from=2010))


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Library]:
    with library(tmp_path, PAPERS) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "index"


def named(generation: Generation, hits: list[tuple[int, float]]) -> dict[str, object]:
    return {generation.ids[row]: pytest.approx(score, abs=1e-4) for row, score in hits}


def said(generation: Generation) -> dict[str, object]:
    """All that a generation says, by paper id."""
    rows = np.array([row for row, name in enumerate(generation.ids) if generation.row(name) == row])
    ids = [generation.ids[row] for row in rows.tolist()]
    result: dict[str, object] = {"papers": generation.info.papers, "ids": sorted(ids)}
    for filters in FILTERS:
        result[f"by age {filters}"] = sorted(generation.by_age(filters or Filters(), ALL, newest=True))
    present = set(rows.tolist())
    for initials in INITIALS:
        titled = [generation.ids[row] for row in generation.titled(initials, ALL) if row in present]
        result[f"titled {initials}"] = sorted(titled)
    for n, query in enumerate(QUERIES):
        cosines, ordinals = generation.best_sentence(query, rows)
        late, _ = generation.late.search(query[None], rows)
        result[f"ordinals {n}"] = sorted(zip(ids, ordinals.tolist(), strict=True))
        result[f"spans {n}"] = sorted(
            (i, generation.span(row, o))
            for i, row, o in zip(ids, rows, ordinals.tolist(), strict=True)
            if o >= 0
        )
        for stage, scores in (("sentence", cosines), ("late", np.nan_to_num(late, nan=-9))):
            result[f"{stage} {n}"] = dict(zip(ids, map(pytest.approx, scores.tolist()), strict=True))
        for filters in FILTERS:
            mask = None if filters is None else generation.mask(filters)
            result[f"dense {n} {filters}"] = named(generation, generation.dense.search(query, ALL, mask))
            few = generation.dense.search(query, 7, mask)
            result[f"nearest {n} {filters}"] = [generation.ids[row] for row, _ in few]
    for text in ASKED:
        result[f"idf {text}"] = [
            pytest.approx(generation.lexical.idf(t)) for t in generation.lexical.terms(text)
        ]
        result[f"unknown {text}"] = generation.lexical.unknown(text)
        result[f"scores {text}"] = dict(
            zip(ids, map(pytest.approx, generation.lexical.scores(text, rows).tolist()), strict=True)
        )
        for filters in FILTERS:
            mask = None if filters is None else generation.mask(filters)
            result[f"words {text} {filters}"] = named(generation, generation.lexical.search(text, ALL, mask))
    return result


def answers(folder: Path, stored: Library, growth: Growth = GROWTH) -> tuple[Generation, dict[str, object]]:
    """What a start serves."""
    indexes = Indexes(folder, growth=growth)
    indexes.open(stored)
    try:
        with indexes.lease() as generation:
            return generation, said(generation)
    finally:
        indexes.close()


CHANGE = st.one_of(
    st.tuples(
        st.just("put"), st.lists(st.integers(PAPERS - 8, PAPERS + 12), min_size=1, max_size=4, unique=True)
    ),
    st.tuples(st.just("rewrite"), st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True)),
    st.tuples(st.just("remove"), st.lists(st.integers(0, PAPERS + 12), min_size=1, max_size=5, unique=True)),
    st.tuples(st.just("touch"), st.lists(st.integers(0, 20), min_size=1, max_size=3, unique=True)),
)


def change(stored: Library, kind: str, numbers: list[int]) -> None:
    """Put papers, put others in place of them, delete them, or find them in a further source."""
    ids = [f"p{number:05}" for number in numbers]
    if kind == "put":
        stored.commit([entry(number) for number in numbers])
    elif kind == "rewrite":
        papers = [
            replace(entry(n + 100), paper=replace(entry(n + 100).paper, id=i))
            for n, i in zip(numbers, ids, strict=True)
        ]
        chunks = [tuple(replace(c, paper_id=e.paper.id) for c in e.chunks) for e in papers]
        stored.commit([replace(e, chunks=c) for e, c in zip(papers, chunks, strict=True)])
    elif kind == "remove":
        stored.remove(ids)
    else:
        stored.touch_sources(dict.fromkeys(ids, ("c.txt",)))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(CHANGE, min_size=1, max_size=5))
def test_what_is_added_to_a_generation_answers_as_one_made_anew(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, list[int]]]
) -> None:
    place = tmp_path_factory.mktemp("growth")
    with library(place, PAPERS) as stored:
        indexes = Indexes(place / "index", growth=GROWTH)
        indexes.open(stored)
        for kind, numbers in changes:
            change(stored, kind, numbers)
            indexes.refresh(stored)
        with indexes.lease() as grown:
            assert grown.base.manifest.number == 1 or grown.manifest.base is None
            ours = said(grown)
        indexes.rebuild(stored)
        with indexes.lease() as whole:
            assert whole.manifest.base is None
            assert ours == said(whole)
        indexes.close()
        names = {path.name for path in (place / "index").iterdir()}
        assert names == {str(whole.manifest.number), "CURRENT"}
    shutil.rmtree(place)


def test_a_restart_opens_what_stands_on_another(folder: Path, stored: Library) -> None:
    answers(folder, stored)
    stored.remove(["p00004"])
    stored.commit([entry(PAPERS)])
    first, expected = answers(folder, stored)
    assert (first.manifest.number, first.manifest.base) == (2, 1)
    again, found = answers(folder, stored)
    assert (again.manifest.number, found) == (2, expected)
    assert {path.name for path in folder.iterdir()} == {"1", "2", "CURRENT"}


def test_when_much_changed_all_is_made_anew(folder: Path, stored: Library) -> None:
    answers(folder, stored)
    stored.remove([f"p{number:05}" for number in range(50)])
    assert answers(folder, stored)[0].manifest.base is None
    assert {path.name for path in folder.iterdir()} == {"2", "CURRENT"}


def test_a_few_changes_are_added_however_small_the_library(folder: Path, stored: Library) -> None:
    answers(folder, stored)
    stored.remove([f"p{number:05}" for number in range(50)])
    stored.commit([entry(PAPERS + number) for number in range(30)])
    assert answers(folder, stored, Growth(few=80))[0].manifest.base == 1
    stored.remove([f"p{number:05}" for number in range(50, PAPERS)])
    found = answers(folder, stored, Growth(few=90))
    assert found[0].manifest.base == 1  # though nothing of what it stands on is left
    shutil.rmtree(folder)
    assert answers(folder, stored)[1] == found[1]


@pytest.mark.parametrize(("papers", "room"), [(0, 0), (1, 100), (3_000, 300), (10**6, 10_000)])
def test_how_much_may_change(papers: int, room: int) -> None:
    assert Growth().room(papers) == room


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "deletions gone": ("2/gone.npy", Path.unlink),
    "deletions changed": ("2/gone.npy", flip),
    "vectors cut short": ("2/windows.bin", lambda path: os.truncate(path, 9)),
    "manifest gone": ("2/manifest.json", Path.unlink),
    "what it stands on gone": ("1", shutil.rmtree),
    "what it stands on damaged": ("1/sentences.bin", flip),
    "what it stands on without a database": ("1/chroma/chroma.sqlite3", Path.unlink),
    "what it stands on made anew": ("1/manifest.json", lambda path: path.write_text(path.read_text() + " ")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_noticed_and_all_is_made_anew(folder: Path, stored: Library, damage: str) -> None:
    answers(folder, stored)
    stored.remove(["p00004"])
    stored.commit([entry(PAPERS)])
    expected = answers(folder, stored)[1]
    pattern, harm = DAMAGES[damage]
    harm(folder / pattern)
    generation, found = answers(folder, stored)
    assert found == expected
    assert generation.manifest.base is None
    assert {path.name for path in folder.iterdir()} == {str(generation.manifest.number), "CURRENT"}


def test_a_search_under_way_ends_on_the_generation_it_began_with(folder: Path, stored: Library) -> None:
    indexes = Indexes(folder, growth=GROWTH)
    indexes.open(stored)
    with indexes.lease() as old:
        before = said(old)
        stored.remove(["p00007"])
        indexes.refresh(stored)
        with indexes.lease() as new:
            assert new.base is old.base
            assert new.row("p00007") is None
            assert said(old) == before
            indexes.rebuild(stored)
            assert said(old) == before
        assert not (folder / "2").exists()
        assert (folder / "1").exists()
    assert {path.name for path in folder.iterdir()} == {"3", "CURRENT"}
    indexes.close()


def test_a_failed_addition_leaves_the_old_one_serving(
    folder: Path, stored: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = Indexes(folder, growth=GROWTH)
    indexes.open(stored)
    stored.remove(["p00007"])

    def fail(folder: Path, *_: object) -> bool:
        folder.mkdir()
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, "extend", fail)
        with pytest.raises(DiskFull, match="free some space"):
            indexes.refresh(stored)
    with indexes.lease() as generation:
        assert generation.info.generation == 1
    assert indexes.refresh(stored) == 2
    indexes.close()
