"""Where saved answers lie: in a database that several processes write to and no ingestion blocks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock
from sqlalchemy import URL, Connection, Engine, Row, Select, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from rag.errors import LibraryCorrupt, LibraryError, NotFound, SavedUnavailable
from rag.library import backend
from rag.saved.record import FORMAT, Feedback, Saved, decode, encode
from rag.saved.schema import ANSWERS, FEEDBACK, TABLES

MOST_FEEDBACK = 100
"""Opinions kept of one answer; the oldest go."""
_TIDY_EVERY = 200  # answers
_OPENS_WITHIN_S = 5

# Built once: to make these anew would cost as much as to run them.
_SET: dict[str, Any] = {name: bindparam(name) for name in ("saved_at", "format", "body")}
_REPLACE = update(ANSWERS).where(ANSWERS.c.id == bindparam("key")).values(_SET)
_ADD = insert(ANSWERS).values(_SET | {"id": bindparam("key")})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long answers are kept (``days``), and how many (``count``); whichever is over first."""

    days: int
    count: int

    def __bool__(self) -> bool:
        return self.days > 0 and self.count > 0


class SavedAnswers:
    """Answers by id, and what was thought of them. Any thread of any process may call any method.

    It is opened at the first call, so that a service starts without it; where it can't be opened, the
    next call tries again. Every method raises ``SavedUnavailable`` where the database fails.

    Args:
        url: of the database.
        keep: how long.
    """

    def __init__(self, url: URL, keep: Retention) -> None:
        self._url = url
        self._keep = keep
        self._engine: Engine | None = None
        self._opening = Lock()
        self._since_tidy = _TIDY_EVERY  # the first answer of a process tidies up

    def put(self, saved: Saved) -> None:
        """Keep an answer in place of what its id held; what was thought of it stays."""
        row = {"saved_at": _stamp(saved.saved_at), "format": FORMAT, "body": encode(saved)}
        row |= {"key": saved.answer.id}
        try:
            with self._writing() as connection:
                if not connection.execute(_REPLACE, row).rowcount:
                    connection.execute(_ADD, row)
                if self._tidy_is_due():
                    self._tidy(connection, saved.saved_at)
        except SavedUnavailable as error:
            cause = error.__cause__
            if cause is None or not isinstance(cause.__cause__, IntegrityError):
                raise
            # another process has kept the very same answer in this moment

    def get(self, answer_id: str) -> Saved:
        """One answer.

        Raises:
            NotFound: none is kept under this id.
        """
        row = None
        if _could_be(answer_id):
            with self._reading() as connection:
                row = connection.execute(_standing(self._keep).where(ANSWERS.c.id == answer_id)).one_or_none()
        if row is None:
            raise NotFound(
                f"No answer is kept under the id {answer_id!r}: it was never given here, or is older than "
                f"{self._keep.days} days, or {self._keep.count:,} newer ones took its place."
            )
        return _saved(row)

    def recent(self, limit: int = 20) -> tuple[Saved, ...]:
        """The last answers, newest first."""
        query = _standing(self._keep).order_by(ANSWERS.c.saved_at.desc(), ANSWERS.c.id).limit(limit)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return tuple(_saved(row) for row in rows if row.format == FORMAT)

    def remove(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Delete answers with what was thought of them; returns the ids that were there."""
        with self._writing() as connection:
            asked = [answer_id for answer_id in ids if _could_be(answer_id)]
            there = connection.execute(select(ANSWERS.c.id).where(ANSWERS.c.id.in_(asked))).scalars().all()
            connection.execute(delete(ANSWERS).where(ANSWERS.c.id.in_(there)))
        return tuple(there)

    def rate(self, feedback: Feedback) -> None:
        """Keep what someone thought of an answer that is kept.

        Raises:
            NotFound: the answer is not.
        """
        self.get(feedback.answer_id)
        mine = FEEDBACK.c.answer_id == feedback.answer_id
        kept = select(FEEDBACK.c.id).where(mine).order_by(FEEDBACK.c.id.desc()).limit(MOST_FEEDBACK)
        row = {
            "answer_id": feedback.answer_id,
            "rating": feedback.rating,
            "citation": feedback.citation,
            "comment": feedback.comment,
            "given_at": _stamp(feedback.given_at),
        }
        with self._writing() as connection:
            connection.execute(insert(FEEDBACK).values(row))
            newest = connection.execute(kept).scalars().all()
            connection.execute(delete(FEEDBACK).where(mine, FEEDBACK.c.id < newest[-1]))

    def rated(self) -> Iterator[tuple[Saved, tuple[Feedback, ...]]]:
        """Every answer that something was thought of, with all of it, oldest answer first."""
        told = select(FEEDBACK.c.answer_id).distinct()
        query = _standing(self._keep).where(ANSWERS.c.id.in_(told)).order_by(ANSWERS.c.saved_at, ANSWERS.c.id)
        with self._reading() as connection:
            for row in connection.execute(query):
                if row.format == FORMAT:
                    yield _saved(row), _feedback(connection, row.id)

    def close(self) -> None:
        """Give the database back."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _tidy_is_due(self) -> bool:
        self._since_tidy += 1  # two threads may count as one: it is due a little later then
        if self._since_tidy < _TIDY_EVERY:
            return False
        self._since_tidy = 0
        return True

    def _tidy(self, connection: Connection, now: datetime) -> None:
        """Delete what is too old, and the oldest where there are too many."""
        connection.execute(delete(ANSWERS).where(ANSWERS.c.saved_at < _oldest(self._keep, now)))
        newest = select(ANSWERS.c.saved_at).order_by(ANSWERS.c.saved_at.desc())
        last = connection.execute(newest.offset(self._keep.count - 1).limit(1)).scalar_one_or_none()
        if last is not None:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.saved_at < last))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _explained(self._url), backend.reading(self._opened()) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _explained(self._url), backend.writing(self._opened()) as connection:
            yield connection

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = _open(self._url)
            return self._engine


