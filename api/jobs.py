"""Papers being added: one job at a time, in a thread, beside the answering, by one worker of all.

A job that a worker could not bring to its end, because it was stopped or died, is taken up by another one or
after the next start: what it has added is not added again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from api.errors import plain_problem, problem_of
from api.logs import REQUEST_ID
from api.spool import Job, Order, Spool
from rag.errors import CitewellError, DiskFull, NotReady, StoreUnavailable
from rag.types import IngestReport

log = logging.getLogger("citewell.api")

_LOOK_S = 0.5  # how often a worker looks whether there is something to take up
_TRIES = 3  # after so many workers died of a job it is given up


@dataclass(frozen=True, slots=True)
class Watch:
    """How work tells how far it is, and learns that it should stop."""

    progress: Callable[[int, int | None], None]
    cancelled: Callable[[], bool]


Work = Callable[[Job, BinaryIO, Watch], IngestReport]
"""Adds the papers that a job brought; the file is closed by whoever calls."""


class Jobs:
    """The jobs of one server, and the one thread of this worker that works them off in order.

    Args:
        folder: where they are kept.
        work: adds papers.
        ready: whether work can be done.
        queued: how many may wait; one more is refused.
        kept: how many are remembered once they have ended.
    """

    def __init__(
        self,
        folder: Path,
        work: Work,
        *,
        ready: Callable[[], bool] = lambda: True,
        queued: int = 16,
        kept: int = 1000,
    ) -> None:
        self._spool = Spool(folder)
        self._work = work
        self._ready = ready
        self._queued = queued
        self._kept = kept
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="citewell-job", daemon=True)

    def start(self) -> None:
        """Begin to work jobs off, those of an earlier server first."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the job under way where it is; what it has committed stays, and it is taken up again."""
        self._stopping.set()
        self._news.set()
        if self._thread.ident is not None:
            self._thread.join()

    def submit(self, order: Order, body: BinaryIO) -> Job:
        """Queue a job.

        Args:
            order: what the request brought.
            body: its bytes, from where they are read on.

        Raises:
            NotReady: too many jobs wait already.
            DiskFull: there is no room for it.
        """
        if len(self._spool.pending()) > self._queued:
            raise NotReady(f"{self._queued} jobs wait already; try again later.", retry_after_s=10)
        job = Job(order, total=order.total, request_id=REQUEST_ID.get())
        try:
            self._spool.add(job, body)
        except OSError as error:
            raise DiskFull(f"The job can't be kept ({error}): free some space in the data folder.") from error
        self._spool.forget(self._kept)
        self._news.set()
        return job

    def get(self, job_id: str) -> Job:
        """A job as it stands, whichever worker is at it.

        Raises:
            NotFound: there is none of that id, or it ended so long ago that it is forgotten.
        """
        return self._spool.read(job_id)

    def waiting(self) -> int:
        """Jobs that are queued or running."""
        return len(self._spool.pending())

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            try:
                again = self._ready() and self._work_off()
            except Exception:  # the thread's border: the next look may go better
                log.exception("jobs can't be worked off for now")
                again = False
            if not again:
                self._news.wait(_LOOK_S)

    def _work_off(self) -> bool:
        """Work off the oldest job; whether there may be another one to go on with."""
        if not self._spool.pending():
            return False
        with self._spool.alone() as ours:
            for job_id in self._spool.pending() if ours else ():
                job = self._spool.read(job_id)
                bound = REQUEST_ID.set(job.request_id)
                try:
                    return self._take_up(job)
                finally:
                    REQUEST_ID.reset(bound)
        return False

    def _take_up(self, job: Job) -> bool:
        if job.state not in ("queued", "running"):  # who ended it died before letting go of what it brought
            self._spool.end(job)
            return True
        if job.tries >= _TRIES:
            log.error("job %s is given up: the server died of it %d times", job.id, job.tries)
            told = f"The server died {job.tries} times while it worked on this."
            problem = plain_problem(500, told, job.request_id)
            self._spool.end(replace(job, state="failed", error=problem))
            return True
        job = replace(job, state="running", tries=job.tries + 1, error=None)
        self._spool.write(job, durably=True)

        def progress(done: int, total: int | None) -> None:
            nonlocal job
            job = replace(job, done=done, total=total)
            self._spool.write(job)

        try:
            with self._spool.body(job.id) as body:
                report = self._work(job, body, Watch(progress, self._stopping.is_set))
        except StoreUnavailable as error:  # the papers are stored, and the store will be back
            log.warning("job %s waits: %s", job.id, error)
            self._wait(replace(job, error=problem_of(error, job.request_id)))
            return False
        except CitewellError as error:
            log.error("job %s failed: %s", job.id, error)
            self._spool.end(replace(job, state="failed", error=problem_of(error, job.request_id)))
        except Exception:  # the thread's border: a job never takes the server down
            log.exception("job %s failed", job.id)
            self._spool.end(replace(job, state="failed", error=plain_problem(500, "", job.request_id)))
        else:
            if self._stopping.is_set():
                self._wait(job)
            else:
                self._spool.end(replace(job, state="succeeded", report=report))
        return True

    def _wait(self, job: Job) -> None:
        """Put a job back that nobody died of."""
        self._spool.write(replace(job, state="queued", tries=job.tries - 1), durably=True)
