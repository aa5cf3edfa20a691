"""Calls seen from outside: a span for each stage, by OpenTelemetry's conventions, and what failed in figures.

Questions, papers and replies are left out of spans unless that is set.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.trace import NoOpTracerProvider, SpanKind, StatusCode

from api.access import OPEN
from api.metrics import Metrics
from rag.errors import ConfigError, ModelFailed
from rag.settings import Settings
from rag.watch import About, Note

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

# The GenAI conventions are still in development; these names are of their release 0.1.0.
_NAMES = {
    "data_source": "gen_ai.data_source.id",
    "finish_reason": "gen_ai.response.finish_reasons",
    "first_chunk_s": "gen_ai.response.time_to_first_chunk",
    "input_tokens": "gen_ai.usage.input_tokens",
    "max_tokens": "gen_ai.request.max_tokens",
    "model": "gen_ai.request.model",
    "operation": "gen_ai.operation.name",
    "output_tokens": "gen_ai.usage.output_tokens",
    "provider": "gen_ai.provider.name",
    "query": "gen_ai.retrieval.query.text",
    "stream": "gen_ai.request.stream",
    "top_k": "gen_ai.retrieval.top_k",
}
_LISTS = ("finish_reason",)
_CONTENT = ("query",)


class Watching:
    """Makes spans of stages, and counts what fails: the ``rag.watch.Watcher`` of a server.

    Args:
        metrics: counts failures of models.
        provider: makes the spans; none are made where missing.
        content: whether spans hold what was asked.
    """

    def __init__(self, metrics: Metrics, provider: TracerProvider | None, *, content: bool) -> None:
        self._metrics = metrics
        self._tracer = (provider or NoOpTracerProvider()).get_tracer("citewell", version("citewell"))
        self._content = content

    @contextmanager
    def stage(self, name: str, about: About) -> Iterator[Note]:
        """A span while the stage runs; a failure is told by its kind alone."""
        with self._tracer.start_as_current_span(
            _title(name, about),
            kind=SpanKind.CLIENT if "operation" in about else SpanKind.INTERNAL,
            attributes=self._attributes(about),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield lambda more: span.set_attributes(self._attributes(more))
            except Exception as error:
                span.set_attribute("error.type", _kind(error))
                span.set_status(StatusCode.ERROR)
                raise

    def failed(self, part: str, error: Exception) -> None:
        """Count a failure that is worked around, and note it in the span of its stage."""
        self._metrics.failed(part, error)
        about = {"citewell.part": part, "error.type": _kind(error)}
        trace.get_current_span().add_event("citewell.worked_around", about)

    def _attributes(self, about: About) -> dict[str, Any]:
        return {
            _NAMES.get(name, f"citewell.{name}"): [value] if name in _LISTS else value
            for name, value in about.items()
            if value is not None and (self._content or name not in _CONTENT)
        }


def tracer_provider(settings: Settings) -> TracerProvider | None:
    """What sends spans to where the settings say; None where they say nothing.

    Raises:
        ConfigError: the packages that this needs are not installed.
    """
    if settings.otlp_endpoint is None:
        return None
    try:
        from api.otlp import sending_to
    except ImportError as error:
        raise ConfigError("CITEWELL_OTLP_ENDPOINT: install citewell[otel] to send traces.") from error
    return sending_to(settings.otlp_endpoint)


def telemetry(provider: TracerProvider | None, *, content: bool) -> TelemetryConfig:
    """How FastAPI traces requests: with this provider alone or not at all, whatever else is set up."""
    if provider is not None and not content:
        from api.otlp import Withheld

        provider.add_span_processor(Withheld())
    return {
        "tracer_provider": provider or NoOpTracerProvider(),
        "tracing": provider is not None,
        "metrics": False,  # Prometheus has them
        "logs": False,  # they hold messages of errors
        "operation_spans": False,
        "auto_configure": False,
        "exclude": _probes,
    }


def _probes(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in OPEN or scope.get("path") == "/metrics"


def _title(name: str, about: About) -> str:
    """``chat gpt-4.1-mini`` and ``retrieval library``, as the conventions have it; our own by their names."""
    if operation := about.get("operation"):
        return f"{operation} {about.get('model') or about.get('data_source')}"
    return f"citewell.{name}"


def _kind(error: Exception) -> str:
    return error.kind if isinstance(error, ModelFailed) else type(error).__name__
