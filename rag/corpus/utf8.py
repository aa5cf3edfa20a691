"""A file's bytes as readers take them: UTF-8, and its beginning still to be read though it was looked at."""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 4096
_PIECE = 65_536  # bytes
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_utf8(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of a file, and the whole of it; what its byte-order mark calls UTF-16 as UTF-8.

    Args:
        stream: read forward only, and no further than ``HEAD_BYTES`` here.
    """
    head = stream.read(HEAD_BYTES)
    whole = io.BufferedReader(_Rejoined(head, stream))
    if not head.startswith(_UTF_16):
        return head, whole
    recoded = io.BufferedReader(_Recoded(whole), _PIECE)
    return recoded.peek(HEAD_BYTES)[:HEAD_BYTES], recoded


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were already taken, whole again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        part = self._head[: len(view)] or self._rest.read(len(view))
        self._head = self._head[len(part) :]
        view[: len(part)] = part
        return len(part)


class _Recoded(io.RawIOBase):
    """UTF-16 as UTF-8; what is no character stands as U+FFFD."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._held = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        while not self._held and not self._ended:
            piece = self._stream.read(HEAD_BYTES)
            self._ended = not piece
            self._held = self._decoder.decode(piece, final=self._ended).encode()
        part, self._held = self._held[: len(view)], self._held[len(view) :]
        view[: len(part)] = part
        return len(part)
