"""What Prometheus reads: a registry of the app's own, so that two apps in one process stay apart.

With several workers each counts in the server's shared folder, and whichever is asked tells of them all.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from rag.errors import ModelFailed

if TYPE_CHECKING:
    from api.backend import Backend
    from api.jobs import Jobs
    from rag.types import Answer, SearchResult

_LAG_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
_TICK_S = 0.5
_CODE = re.compile("[a-z][a-z0-9_]{0,31}")
_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STAGE_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30)


class Metrics:
    """Figures of one server. Labels hold route templates and stage names, never what was asked.

    Args:
        backend: is called, and says how it stands.
        jobs: wait.
        together: where the server's workers count, if there are several; this one has its seat there.
    """

    def __init__(self, backend: Backend, jobs: Jobs, together: Path | None = None) -> None:
        registry = CollectorRegistry()
        self._backend = backend
        route = ("method", "route", "status")
        self._requests = Counter("citewell_requests", "HTTP requests.", route, registry=registry)
        self._latency = Histogram(
            "citewell_request_seconds", "Time to the end of a response.", ("route",),
            buckets=_REQUEST_S, registry=registry,
        )  # fmt: skip
        self._stages = Histogram(
            "citewell_stage_seconds", "Time in one stage of an answer or a search.", ("call", "stage"),
            buckets=_STAGE_S, registry=registry,
        )  # fmt: skip
        self._answers = Counter(
            "citewell_answers", "Answers by outcome.", ("status", "mode"), registry=registry
        )
        self._refusals = Counter(
            "citewell_refusals", "Questions that the papers do not answer.", ("reason",), registry=registry
        )
        self._lag = Histogram(
            "citewell_event_loop_lag_seconds", "How late the event loop is for its appointments.",
            buckets=_LAG_S, registry=registry,
        )  # fmt: skip
        self._degraded = Counter("citewell_degraded", "Parts worked around.", ("part",), registry=registry)
        self._refused = Counter(
            "citewell_refused_requests", "Requests not let in.", ("reason",), registry=registry
        )
        self._model_errors = Counter(
            "citewell_model_errors", "Failures of models that were worked around.", ("part", "kind"),
            registry=registry,
        )  # fmt: skip
        self._first_text = Histogram(
            "citewell_first_text_seconds", "Time from a question's arrival to its first verified text.",
            ("mode",), buckets=_REQUEST_S, registry=registry,
        )  # fmt: skip
        self._calls = Gauge(
            "citewell_calls", "Service calls that run or wait.", multiprocess_mode="livesum",
            registry=registry,
        )  # fmt: skip
        self._told = registry if together is None else CollectorRegistry()
        if together is not None:
            MultiProcessCollector(self._told, str(together))  # type: ignore[no-untyped-call]
        self._told.register(_Standing(backend, jobs))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count one request not let in: no_key, wrong_key, scope, rate, host or origin."""
        self._refused.labels(reason).inc()

    def answered(self, answer: Answer) -> None:
        """Count one answer: how it ended, its stages, what was worked around."""
        self._answers.labels(answer.status, answer.mode).inc()
        if answer.refusal is not None:
            self._refusals.labels(_code(answer.refusal.reason)).inc()
        self._stages_of("ask", answer.timings_ms)
        self._count_degraded(answer.degraded)

    def first_text(self, mode: str, seconds: float) -> None:
        """Note when the first text of an answer was there: waiting, search and first words included."""
        self._first_text.labels(mode).observe(seconds)

    def failed(self, part: str, error: Exception) -> None:
        """Count a model's failure by its kind."""
        if isinstance(error, ModelFailed):
            self._model_errors.labels(_code(part), _code(error.kind)).inc()

    def searched(self, result: SearchResult) -> None:
        """Count one search."""
        self._stages_of("search", result.timings_ms)
        self._count_degraded(result.degraded)

    def text(self) -> bytes:
        """Prometheus' text format; reads the library, and may wait for the vector store."""
        self._calls.set(self._backend.in_flight)
        return generate_latest(self._told)

    def _stages_of(self, call: str, timings_ms: Mapping[str, float]) -> None:
        for stage, ms in timings_ms.items():
            self._stages.labels(call, stage).observe(ms / 1000)

    def _count_degraded(self, parts: tuple[str, ...]) -> None:
        for part in parts:
            self._degraded.labels(_code(part.partition(":")[0])).inc()

    async def watch_loop(self) -> None:
        """Note, until cancelled, how late the event loop is: what blocks it makes every client wait.

        Other workers tell of this one's calls as they were noted last.
        """
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _TICK_S
            await asyncio.sleep(_TICK_S)
            self._lag.observe(max(0.0, loop.time() - due))
            self._calls.set(self._backend.in_flight)


class _Standing(Collector):
    """How what all workers share stands: the library, its index, its jobs."""

    def __init__(self, backend: Backend, jobs: Jobs) -> None:
        self._backend = backend
        self._jobs = jobs

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look at it now."""
        ready = not self._backend.not_ready()
        yield GaugeMetricFamily("citewell_ready", "1 when questions can be answered.", ready)
        yield GaugeMetricFamily("citewell_jobs", "Jobs queued or running.", self._jobs.waiting())
        if ready:
            status = self._backend.service.status()
            yield GaugeMetricFamily("citewell_index_papers", "Papers in the index.", status.papers)
            yield GaugeMetricFamily("citewell_index_generation", "The index's generation.", status.generation)


def _code(name: str) -> str:
    """A name that the code gave, as a label; whatever else comes along is no label."""
    return name if _CODE.fullmatch(name) else "other"
