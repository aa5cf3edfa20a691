"""Traces on their way out. Imported only where they are wanted: it needs what ``citewell[otel]`` installs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

_PATIENCE_S = 5.0
"""Seconds for a batch, tries again included: a receiver that is away holds up a stop no longer."""


def sending_to(endpoint: str) -> TracerProvider:
    """What makes spans and sends them there, in batches, from a thread of its own.

    Args:
        endpoint: of a receiver, as ``http://localhost:4318``; traces go to ``/v1/traces`` below it.
    """
    about = {"service.name": "citewell", "service.version": version("citewell")}
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_PATIENCE_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class Withheld(SpanProcessor):
    """Takes out of a request's span what may hold something asked: the query, and all but the noun."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002  # its interface
        """Before anything is sent."""
        known: Mapping[str, Any] = span.attributes or {}
        if "url.query" in known:
            span.set_attribute("url.query", "REDACTED")
        if "url.path" in known:
            span.set_attribute("url.path", "/".join(str(known["url.path"]).split("/")[:3]))
