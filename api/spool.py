"""Jobs on the disk: each a file that says how it stands, and what it brought until it has ended.

All workers of a server see the same jobs, and a job outlives the worker that was at it. One process at a time
works them off: whoever holds the lock, which the system takes back from the dead.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from api.wire.papers import JobState
from api.wire.problem import Problem
from rag.errors import NotFound
from rag.types import IngestReport

_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Order:
    """What a request brought.

    Attributes:
        name: of the file, as the client calls it; empty for a JSON list in the body.
        format: of the file, where the client names one.
        total: how many records there are, where that is known.
    """

    name: str = ""
    format: str | None = None
    total: int | None = None


def _new_id() -> str:
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"  # sorts by age


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands; a new value replaces it at every step."""

    order: Order = field(default_factory=Order)
    id: str = field(default_factory=_new_id)
    state: JobState = "queued"
    done: int = 0
    total: int | None = None
    report: IngestReport = field(default_factory=IngestReport)
    error: Problem | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    request_id: str = ""
    tries: int = 0


_JOB = TypeAdapter(Job)


class Spool:
    """The jobs of one data folder.

    Args:
        folder: where they lie; made with the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, job: Job, body: BinaryIO) -> None:
        """Keep a new job and what it brought; on the disk when this returns.

        Raises:
            OSError: the disk refuses; nothing of the job is left.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"{job.id}.draft"
        try:
            with draft.open("xb") as file:
                shutil.copyfileobj(body, file)
                file.flush()
                os.fsync(file.fileno())
            self.write(job, durably=True)
            draft.replace(self._body(job.id))
        except BaseException:
            draft.unlink(missing_ok=True)
            self._state(job.id).unlink(missing_ok=True)
            raise

    def read(self, job_id: str) -> Job:
        """A job as it stands.

        Raises:
            NotFound: there is none, or none any more.
        """
        if _ID.fullmatch(job_id):
            with suppress(FileNotFoundError, ValidationError):
                return _JOB.validate_json(self._state(job_id).read_bytes())
        raise NotFound(f"There is no job {job_id!r}, or it ended so long ago that it is forgotten.")

    def write(self, job: Job, *, durably: bool = False) -> None:
        """Put down how a job stands; whoever reads finds the old state or the new one."""
        draft = self._folder / f"{job.id}.{os.getpid()}"
        with draft.open("wb") as file:
            file.write(_JOB.dump_json(job))
            if durably:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(self._state(job.id))

    def body(self, job_id: str) -> BinaryIO:
        """What a job brought, to read from its beginning."""
        return self._body(job_id).open("rb")

    def end(self, job: Job) -> None:
        """Put down how a job ended, and let go of what it brought."""
        self.write(job, durably=True)
        self._body(job.id).unlink(missing_ok=True)

    def pending(self) -> list[str]:
        """The jobs that have not ended, oldest first."""
        return sorted(path.stem for path in self._folder.glob("*.body"))

    def forget(self, kept: int) -> None:
        """Remove the oldest jobs that have ended, all but so many."""
        pending = set(self.pending())
        ended = sorted(path for path in self._folder.glob("*.json") if path.stem not in pending)
        for path in ended[: max(0, len(ended) - kept)]:
            path.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Work jobs off while nobody else does; the block learns whether it may."""
        if not self._folder.is_dir():
            yield False
            return
        lock = FileLock(self._folder / "lock", thread_local=False, preserve_lock_file=True)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _state(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"

    def _body(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.body"
