"""JSON lines: one paper an object, one object a line. BEIR corpora are written so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from rag.corpus.lines import BOM, read_lines
from rag.corpus.reader import Reader, Record
from rag.types import Rejection


def read(stream: BinaryIO, name: str) -> Iterator[Record | Rejection]:
    """Objects of a JSON-lines file; blank lines are skipped."""
    for number, line in read_lines(stream, name):
        if isinstance(line, Rejection):
            yield line
        elif line.strip():
            yield _record(line, f"{name}:{number}")


def _record(line: str, where: str) -> Record | Rejection:
    try:
        return Record(where, json.loads(line, parse_constant=_no_constant))
    except json.JSONDecodeError as error:
        return Rejection(where, f"Not valid JSON at character {error.pos + 1}: {error.msg}.")
    except (ValueError, RecursionError):
        return Rejection(where, "Not valid JSON: a number is out of bounds, or the nesting is too deep.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def sniff(head: bytes) -> bool:
    """The first line that is not blank opens an object, with a key or empty."""
    opening = head.removeprefix(BOM).lstrip()
    return opening.startswith(b"{") and opening[1:].lstrip()[:1] in (b'"', b"}")


JSONL = Reader(name="jsonl", extensions=(".jsonl", ".ndjson"), sniff=sniff, read=read)