def _open(url: URL) -> Engine:
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    engine = backend.connect(url, backend.NOTES)
    try:
        with nullcontext() if file is None else _alone_with(file):
            with backend.writing(engine) as connection:
                TABLES.create_all(connection)
            backend.adopt(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def _alone_with(file: Path) -> Iterator[None]:
    """Keep other processes from opening it meanwhile: SQLite changes the mode of a new file for one alone."""
    try:
        with FileLock(file.with_suffix(".lock"), timeout=_OPENS_WITHIN_S):
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))  # what was asked is nobody else's
            yield
    except OSError as error:
        raise SavedUnavailable(
            f"The saved answers at {file} can't be opened: {error}. Check the folder and the disk."
        ) from error


def _could_be(answer_id: str) -> bool:
    """Whether a database can be asked for this id: it has no half of a surrogate pair, no NUL."""
    return answer_id.isascii() and answer_id.isalnum()


def _standing(keep: Retention) -> Select[*tuple[Any, ...]]:
    """What may still be shown, tidied up or not."""
    return select(ANSWERS).where(ANSWERS.c.saved_at >= _oldest(keep, datetime.now(UTC)))


def _oldest(keep: Retention, now: datetime) -> int:
    return _stamp(now - timedelta(days=keep.days))


def _saved(row: Row[Any]) -> Saved:
    if row.format != FORMAT:
        raise NotFound(f"The answer {row.id} was kept by another version of Citewell, and can't be read.")
    try:
        return decode(row.body)
    except ValueError as error:
        raise SavedUnavailable(f"The saved answer {row.id} can't be read: {error}") from error


def _feedback(connection: Connection, answer_id: str) -> tuple[Feedback, ...]:
    query = select(FEEDBACK).where(FEEDBACK.c.answer_id == answer_id).order_by(FEEDBACK.c.id)
    return tuple(
        Feedback(row.answer_id, row.rating, row.citation, row.comment, _moment(row.given_at))
        for row in connection.execute(query)
    )


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    try:
        yield
    except LibraryCorrupt as error:
        raise SavedUnavailable(
            f"The saved answers at {backend.place(url)} are damaged: move the file away (with its -wal "
            "and -shm neighbours), and a new one is made."
        ) from error
    except LibraryError as error:
        raise SavedUnavailable(f"Saved answers: {error}") from error


def _stamp(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _moment(stamp: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stamp)
