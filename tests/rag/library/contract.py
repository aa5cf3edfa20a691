"""What a library must do, whatever database is behind it: subclass, and say how it is opened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import EmbeddingMismatch, InvalidInput, LibraryError, NotFound
from rag.library import Entry, Library, Run, RunState, content_hash
from rag.types import ChunkKind, EmbeddingIdentity, Facets, Paper, Span
from tests.rag.library.sample import DIM, MODEL, a_paper, chunked, entry, tokens_of, vectors_of

Opener = Callable[[], Library]

LONE = "\ud800"


def filled(opener: Opener, count: int) -> Library:
    library = opener()
    library.bind_embedding(MODEL)
    library.commit([entry(a_paper(number)) for number in range(count)])
    return library


def assert_whole(library: Library, papers: list[Paper]) -> None:
    """The library holds these papers and no others, each with its own chunks, vectors and tokens."""
    stored = list(library.iter_stored(2, tokens=True))
    assert [one.paper for one in stored] == sorted(papers, key=lambda paper: paper.id)
    for one in stored:
        assert one.chunks == chunked(one.paper)
        np.testing.assert_array_equal(one.vectors, vectors_of(one.paper, one.chunks))
        assert one.tokens == bytes(tokens_of(one.paper))
        assert one.content_hash == content_hash(one.paper)


class LibraryContract:
    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the same store each time; closed by the test before the next opening."""
        raise NotImplementedError

    def test_a_new_library_is_empty(self, opener: Opener) -> None:
        with opener() as library:
            assert (library.count, library.chunk_count, library.revision) == (0, 0, 0)
            assert library.embedding is None
            assert library.list().items == ()
            assert list(library.iter_stored()) == []

    def test_what_was_committed_is_there_after_reopening(self, opener: Opener) -> None:
        odd = replace(a_paper(7), title="", authors=(), year=None, url="", categories=(), sources=())
        rich = replace(a_paper(8), abstract="Ünï 😀 \u202eright to left\u202c. End.", title="%_\"'\\")
        with filled(opener, 3) as library:
            library.commit([entry(odd), entry(rich)])
            revision = library.revision
        with opener() as library:
            assert (library.revision, library.embedding, library.count) == (revision, MODEL, 5)
            assert_whole(library, [a_paper(0), a_paper(1), a_paper(2), odd, rich])

    def test_papers_come_in_the_order_asked_and_absent_ones_are_left_out(self, opener: Opener) -> None:
        with filled(opener, 3) as library:
            found = library.papers(["p00002", "nothing", "p00000", "p00002", "\0", LONE])
            assert list(found.values()) == [a_paper(2), a_paper(0)]

    @pytest.mark.parametrize("unknown", ["nothing", "", "\0", LONE])
    def test_a_paper_that_is_not_stored_is_not_found(self, opener: Opener, unknown: str) -> None:
        with filled(opener, 1) as library, pytest.raises(NotFound):
            library.paper(unknown)

    def test_more_ids_than_a_query_takes_are_read_all_the_same(self, opener: Opener) -> None:
        with filled(opener, 1) as library:
            many = [*(f"none{n}" for n in range(40_000)), "p00000"]
            assert list(library.papers(many)) == ["p00000"]
            assert library.content_hashes(many) == {"p00000": content_hash(a_paper(0))}

    def test_a_changed_paper_takes_the_place_of_the_old_one_and_keeps_its_sources(
        self, opener: Opener
    ) -> None:
        with filled(opener, 3) as library:
            before = library.revision
            library.commit([entry(a_paper(1, version=2, sources=("b.txt",)))])
            assert library.revision > before
            with library.snapshot() as now:
                dated = now.dated(["p00000", "p00001", "no"])
                assert {i: revision for i, (_, revision) in dated.items()} == {
                    "p00000": before,
                    "p00001": now.revision,
                }
                assert [paper for paper, _ in dated.values()] == list(now.papers(dated).values())
            assert_whole(library, [a_paper(0), a_paper(1, version=2, sources=("a.txt", "b.txt")), a_paper(2)])

    def test_a_stamp_changes_with_every_change_of_a_paper(self, opener: Opener) -> None:
        def stamps() -> dict[str, tuple[int, int]]:
            with library.snapshot() as now:
                return dict(now.stamps())

        with filled(opener, 4) as library:
            seen = [stamps()]
            library.touch_sources({"p00000": ("b.txt",)})
            seen.append(stamps())
            library.commit([entry(a_paper(1, version=2))])
            seen.append(stamps())
            library.remove(["p00002"])
            library.commit([entry(a_paper(2))])
            seen.append(stamps())
        changed = [
            [paper_id for paper_id in after if before[paper_id] != after[paper_id]]
            for before, after in pairwise(seen)
        ]
        assert changed == [["p00000"], ["p00001"], ["p00002"]]

    def test_papers_of_some_ids_come_whole_and_in_the_order_asked(self, opener: Opener) -> None:
        with filled(opener, 4) as library, library.snapshot() as now:
            every = {stored.paper.id: stored for stored in now.iter_stored(tokens=True)}
            asked = ["p00003", "no", "p00001", "p00002"]
            found = list(now.stored(asked, batch=2, tokens=True))
            assert [stored.paper.id for stored in found] == ["p00003", "p00001", "p00002"]
            for stored in found:
                other = every[stored.paper.id]
                assert (stored.paper, stored.chunks, stored.tokens) == (
                    other.paper,
                    other.chunks,
                    other.tokens,
                )
                assert np.array_equal(stored.vectors, other.vectors)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda e: replace(e, vectors=e.vectors[1:]),
            lambda e: replace(e, vectors=e.vectors[:, 1:]),
            lambda e: replace(e, vectors=e.vectors.astype(np.float64)),
            lambda e: replace(e, vectors=np.full_like(e.vectors, np.nan)),
            lambda e: replace(e, chunks=(), vectors=e.vectors[:0]),
            lambda e: replace(e, chunks=chunked(replace(a_paper(3), id="other"))),
            lambda e: replace(e, chunks=(replace(e.chunks[0], span=Span(0, 10_000)), *e.chunks[1:])),
            lambda e: replace(e, paper=replace(e.paper, title="a\0b")),
            lambda e: replace(e, paper=replace(e.paper, sources=(LONE,))),
            lambda e: replace(e, paper=replace(e.paper, year=10**30)),
            lambda e: entry(replace(e.paper, id=" ")),
            lambda e: entry(replace(e.paper, id=a_paper(0).id)),  # the id of the batch's first paper
        ],
    )
    def test_a_batch_with_a_bad_entry_changes_nothing(
        self, opener: Opener, spoil: Callable[[Entry], Entry]
    ) -> None:
        with filled(opener, 3) as library:
            before = library.revision
            with pytest.raises((LibraryError, InvalidInput)):
                library.commit([entry(a_paper(0, version=9)), spoil(entry(a_paper(3)))])
            assert library.revision == before
            assert_whole(library, [a_paper(number) for number in range(3)])

    def test_papers_need_a_model_first(self, opener: Opener) -> None:
        with opener() as library:
            with pytest.raises(LibraryError, match="bind"):
                library.commit([entry(a_paper(0))])
            assert library.count == 0

    def test_another_model_is_refused_by_both_names(self, opener: Opener) -> None:
        other = EmbeddingIdentity("other", "f" * 64, DIM)
        with filled(opener, 1) as library:
            library.bind_embedding(MODEL)
            with pytest.raises(EmbeddingMismatch, match=r"fake.*other"):
                library.bind_embedding(other)
            assert library.embedding == MODEL
            library.remove(["p00000"])
            library.bind_embedding(other)
            assert library.embedding == other

    def test_new_sources_are_remembered_and_known_ones_change_nothing(self, opener: Opener) -> None:
        with filled(opener, 2) as library:
            before = library.revision
            assert library.touch_sources({"p00000": ("a.txt",), "nothing": ("b.txt",)}) == 0
            assert library.revision == before
            assert library.touch_sources({"p00000": ("b.txt", "a.txt", "b.txt"), "p00001": ("a.txt",)}) == 1
            assert library.revision > before
            assert_whole(library, [a_paper(0, sources=("a.txt", "b.txt")), a_paper(1)])

    def test_removing_leaves_nothing_of_a_paper(self, opener: Opener) -> None:
        with filled(opener, 3) as library:
            before = library.revision
            assert library.remove(["p00001", "nothing", "\0"]) == ("p00001",)
            assert library.revision > before
            assert_whole(library, [a_paper(0), a_paper(2)])
            assert library.tokens(["p00001"]) == {}
            assert library.list(q="matter 1").items == ()
            assert library.chunk_count == len(chunked(a_paper(0))) + len(chunked(a_paper(2)))

            after = library.revision
            assert library.remove(["p00001"]) == ()
            assert library.revision == after

    def test_reading_all_sees_one_state_while_others_write(self, opener: Opener) -> None:
        with filled(opener, 5) as library:
            with library.snapshot() as then:
                revision, stored = then.revision, then.iter_stored(1)
                first = next(stored)
                library.commit([entry(a_paper(n, version=1)) for n in range(9)])
                library.remove(["p00003"])
                assert [one.paper for one in (first, *stored)] == [a_paper(n) for n in range(5)]
                assert (then.revision, then.count) == (revision, 5)
            assert library.revision > revision
            assert library.count == 8

    @pytest.mark.parametrize("batch", [1, 2, 3, 100])
    def test_reading_all_gives_every_paper_once_whatever_the_batch(self, opener: Opener, batch: int) -> None:
        with filled(opener, 6) as library:
            assert [one.paper for one in library.iter_stored(batch)] == [a_paper(n) for n in range(6)]
            assert all(one.tokens is None for one in library.iter_stored(batch))

    def test_pages_stay_put_while_papers_come_and_go(self, opener: Opener) -> None:
        with filled(opener, 6) as library:
            first = library.list(limit=2)
            library.remove(["p00000", "p00001"])
            library.commit([entry(a_paper(9))])
            second = library.list(limit=3, cursor=first.next_cursor)
            last = library.list(limit=2, cursor=second.next_cursor)
            shown = [paper.id for page in (first, second, last) for paper in page.items]
            assert shown == [f"p0000{n}" for n in (0, 1, 2, 3, 4, 5, 9)]
            assert last.next_cursor is None

    @pytest.mark.parametrize(
        ("q", "found"),
        [
            ("MATTER 2", ["p00002"]),
            ("  matter\t2 ", ["p00002"]),
            ("number1", ["p00001"]),
            ("ada ångström", ["p00000", "p00001", "p00002"]),
            ("ADA A\u030aNGSTRÖM", ["p00000", "p00001", "p00002"]),
            ("version is 0", ["p00000", "p00001", "p00002"]),
            ("on matter 0 we", []),
            ("%", []),
            ("m_tter", []),
            ("\\", []),
            ("\0", []),
            (LONE, []),
        ],
    )
    def test_a_search_finds_what_title_abstract_or_author_hold(
        self, opener: Opener, q: str, found: list[str]
    ) -> None:
        with filled(opener, 3) as library:
            assert [paper.id for paper in library.list(q=q).items] == found

    @pytest.mark.parametrize("cursor", ["", "!", "ÿ", "\0", LONE, "AA", "cDAwMDAw=", "A" * 5])
    def test_a_cursor_that_is_none_of_ours_is_refused(self, opener: Opener, cursor: str) -> None:
        with filled(opener, 1) as library, pytest.raises(InvalidInput) as refused:
            library.list(cursor=cursor)
        assert refused.value.field == "cursor"

    def test_pages_of_chosen_papers_hold_no_others(self, opener: Opener) -> None:
        with filled(opener, 12) as library:
            among = [f"p{number:05}" for number in (1, 2, 3, 5, 8)]
            first = library.list(2, None, "", [*among, "zz-not-stored"])
            rest = library.list(9, first.next_cursor, "", among)
            assert [paper.id for paper in first.items + rest.items] == among
            assert rest.next_cursor is None
            assert library.list(9, None, "", []).items == ()
            title = library.paper("p00005").title
            assert [paper.id for paper in library.list(9, None, title, among).items] == ["p00005"]

    def test_facets_count_names_as_filters_compare_them(self, opener: Opener) -> None:
        papers = [
            replace(
                a_paper(0), year=2020, authors=("Ada E.", "ADA E."), categories=("cs",), sources=("a", "A")
            ),
            replace(a_paper(1), year=2021, authors=("ada  e.",), categories=(), sources=("a", "b")),
            replace(a_paper(2), year=None, authors=("Bo",), categories=("cs",), sources=()),
        ]
        with opener() as library:
            library.bind_embedding(MODEL)
            library.commit([entry(paper) for paper in papers])
            with library.snapshot() as now:
                facets = now.facets(1)
        told = {name: [(one.name, one.papers) for one in getattr(facets, name)] for name in Facets.__slots__}
        assert told == {
            "years": [("2021", 1), ("2020", 1)],
            "sources": [("a", 2)],
            "authors": [("Ada E.", 2)],
            "categories": [("cs", 2)],
        }

    @pytest.mark.parametrize("limit", [0, -1])
    def test_a_page_of_nothing_is_refused(self, opener: Opener, limit: int) -> None:
        with opener() as library, pytest.raises(InvalidInput, match="limit"):
            library.list(limit=limit)

    def test_runs_are_kept_newest_first_and_the_dead_are_told_from_the_living(self, opener: Opener) -> None:
        first, second = Run(state=RunState.DONE, added=3), Run()
        with filled(opener, 1) as library:
            library.record(first)
            library.record(second)
            library.commit([entry(a_paper(1))], run=replace(second, added=1))
            assert library.runs() == (replace(second, added=1), first)
        with opener() as library:
            last, before = library.runs()
            assert (last.id, last.state, last.added) == (second.id, RunState.INTERRUPTED, 1)
            assert last.ended is not None
            assert before == first

    def test_threads_read_whole_states_while_another_writes(self, opener: Opener) -> None:
        wrong: list[str] = []
        done = threading.Event()
        with filled(opener, 8) as library:

            def read() -> None:
                while not done.is_set():
                    stored = list(library.iter_stored(3))
                    versions = {one.paper.abstract.split("version is ")[1].split(".")[0] for one in stored}
                    asked = library.papers([f"p0000{n}" for n in range(8)])
                    if len(versions) != 1 or len(asked) != 8:
                        wrong.append(f"{versions}, {len(asked)} papers")

            readers = [threading.Thread(target=read) for _ in range(3)]
            for reader in readers:
                reader.start()
            try:
                for version in range(1, 12):
                    library.commit([entry(a_paper(n, version)) for n in range(8)])
            finally:
                done.set()
                for reader in readers:
                    reader.join()
        assert wrong == []

    def test_threads_that_write_at_once_all_succeed(self, opener: Opener) -> None:
        with filled(opener, 0) as library:
            before = library.revision
            writers = [threading.Thread(target=library.commit, args=([entry(a_paper(n))],)) for n in range(8)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            assert library.revision == before + 8
            assert_whole(library, [a_paper(n) for n in range(8)])

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(
        title=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        abstract=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
        authors=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
        year=st.none() | st.integers(0, 9999),
    )
    def test_any_text_comes_back_as_it_was(
        self, opener: Opener, title: str, abstract: str, authors: list[str], year: int | None
    ) -> None:
        paper = Paper("x", title, "." + abstract, tuple(authors), year, sources=("é",))
        chunks = chunked(paper)[:1]
        with opener() as library:
            library.bind_embedding(MODEL)
            library.commit([Entry(paper, chunks, vectors_of(paper, chunks))])
            assert library.paper("x") == paper
            assert chunks[0].kind is ChunkKind.WINDOW
            assert next(library.iter_stored()).chunks == chunks
