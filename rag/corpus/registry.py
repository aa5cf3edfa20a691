"""The corpus formats there are, and the one call that reads any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from rag.corpus.bibtex import BIBTEX
from rag.corpus.conflicts import TextsSeen
from rag.corpus.json_list import JSON_LIST
from rag.corpus.jsonl import JSONL
from rag.corpus.reader import Reader, Record
from rag.corpus.record import paper_from_record, source_name
from rag.corpus.saved_page import SAVED_PAGE
from rag.corpus.table import TABLE
from rag.corpus.tagged import ENDNOTE, MEDLINE, RIS, WEB_OF_SCIENCE
from rag.corpus.utf8 import as_utf8
from rag.corpus.xml_entries import ATOM, PUBMED_XML
from rag.errors import UnknownFormat
from rag.types import Paper, Rejection

READERS: tuple[Reader, ...] = (
    SAVED_PAGE,
    JSON_LIST,
    JSONL,
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


def read_papers(
    stream: BinaryIO,
    *,
    name: str,
    format: str | None = None,  # noqa: A002  # what --format and the HTTP field call it
    seen: TextsSeen | None = None,
) -> Iterator[Paper | Rejection]:
    """Papers and rejections of one file, in file order, in constant memory.

    Args:
        stream: the file's bytes, UTF-8 or what a byte-order mark calls UTF-16; read forward only.
        name: the file's name: for detection, ``Rejection.where`` and ``Paper.sources``.
        format: a reader's name; detected from the first bytes and the name unless given.
        seen: what the run's earlier files held, so that an id with two texts is refused across files too.

    Raises:
        UnknownFormat: at the call, not while iterating, where no reader fits.
    """
    named = None if format is None else reader_named(format)
    head, whole = as_utf8(stream)
    reader = named or detect(head, name)
    return _papers(reader.read(whole, name), source_name(name), TextsSeen() if seen is None else seen)


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


def _known() -> str:
    return ", ".join(reader.name for reader in READERS)
