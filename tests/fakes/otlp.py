"""A receiver of traces on loopback, as any collector is: OTLP over HTTP, in protobuf."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Receiver:
    """What came in, decoded."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.paths: set[str] = set()
        self.headers: dict[str, str] = {}
        self.requests: list[ExportTraceServiceRequest] = []

    @property
    def resource(self) -> dict[str, object]:
        """Who sent it."""
        return told(self.requests[0].resource_spans[0].resource.attributes)

    @property
    def spans(self) -> dict[str, Span]:
        """By name."""
        return {
            span.name: span
            for request in self.requests
            for sent in request.resource_spans
            for scope in sent.scope_spans
            for span in scope.spans
        }


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.paths.add(self.path)
            received.headers.update(self.headers.items())
            received.requests.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received = Receiver(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield received
        finally:
            server.shutdown()
            thread.join()


def told(attributes: Iterable[KeyValue]) -> dict[str, object]:
    """Attributes as Python's own values."""
    return {each.key: _value(each.value) for each in attributes}


def _value(value: AnyValue) -> object:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, str(kind))
