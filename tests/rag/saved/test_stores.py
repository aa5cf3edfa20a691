from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from rag.errors import NotFound, SavedUnavailable
from rag.library.backend import library_url
from rag.saved import AnswerStore, Feedback, Retention, SavedAnswers
from rag.saved.opening import NAME, saved_url
from tests.fakes.answers import MemoryAnswers
from tests.rag.saved.contract import AnswerStoreContract
from tests.rag.saved.sample import saved

KEEP = Retention(days=30, count=1000)


def opened(folder: Path, keep: Retention = KEEP) -> SavedAnswers:
    return SavedAnswers(saved_url(folder, library_url(folder, None)), keep)


class TestMemory(AnswerStoreContract):
    @pytest.fixture
    def store(self) -> AnswerStore:
        return MemoryAnswers()


class TestDatabase(AnswerStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[AnswerStore]:
        with closing(opened(tmp_path)) as store:
            yield store


def test_answers_outlive_the_process_that_gave_them(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        store.put(saved("a" * 24))
    with closing(opened(tmp_path)) as store:
        assert store.get("a" * 24).answer.id == "a" * 24


def test_several_processes_see_and_write_the_same_answers(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as one, closing(opened(tmp_path)) as two:
        one.put(saved("a" * 24))
        two.rate(Feedback("a" * 24, "down"))
        two.put(saved("b" * 24))
        assert [each.answer.id for each, _ in one.rated()] == ["a" * 24]
        assert one.get("b" * 24) == two.get("b" * 24)


def test_threads_may_save_at_one_time(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        ids = [f"{n:024}" for n in range(40)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda each: store.put(saved(each)), ids))
        assert {each.answer.id for each in store.recent(100)} == set(ids)


def test_what_is_too_old_is_not_shown_and_then_deleted(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with closing(opened(tmp_path)) as store:
        store.put(saved("a" * 24, at=now - timedelta(days=20)))
    with closing(opened(tmp_path, Retention(days=10, count=1000))) as store:
        with pytest.raises(NotFound, match="10 days"):
            store.get("a" * 24)
        assert store.recent() == ()
        store.put(saved("b" * 24))
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        assert connection.execute("SELECT id FROM saved_answers").fetchall() == [("b" * 24,)]


def test_the_oldest_go_where_there_are_too_many(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with closing(opened(tmp_path)) as store:
        for n in range(6):
            store.put(saved(f"{n:024}", at=now - timedelta(minutes=9 - n)))
    with closing(opened(tmp_path, Retention(days=10, count=3))) as store:
        store.put(saved("a" * 24))
        assert [each.answer.id for each in store.recent()] == ["a" * 24, f"{5:024}", f"{4:024}"]


def test_the_file_is_nobody_elses(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        store.put(saved("a" * 24))
        for name in (NAME, f"{NAME}-wal"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_damaged_file_says_what_to_do_and_a_new_one_is_made_once_it_is_gone(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database " * 1000)
    with closing(opened(tmp_path)) as store:
        for call in (lambda: store.put(saved("a" * 24)), lambda: store.get("a" * 24), store.recent):
            with pytest.raises(SavedUnavailable, match="move the file away"):
                call()
        (tmp_path / NAME).unlink()
        store.put(saved("a" * 24))
        assert store.get("a" * 24)


def test_a_folder_that_can_t_be_used_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with closing(opened(tmp_path / "file")) as store, pytest.raises(SavedUnavailable, match="Check the"):
        store.put(saved("a" * 24))


def test_a_store_that_someone_holds_is_waited_for_a_moment_only(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        store.put(saved("a" * 24))
        with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(SavedUnavailable, match="another program"):
                store.put(saved("b" * 24))
            assert store.get("a" * 24)
            other.execute("ROLLBACK")
        store.put(saved("b" * 24))


def test_an_answer_of_another_version_is_not_taken_for_one_of_ours(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        store.put(saved("a" * 24))
        with closing(sqlite3.connect(tmp_path / NAME)) as connection, connection:
            connection.execute("UPDATE saved_answers SET format = 99")
        with pytest.raises(NotFound, match="another version"):
            store.get("a" * 24)
        assert store.recent() == ()


def test_the_library_s_own_writes_hold_up_no_answer(tmp_path: Path) -> None:
    assert saved_url(tmp_path, library_url(tmp_path, None)).database != library_url(tmp_path, None).database
    elsewhere = make_url(f"sqlite:///{tmp_path}/elsewhere.sqlite3")
    assert saved_url(tmp_path, elsewhere).database == str(tmp_path / NAME)
    postgres = make_url("postgresql+psycopg://host/papers")
    assert saved_url(tmp_path, postgres) == postgres


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert list(tmp_path.iterdir()) == []
