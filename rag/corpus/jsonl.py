"""JSON lines: one paper an object, one object a line. BEIR corpora are written so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from rag.corpus.json_record import record_from_json
from rag.corpus.lines import BOM, read_lines
from rag.corpus.reader import Reader, Record
from rag.types import Rejection


def read(stream: BinaryIO, name: str) -> Iterator[Record | Rejection]:
    """Objects of a JSON-lines file; blank lines are skipped."""
    for number, line in read_lines(stream, name):
        if isinstance(line, Rejection):
            yield line
        elif line.strip():
            yield record_from_json(line, f"{name}:{number}")


def sniff(head: bytes) -> bool:
    """The first line that is not blank opens an object, with a key or empty."""
    opening = head.removeprefix(BOM).lstrip()
    return opening.startswith(b"{") and opening[1:].lstrip()[:1] in (b'"', b"}")


JSONL = Reader(name="jsonl", extensions=(".jsonl", ".ndjson"), sniff=sniff, read=read)
