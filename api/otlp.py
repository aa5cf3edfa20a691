"""Traces on their way out. Imported only where they are wanted: it needs what ``citewell[otel]`` installs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def sending_to(endpoint: str) -> TracerProvider:
    """What makes spans and sends them there, in batches, from a thread of its own."""
    about = {"service.name": "citewell", "service.version": version("citewell")}
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
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
