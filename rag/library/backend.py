"""The database behind: how it is opened, and what its failures mean. The only file that knows SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from rag.errors import ConfigError, DiskFull, LibraryCorrupt, LibraryError

_WRITES = "citewell_writes"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a database is used.

    Attributes:
        pragmas: SQLite's.
        isolation: of the transactions of any other.
    """

    pragmas: tuple[str, ...]
    isolation: IsolationLevel


RECORD = Manner(
    (
        "PRAGMA page_size=16384",  # counts only where the file is new; vectors span fewer pages
        "PRAGMA synchronous=FULL",  # a commit that returned has reached the disk, and outlives a power cut
        "PRAGMA foreign_keys=ON",
        "PRAGMA busy_timeout=10000",
        "PRAGMA cache_size=-16384",
    ),
    "REPEATABLE READ",
)
"""For what must not be lost."""

NOTES = Manner(
    (
        "PRAGMA synchronous=NORMAL",  # a commit waits for no disk; a power cut loses the last ones, whole
        "PRAGMA foreign_keys=ON",
        "PRAGMA busy_timeout=1000",  # who writes down an answer keeps someone waiting
        "PRAGMA secure_delete=ON",  # what is deleted is overwritten
    ),
    "READ COMMITTED",
)
"""For what is written beside answering, a little at a time, by several processes."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_ADVICE = {
    sqlite3.SQLITE_READONLY: "it is read-only: make the folder and its files writable",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened: check that the folder exists and is writable",
    sqlite3.SQLITE_IOERR: "the disk failed: check the space left and the disk, then run it again",
    sqlite3.SQLITE_BUSY: "another program is writing to it: close that program and run it again",
    sqlite3.SQLITE_LOCKED: "another program is writing to it: close that program and run it again",
}


def library_url(data_dir: Path, url: str | None) -> URL:
    """Where the library lies: the URL given, else a SQLite file in the data folder.

    Raises:
        ConfigError: the URL can't be read, or names a database in memory.
    """
    if url is None:
        return URL.create("sqlite", database=str(data_dir / "library.sqlite3"))
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(f"CITEWELL_DATABASE_URL is no SQLAlchemy URL: {error}.") from error
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError(
            "CITEWELL_DATABASE_URL names no file: a library in memory would not outlive its process."
        )
    return parsed


def connect(url: URL, manner: Manner = RECORD) -> Engine:
    """An engine whose transactions are whole: begun before the first read, and durable as the manner says.

    Raises:
        ConfigError: no driver is installed for the URL.
    """
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(
                url, isolation_level=manner.isolation, pool_pre_ping=True, hide_parameters=True
            )
        engine = create_engine(url, pool_size=8, max_overflow=-1, hide_parameters=True)
    except (ImportError, NoSuchModuleError, ArgumentError) as error:
        raise ConfigError(
            f"No database driver for {url.drivername}: {error}. Install it beside citewell."
        ) from error

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver starts no transaction of its own: _begin does
        for pragma in manner.pragmas:
            connection.execute(pragma)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: one that starts as a reader can be refused half-way.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def adopt(engine: Engine) -> None:
    """Make a database that was found to be ours read while it is written: SQLite keeps that in the file."""
    if engine.url.get_backend_name() == "sqlite":
        with explained(engine.url), closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA journal_mode=WAL")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the library, whatever is committed meanwhile.

    Raises:
        LibraryCorrupt: the database is damaged.
        LibraryError: it failed otherwise.
    """
    with explained(engine.url), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is committed whole, durably, or not at all; errors as in ``reading``."""
    with reading(engine.execution_options(**{_WRITES: True})) as connection:
        yield connection


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what the database raises into an error that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(url, error.orig) from error
    except sqlite3.Error as error:  # of a connection used bare
        raise _explain(url, error) from error
    except SQLAlchemyError as error:
        raise LibraryError(f"The database at {place(url)} failed: {error}.") from error


def _explain(url: URL, cause: BaseException | None) -> LibraryError:
    code = _primary_code(cause)
    if code in _DAMAGED:
        return damaged(url, str(cause))
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(
            f"The library at {place(url)} can't grow: the disk is full. Free some space and run it again."
        )
    advice = _ADVICE.get(code) if code is not None else None
    return LibraryError(f"The database at {place(url)} failed: {advice or 'nothing was changed'} ({cause}).")


def damaged(url: URL, why: str) -> LibraryCorrupt:
    """The error for a database that can't be read."""
    return LibraryCorrupt(
        f"The database at {place(url)} is damaged ({why}). Put a copy back, or move the file away "
        "(with its -wal and -shm neighbours) and ingest the papers again."
    )


def _primary_code(cause: BaseException | None) -> int | None:
    code: Any = getattr(cause, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def place(url: URL) -> str:
    """A database as a person would name it, without its password."""
    return (
        url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )
