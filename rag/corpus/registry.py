"""The corpus formats there are, and the one call that reads any of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from rag.corpus.bibtex import BIBTEX
from rag.corpus.conflicts import TextsSeen
from rag.corpus.json_list import JSON_LIST
from rag.corpus.jsonl import JSONL
from rag.corpus.reader import Reader, Record
from rag.corpus.record import paper_from_record, source_name
from rag.corpus.saved_page import SAVED_PAGE
from rag.corpus.table import TABLE
from rag.corpus.tagged import ENDNOTE, MEDLINE, RIS, WEB_OF_SCIENCE
from rag.corpus.xml_entries import ATOM, PUBMED_XML
from rag.errors import UnknownFormat
from rag.types import Paper, Rejection

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READERS: tuple[Reader, ...] = (
    SAVED_PAGE,
    JSONL,
    JSON_LIST,
    RIS,
    ENDNOTE,
    MEDLINE,
    WEB_OF_SCIENCE,
    PUBMED_XML,
    ATOM,
    TABLE,
    BIBTEX,
)
"""Every format, in the order in which they are tried. A new one is one line here."""

HEAD_BYTES = 4096


def read_papers(
    stream: BinaryIO,
    *,
    name: str,
    format: str | None = None,  # noqa: A002  # what --format and the HTTP field call it
    seen: TextsSeen | None = None,
) -> Iterator[Paper | Rejection]:
    """Papers and rejections of one file, in file order, in constant memory.

    Args:
        stream: the file's bytes; read forward only.
        name: the file's name: for detection, ``Rejection.where`` and ``Paper.sources``.
        format: a reader's name; detected from the first bytes and the name unless given.
        seen: what the run's earlier files held, so that an id with two texts is refused across files too.

    Raises:
        UnknownFormat: at the call, not while iterating, where no reader fits.
    """
    if format is not None:
        reader = reader_named(format)
    else:
        head = stream.read(HEAD_BYTES)
        reader = detect(head, name)
        stream = io.BufferedReader(_Rejoined(head, stream))
    return _papers(reader.read(stream, name), source_name(name), TextsSeen() if seen is None else seen)


def _papers(
    records: Iterator[Record | Rejection], source: str, seen: TextsSeen
) -> Iterator[Paper | Rejection]:
    for record in records:
        if isinstance(record, Rejection):
            yield record
            continue
        paper = paper_from_record(record.value, record.where, source=source)
        yield paper if isinstance(paper, Rejection) else seen.check(paper, record.where)


def reader_named(name: str) -> Reader:
    """The reader of that name.

    Raises:
        UnknownFormat: there is none; names those there are.
    """
    for reader in READERS:
        if reader.name == name:
            return reader
    raise UnknownFormat(f"There is no format {name!r}; known are {_known()}.", field="format")


def detect(head: bytes, name: str) -> Reader:
    """The reader for a file: by its first bytes, else by its ending if those bytes may be text.

    Raises:
        UnknownFormat: neither fits; names the formats there are.
    """
    for reader in READERS:
        if reader.sniff(head):
            return reader
    ending = PurePath(name).suffix.lower()
    for reader in READERS:
        if ending in reader.extensions and b"\x00" not in head:
            return reader
    raise UnknownFormat(f"No reader knows the file {name!r}; known formats are {_known()}.", field="format")


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


def _known() -> str:
    return ", ".join(reader.name for reader in READERS)
