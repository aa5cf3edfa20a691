"""Lines of a byte stream, one at a time, whatever the bytes are.

A line ends at LF; a CR before it and a byte-order mark at the file's start are dropped. A line that can't be
used becomes a ``Rejection`` in its place, so that readers which count lines stay in step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from rag.types import Rejection

MAX_LINE_BYTES = 1_000_000
"""Longer lines are refused without being held in memory."""

BOM = b"\xef\xbb\xbf"


def read_lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, str | Rejection]]:
    """Yields each line's number (from 1) with its text, or with why it was refused.

    Args:
        stream: bytes, read forward only and never as a whole.
        name: what the file is called in ``Rejection.where``.
    """
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 2):
        number += 1
        where = f"{name}:{number}"
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        if len(line) > MAX_LINE_BYTES:
            _skip_rest_of_line(stream, raw)
            yield (
                number,
                Rejection(where, f"The line is longer than {MAX_LINE_BYTES:,} bytes; shorten or split it."),
            )
            continue
        yield number, _decode(line.removeprefix(BOM) if number == 1 else line, where)


def _skip_rest_of_line(stream: BinaryIO, last_read: bytes) -> None:
    while last_read and not last_read.endswith(b"\n"):
        last_read = stream.readline(MAX_LINE_BYTES)


def _decode(line: bytes, where: str) -> str | Rejection:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Rejection(
            where, f"Not valid UTF-8 at byte {error.start + 1} of the line; save the file as UTF-8."
        )
