"""One client on one kept connection, as thin as can be: what is measured is the server, not the client.

Two cores serve both sides of a load, and a full HTTP client would take more of them than a bare route does.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, body, when it was asked (monotonic seconds) and how long it took (ms)."""

    status: int
    body: bytes
    asked: float
    ms: float

    def json(self) -> Any:  # noqa: ANN401  # JSON is anything
        """The body, decoded."""
        return json.loads(self.body)


class Caller:
    """Sends requests one after the other to ``http://host:port``."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "127.0.0.1", place.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    async def call(self, method: str, path: str, body: object = None) -> Reply:
        """One request and its reply.

        Raises:
            ConnectionError: the server hung up.
        """
        if self._reader is None or self._writer is None:
            raise ConnectionError("not connected")
        sent = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(sent)}\r\n\r\n"
        )
        asked = time.monotonic()
        self._writer.write(head.encode() + sent)
        await self._writer.drain()
        try:
            status, length = _parsed(await self._reader.readuntil(b"\r\n\r\n"))
            received = await self._reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("the server hung up") from error
        return Reply(status, received, asked, (time.monotonic() - asked) * 1000)


def _parsed(head: bytes) -> tuple[int, int]:
    """Status and length of the body; every reply measured here names its length."""
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.casefold(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split(" ")[1]), int(fields.get("content-length", "0"))
