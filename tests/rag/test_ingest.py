"""The way of a paper into the library, with a fake chunker and a fake encoder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rag.errors import LibraryError, ModelFailed
from rag.ingest import ingest
from rag.library import Library, RunState
from rag.types import IngestReport, Paper, Rejection
from tests.rag.library.contract import assert_whole
from tests.rag.library.sample import MODEL, FakeEncoder, a_paper, chunked, unwritten


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path) as library:
        library.bind_embedding(MODEL)
        yield library


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


def run(
    library: Library, encoder: FakeEncoder, records: Iterable[Paper | Rejection], batch: int = 2
) -> IngestReport:
    return ingest(records, library=library, chunk=chunked, encode=encoder, batch=batch)


def test_papers_arrive_whole(library: Library, encoder: FakeEncoder) -> None:
    papers = [a_paper(number) for number in range(5)]
    assert run(library, encoder, papers) == IngestReport(added=5)
    assert_whole(library, papers)


def test_nothing_to_ingest_is_no_failure(library: Library, encoder: FakeEncoder) -> None:
    assert run(library, encoder, []) == IngestReport()


def test_unchanged_papers_embed_nothing_and_write_nothing(
    library: Library, encoder: FakeEncoder, tmp_path: Path
) -> None:
    papers = [a_paper(number) for number in range(5)]
    run(library, encoder, papers)
    encoder.asked.clear()
    revision, runs = library.revision, library.runs()
    with unwritten(tmp_path / "library.sqlite3"):
        assert run(library, encoder, papers) == IngestReport(unchanged=5)
    assert encoder.asked == []
    assert (library.revision, library.runs()) == (revision, runs)


def test_only_what_changed_is_embedded_again(library: Library, encoder: FakeEncoder) -> None:
    run(library, encoder, [a_paper(number) for number in range(4)])
    encoder.asked.clear()
    renewed = replace(a_paper(2), year=1999)
    report = run(library, encoder, [a_paper(0), a_paper(1, version=1), renewed, a_paper(3), a_paper(4)])
    assert report == IngestReport(added=1, updated=2, unchanged=2)
    assert encoder.asked == ["p00001", "p00002", "p00004"]
    assert_whole(library, [a_paper(0), a_paper(1, version=1), renewed, a_paper(3), a_paper(4)])


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_a_paper_in_two_sources_counts_once_and_remembers_both(
    library: Library, encoder: FakeEncoder, batch: int
) -> None:
    there = [a_paper(n, sources=("a.txt",)) for n in (0, 1, 2)]
    again = [a_paper(n, sources=("b.txt",)) for n in (2, 1, 3)]
    assert run(library, encoder, there + again, batch) == IngestReport(added=4)
    both = ("a.txt", "b.txt")
    assert_whole(library, [a_paper(0), a_paper(1, sources=both), a_paper(2, sources=both), again[2]])
    assert sorted(encoder.asked) == ["p00000", "p00001", "p00002", "p00003"]
    assert run(library, encoder, there + again, batch) == IngestReport(unchanged=4)


def test_a_new_source_of_an_unchanged_paper_is_remembered_without_embedding(
    library: Library, encoder: FakeEncoder
) -> None:
    run(library, encoder, [a_paper(0), a_paper(1)])
    encoder.asked.clear()
    assert run(library, encoder, [a_paper(1, sources=("b.txt",))]) == IngestReport(unchanged=1)
    assert encoder.asked == []
    assert library.paper("p00001").sources == ("a.txt", "b.txt")


@pytest.mark.parametrize("batch", [1, 100])
def test_within_a_run_the_first_record_of_an_id_is_the_one_stored(
    library: Library, encoder: FakeEncoder, batch: int
) -> None:
    records = [a_paper(0), replace(a_paper(0, sources=("b.txt",)), year=1999)]
    run(library, encoder, records, batch)
    revision = library.revision
    assert run(library, encoder, records, batch) == IngestReport(unchanged=1)
    assert library.revision == revision
    assert library.paper("p00000") == a_paper(0, sources=("a.txt", "b.txt"))


def test_rejections_are_handed_on_and_the_good_papers_kept(library: Library, encoder: FakeEncoder) -> None:
    bad = Rejection("a.txt:3", "no abstract")
    report = run(library, encoder, [bad, a_paper(0), replace(a_paper(1), title="a\0b"), bad, a_paper(2)])
    assert report.added == 2
    assert [(one.where, "title" in one.why) for one in report.rejected] == [
        ("a.txt:3", False),
        ("a.txt", True),
        ("a.txt:3", False),
    ]
    assert_whole(library, [a_paper(0), a_paper(2)])
    assert library.runs()[0].rejected == 3


def test_when_the_model_fails_the_old_version_stays_whole(library: Library, encoder: FakeEncoder) -> None:
    run(library, encoder, [a_paper(0), a_paper(1)])
    encoder.failure = ModelFailed("the model is down: try again")
    revision = library.revision
    with pytest.raises(ModelFailed, match="down"):
        run(library, encoder, [a_paper(0, version=1), a_paper(2)])
    assert library.revision == revision
    assert_whole(library, [a_paper(0), a_paper(1)])
    assert library.runs()[0].state is RunState.FAILED

    encoder.failure = None
    assert run(library, encoder, [a_paper(0, version=1), a_paper(2)]) == IngestReport(added=1, updated=1)
    assert_whole(library, [a_paper(0, version=1), a_paper(1), a_paper(2)])


def test_what_was_committed_before_a_failure_stays(library: Library, encoder: FakeEncoder) -> None:
    def records() -> Iterator[Paper]:
        yield from (a_paper(number) for number in range(5))
        encoder.failure = ModelFailed("down")
        yield a_paper(5)

    with pytest.raises(ModelFailed):
        run(library, encoder, records(), batch=2)
    assert_whole(library, [a_paper(number) for number in range(4)])
    assert (library.runs()[0].state, library.runs()[0].added) == (RunState.FAILED, 4)


def test_a_library_that_fails_stops_the_run(library: Library, encoder: FakeEncoder) -> None:
    with library._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(LibraryError, match="read-only"):
        run(library, encoder, [a_paper(0)])


def test_cancelling_keeps_what_is_committed_and_running_again_finishes(
    library: Library, encoder: FakeEncoder
) -> None:
    told: list[tuple[int, int | None]] = []
    papers = [a_paper(number) for number in range(7)]
    report = ingest(
        papers,
        library=library,
        chunk=chunked,
        encode=encoder,
        batch=2,
        total=7,
        progress=lambda done, total: told.append((done, total)),
        cancelled=lambda: len(told) == 2,
    )
    assert report == IngestReport(added=4)
    assert told == [(2, 7), (4, 7)]
    assert_whole(library, papers[:4])
    assert library.runs()[0].state is RunState.CANCELLED
    assert run(library, encoder, papers) == IngestReport(added=3, unchanged=4)
    assert_whole(library, papers)


def test_progress_tells_only_of_what_is_stored(library: Library, encoder: FakeEncoder) -> None:
    stored: list[tuple[int, int]] = []
    ingest(
        (a_paper(number) for number in range(5)),
        library=library,
        chunk=chunked,
        encode=encoder,
        batch=2,
        progress=lambda done, _: stored.append((done, library.count)),
    )
    assert stored == [(2, 2), (4, 4), (5, 5)]


def test_no_more_than_a_batch_is_read_ahead(library: Library, encoder: FakeEncoder) -> None:
    def records() -> Iterator[Paper]:
        for number in range(20):
            assert number - library.count < 4
            yield a_paper(number)

    assert run(library, encoder, records(), batch=4).added == 20


def test_a_run_is_noted_with_its_counts(library: Library, encoder: FakeEncoder) -> None:
    run(library, encoder, [a_paper(0), a_paper(1)])
    run(library, encoder, [a_paper(0), a_paper(1, version=1), a_paper(2)], batch=1)
    last, first = library.runs()
    assert (first.added, first.updated, first.unchanged, first.state) == (2, 0, 0, RunState.DONE)
    assert (last.added, last.updated, last.unchanged, last.state) == (1, 1, 1, RunState.DONE)
    assert last.ended is not None
    assert last.ended > last.started


class LibraryMachine(RuleBasedStateMachine):
    """Ingests, deletes and reopens at random; the library holds what a dictionary would."""

    folder: Path

    @initialize()
    def start(self) -> None:
        self.data_dir = self.folder / f"{len(list(self.folder.iterdir()))}"
        self.model: dict[str, Paper] = {}
        self.library = Library.open(self.data_dir)
        self.library.bind_embedding(MODEL)

    @rule(
        numbers=st.lists(st.integers(0, 7), max_size=6),
        version=st.integers(0, 2),
        source=st.sampled_from(["a.txt", "b.txt"]),
        batch=st.integers(1, 4),
    )
    def ingests(self, numbers: list[int], version: int, source: str, batch: int) -> None:
        revision, expected = self.library.revision, IngestReport()
        for number in dict.fromkeys(numbers):
            paper = a_paper(number, version, sources=(source,))
            old = self.model.get(paper.id)
            if old is None:
                expected = replace(expected, added=expected.added + 1)
            elif old.abstract != paper.abstract:
                expected = replace(expected, updated=expected.updated + 1)
            else:
                expected = replace(expected, unchanged=expected.unchanged + 1)
            known = () if old is None else old.sources
            self.model[paper.id] = replace(paper, sources=tuple(dict.fromkeys((*known, source))))
        encoder = FakeEncoder()
        records = [a_paper(number, version, sources=(source,)) for number in numbers]
        assert run(self.library, encoder, records, batch) == expected
        assert len(encoder.asked) == expected.added + expected.updated
        if encoder.asked:
            assert self.library.revision > revision

    @rule(numbers=st.lists(st.integers(0, 9), max_size=4))
    def removes(self, numbers: list[int]) -> None:
        ids = [a_paper(number).id for number in numbers]
        gone = self.library.remove(ids)
        assert set(gone) == set(ids) & set(self.model)
        for paper_id in gone:
            del self.model[paper_id]

    @rule()
    def reopens(self) -> None:
        revision = self.library.revision
        self.library.close()
        self.library = Library.open(self.data_dir)
        assert (self.library.revision, self.library.embedding) == (revision, MODEL)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        if hasattr(self, "library"):
            assert_whole(self.library, list(self.model.values()))
            assert self.library.count == len(self.model)
            assert self.library.list(limit=100).items == tuple(v for _, v in sorted(self.model.items()))

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.close()


def test_any_sequence_of_changes_leaves_what_a_dictionary_would_hold(tmp_path: Path) -> None:
    class Machine(LibraryMachine):
        folder = tmp_path

    Machine.TestCase.settings = settings(max_examples=10, stateful_step_count=12, deadline=None)
    Machine.TestCase().runTest()
