"""Papers being added: one job at a time, in a thread, beside the answering. A restart forgets the jobs."""

from __future__ import annotations

import contextvars
import logging
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from api.errors import plain_problem, problem_of
from api.wire.papers import JobState
from api.wire.problem import Problem
from rag.errors import CitewellError, NotFound, NotReady
from rag.types import IngestReport

log = logging.getLogger("citewell.api")


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands; a new value replaces it at every step."""

    id: str
    state: JobState = "queued"
    done: int = 0
    total: int | None = None
    report: IngestReport = field(default_factory=IngestReport)
    error: Problem | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Watch:
    """How work tells how far it is, and learns that it should stop."""

    progress: Callable[[int, int | None], None]
    cancelled: Callable[[], bool]


Work = Callable[[Watch], IngestReport]


class Jobs:
    """The jobs of one server, and the one thread that works them off in order.

    Args:
        queued: how many may wait; one more is refused.
        kept: how many are remembered; the oldest that have ended are forgotten first.
    """

    def __init__(self, *, queued: int = 16, kept: int = 1000) -> None:
        self._max_queued = queued
        self._max_kept = kept
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="citewell-job")

    def submit(self, work: Work) -> Job:
        """Queue work.

        Raises:
            NotReady: too many jobs wait already.
        """
        job = Job(uuid.uuid4().hex)
        with self._lock:
            if sum(known.state == "queued" for known in self._jobs.values()) >= self._max_queued:
                raise NotReady(f"{self._max_queued} jobs wait already; try again later.", retry_after_s=10)
            self._forget_oldest()
            self._jobs[job.id] = job
        self._pool.submit(contextvars.copy_context().run, self._run, job.id, work)
        return job

    def get(self, job_id: str) -> Job:
        """A job as it stands.

        Raises:
            NotFound: there is none of that id, or it ended so long ago that it is forgotten.
        """
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id!r}; jobs are not kept across a restart.")
        return job

    def waiting(self) -> int:
        """Jobs that are queued or running."""
        with self._lock:
            return sum(job.state in ("queued", "running") for job in self._jobs.values())

    def stop(self) -> None:
        """Ask every job to stop; what it has committed stays."""
        self._stopping.set()
        self._pool.shutdown(wait=True)

    def _run(self, job_id: str, work: Work) -> None:
        self._change(job_id, state="running")
        watch = Watch(
            progress=lambda done, total: self._change(job_id, done=done, total=total),
            cancelled=self._stopping.is_set,
        )
        try:
            report = work(watch)
        except CitewellError as error:
            log.error("job %s failed: %s", job_id, error)
            self._change(job_id, state="failed", error=problem_of(error))
        except Exception:  # the thread's border: a job never takes the server down
            log.exception("job %s failed", job_id)
            self._change(job_id, state="failed", error=plain_problem(500))
        else:
            state: JobState = "cancelled" if self._stopping.is_set() else "succeeded"
            self._change(job_id, state=state, report=report)

    def _change(self, job_id: str, **what: object) -> None:
        with self._lock:
            self._jobs[job_id] = replace(self._jobs[job_id], **what)  # type: ignore[arg-type]

    def _forget_oldest(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.state not in ("queued", "running")]
        for job_id in ended[: max(0, len(self._jobs) + 1 - self._max_kept)]:
            del self._jobs[job_id]
