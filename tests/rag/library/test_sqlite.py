"""The library on SQLite: the contract, and what can befall a file."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from rag.errors import ConfigError, DiskFull, LibraryCorrupt, LibraryError, LibraryLocked
from rag.library import DataDirLock, Library, Run, RunState
from rag.library.schema import TABLES
from tests.rag.library.contract import LibraryContract, Opener, assert_whole, filled
from tests.rag.library.sample import MODEL, a_paper, entry, unwritten

SERVER = "http://one"


class TestInTheDataFolder(LibraryContract):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        return lambda: Library.open(tmp_path / "data")


class TestAtAUrl(LibraryContract):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        return lambda: Library.open(tmp_path / "data", f"sqlite:///{tmp_path}/elsewhere.db")


@pytest.fixture
def opener(tmp_path: Path) -> Opener:
    return lambda: Library.open(tmp_path)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite3"


def changed(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def test_a_second_process_is_told_who_holds_the_folder_and_the_way_out(tmp_path: Path) -> None:
    with Library.open(tmp_path):
        code = (
            "import sys; from pathlib import Path; from rag.library import Library\n"
            "try: Library.open(Path(sys.argv[1]))\n"
            "except Exception as e: print(type(e).__name__, e)"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout
        assert told.startswith("LibraryLocked")
        assert f"process {os.getpid()} since 20" in told
        assert "HTTP (--url)" in told
        assert "--data-dir" in told
    Library.open(tmp_path).close()


def test_one_process_can_not_open_a_folder_twice_either(tmp_path: Path) -> None:
    with Library.open(tmp_path), pytest.raises(LibraryLocked):
        Library.open(tmp_path)
    with Library.open(tmp_path) as library:
        assert library.count == 0


def test_processes_that_name_the_same_server_share_a_folder(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path, server="http://one") as first,
        Library.open(tmp_path, server="http://one") as more,
    ):
        first.bind_embedding(MODEL)
        more.commit([entry(a_paper(1))])
        first.commit([entry(a_paper(2))])
        assert first.count == more.count == 2
    Library.open(tmp_path).close()


@pytest.mark.parametrize("pair", [("", "http://one"), ("http://one", ""), ("http://one", "http://two")])
def test_who_keeps_vectors_elsewhere_is_told_how_to_share(tmp_path: Path, pair: tuple[str, str]) -> None:
    holds, asks = pair
    with Library.open(tmp_path, server=holds), pytest.raises(LibraryLocked) as refused:
        Library.open(tmp_path, server=asks)
    assert f"process {os.getpid()} since 20" in str(refused.value)
    assert (f"CITEWELL_CHROMA_URL={holds} as it has" if holds else "all set CITEWELL_CHROMA_URL") in str(
        refused.value
    )
    Library.open(tmp_path, server=asks).close()


def test_one_ingests_at_a_time_and_the_dead_are_noted(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path, server="http://one") as one,
        Library.open(tmp_path, server="http://one") as other,
    ):
        one.record(Run(id="died"))
        with one.turn() as mine, other.turn(wait=False) as theirs:
            assert (mine, theirs) == (True, False)
            assert one.runs()[0].state is RunState.INTERRUPTED
            one.record(Run(id="lives"))
            Library.open(tmp_path, server=SERVER).close()
            assert {run.id: run.state for run in other.runs()}["lives"] is RunState.RUNNING
        with other.turn(wait=False) as theirs:
            assert theirs


def test_a_lock_file_left_by_the_dead_keeps_no_one_out(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(json.dumps({"pid": 1, "since": "1970"}))
    lock = DataDirLock(tmp_path)
    assert json.loads((tmp_path / "lock").read_text())["pid"] == os.getpid()
    lock.release()
    lock.release()


def test_a_lock_file_that_says_nothing_still_refuses(tmp_path: Path) -> None:
    with Library.open(tmp_path):
        (tmp_path / "lock").write_bytes(b"\xff")
        with pytest.raises(LibraryLocked, match="another process"):
            Library.open(tmp_path)


def test_a_data_folder_that_can_not_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="--data-dir"):
        Library.open(tmp_path / "file")


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"\x89PNG" + bytes(5000)])
def test_a_file_that_is_no_database_is_reported_and_left_alone(
    tmp_path: Path, database: Path, content: bytes
) -> None:
    database.write_bytes(content)
    for _ in range(2):  # and the folder is free again after a refusal
        with pytest.raises(LibraryCorrupt, match="ingest the papers again"):
            Library.open(tmp_path)
    assert database.read_bytes() == content


def test_a_truncated_database_is_reported(opener: Opener, database: Path) -> None:
    filled(opener, 200).close()
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])

    def read_all() -> None:
        with opener() as library:
            assert len(list(library.iter_stored(tokens=True))) == 200

    with pytest.raises(LibraryCorrupt, match="ingest the papers again"):
        read_all()


def test_vectors_that_do_not_fit_their_chunks_are_reported(opener: Opener, database: Path) -> None:
    filled(opener, 2).close()
    changed(database, "UPDATE vectors SET data = substr(data, 2) WHERE paper_id = 'p00001'")
    with opener() as library:
        stored = library.iter_stored()
        assert next(stored).paper == a_paper(0)
        with pytest.raises(LibraryCorrupt, match="p00001"):
            next(stored)


@pytest.mark.parametrize("spoil", ["DELETE FROM meta", "DROP TABLE tokens"])
def test_a_library_that_lacks_a_part_is_reported(opener: Opener, database: Path, spoil: str) -> None:
    filled(opener, 1).close()
    changed(database, spoil)
    with pytest.raises(LibraryCorrupt):
        opener()


def test_a_library_of_a_newer_version_is_refused_untouched(opener: Opener, database: Path) -> None:
    filled(opener, 1).close()
    changed(database, "UPDATE meta SET schema_version = 99")
    with unwritten(database), pytest.raises(LibraryError, match=r"schema 99.*schema 1"):
        opener()


def test_the_database_of_another_program_is_refused_untouched(opener: Opener, database: Path) -> None:
    changed(database, "CREATE TABLE papers (anything)")
    with unwritten(database), pytest.raises(LibraryError, match="another program"):
        opener()


def test_a_full_disk_leaves_what_was_stored_whole(opener: Opener, database: Path) -> None:
    with filled(opener, 3) as library:
        with library._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 40")
        with pytest.raises(DiskFull, match="disk is full"):
            library.commit([entry(a_paper(n, version=1)) for n in range(2000)])
        assert_whole(library, [a_paper(n) for n in range(3)])
    with opener() as library:
        assert_whole(library, [a_paper(n) for n in range(3)])
        library.commit([entry(a_paper(n)) for n in range(200)])
        assert library.count == 200
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_read_only_database_says_so(opener: Opener) -> None:
    with filled(opener, 1) as library:
        with library._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(LibraryError, match="read-only"):
            library.commit([entry(a_paper(1))])
        assert_whole(library, [a_paper(0)])


def test_commits_reach_the_disk_before_they_return(opener: Opener) -> None:
    with opener() as library, library._engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "nobase+none://x/y", "oracle://x/y"]
)
def test_a_url_that_leads_nowhere_is_a_wrong_setting(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError):
        Library.open(tmp_path, url)
    Library.open(tmp_path).close()


def test_the_schema_is_portable() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    told = "".join(str(CreateTable(table).compile(dialect=dialect)) for table in TABLES.sorted_tables)
    assert told.count("CREATE TABLE") == len(TABLES.tables)
    assert "BYTEA" in told
    assert 'COLLATE "C"' in told
