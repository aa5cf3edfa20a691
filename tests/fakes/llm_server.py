"""A server that speaks the OpenAI protocol on loopback, and fails in every way that is asked of it.

with LlmServer() as server:
    server.will(Says("Paris [1]."))
    OpenAILike(api_base=server.base_url, ...)
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Wire:
    """What a behaviour writes to: one response."""

    def __init__(self, handler: BaseHTTPRequestHandler, closed: threading.Event) -> None:
        self._handler = handler
        self._closed = closed

    def head(self, status: int = 200, content_type: str = "text/event-stream", **headers: str) -> None:
        """Status and headers; underscores in names stand for hyphens."""
        self._handler.send_response(status)
        self._handler.send_header("content-type", content_type)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def raw(self, text: str) -> None:
        """Bytes as they are; notes when nobody listens any more."""
        try:
            self._handler.wfile.write(text.encode())
            self._handler.wfile.flush()
        except OSError:
            self._closed.set()
            raise

    def chunk(
        self, content: str = "", finish: str | None = None, usage: Mapping[str, int] | None = None
    ) -> None:
        """One event of a streamed reply."""
        choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish}
        body = {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "fake",
            "choices": [] if usage else [choice],
            "usage": usage,
        }
        self.raw(f"data: {json.dumps(body)}\n\n")


Behaviour = Callable[[Wire], None]


@dataclass(frozen=True)
class Says:
    """A reply in small portions.

    Attributes:
        text: the reply.
        finish: the reason it ends with; None breaks off without one.
        pause_s: between portions.
        portion: characters of each.
    """

    text: str
    finish: str | None = "stop"
    pause_s: float = 0.0
    portion: int = 7

    def __call__(self, wire: Wire) -> None:
        wire.head()
        for at in range(0, len(self.text), self.portion):
            wire.chunk(self.text[at : at + self.portion])
            time.sleep(self.pause_s)
        if self.finish is not None:
            wire.chunk(finish=self.finish)
            wire.chunk(usage={"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18})
            wire.raw("data: [DONE]\n\n")


@dataclass(frozen=True)
class Fails:
    """An HTTP error, with OpenAI's envelope."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, wire: Wire) -> None:
        wire.head(self.status, "application/json", **self.headers)
        wire.raw(json.dumps({"error": {"message": "no", "type": "fake", "code": None, "param": None}}))


@dataclass(frozen=True)
class Sends:
    """Any body with status 200."""

    body: str
    content_type: str = "text/event-stream"

    def __call__(self, wire: Wire) -> None:
        wire.head(200, self.content_type)
        wire.raw(self.body)


@dataclass(frozen=True)
class Hangs:
    """Says something, then nothing, and keeps the connection open until the client closes it, or for a while.

    Attributes:
        first: what it says before.
        pings: send comments meanwhile, as proxies do.
        most_s: seconds after which it gives up.
    """

    first: str = ""
    pings: bool = False
    most_s: float = 10.0

    def __call__(self, wire: Wire) -> None:
        wire.head()
        if self.first:
            wire.chunk(self.first)
        until = time.monotonic() + self.most_s
        while time.monotonic() < until:
            time.sleep(0.02)
            wire.raw(": ping\n\n" if self.pings else "")


class LlmServer:
    """Serves ``/v1/chat/completions``; each call gets the next behaviour, the last one for good.

    Attributes:
        requests: the bodies received.
        closed: set when a client went away in the middle of a reply.
        running: calls that are being answered.
        most_at_once: the most there ever were.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, object]] = []
        self.closed = threading.Event()
        self.most_at_once = 0
        self.running = 0
        self._script: list[Behaviour] = [Says("ok")]
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def will(self, *script: Behaviour) -> None:
        """Sets what the next calls get."""
        with self._lock:
            self._script = list(script)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        with self._lock:
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
        try:
            with suppress(OSError):
                yield
        finally:
            with self._lock:
                self.running -= 1

    def _next(self) -> Behaviour:
        with self._lock:
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                server.requests.append(json.loads(self.rfile.read(length)))
                with server._answering():
                    server._next()(Wire(self, server.closed))

            def log_message(self, *args: object) -> None:  # noqa: ARG002  # tests are quiet
                return

        return Handler
