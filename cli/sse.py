"""Server-sent events as they come over a connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def events(chunks: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """Name and data of each event that arrives whole; comments, which keep a connection awake, are left out.

    Lines end at a line feed (with or without a carriage return) and nowhere else: JSON may hold U+2028 and
    its like, at which ``str.splitlines`` and the clients built on it would break a line.
    """
    name, data = "message", list[str]()
    for line in _lines(chunks):
        if not line:
            if data:
                yield name, "\n".join(data)
            name, data = "message", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode(errors="replace")
