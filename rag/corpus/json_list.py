"""JSON: a list of papers, an object each, on however many lines. CSL-JSON is written so.

The objects are cut out of the file and parsed one by one, so that a bad one costs itself alone and memory
holds one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from rag.corpus.json_record import record_from_json
from rag.corpus.lines import BOM, MAX_LINE_BYTES, read_lines
from rag.corpus.reader import Reader, Record
from rag.types import Rejection

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]')


def read(stream: BinaryIO, name: str) -> Iterator[Record | Rejection]:
    """The objects of the list; what stands between them is left."""
    for where, text in _objects(stream, name):
        yield text if isinstance(text, Rejection) else record_from_json(text, where)


@dataclass(slots=True)
class _Cutter:
    """Takes lines, and gives the text of each outermost object that ends in them."""

    where: str = ""
    depth: int = 0
    held: list[str] = field(default_factory=list)

    def take(self, line: str, where: str) -> Iterator[tuple[str, str]]:
        """Each object that ends in the line, and where it began."""
        start = 0
        for token in _TOKEN.finditer(line):
            if token[0] == "{":
                self.depth += 1
                if self.depth == 1:
                    self.where, start = where, token.start()
            elif token[0] == "}" and self.depth:
                self.depth -= 1
                if self.depth == 0:
                    yield self.where, "\n".join([*self.held, line[start : token.end()]])
                    self.held = []
        if self.depth:
            self.held.append(line[start:])


def _objects(stream: BinaryIO, name: str) -> Iterator[tuple[str, str | Rejection]]:
    """The text of each outermost object, and the line on which it begins."""
    cutter, taken = _Cutter(), 0
    for number, line in read_lines(stream, name):
        if isinstance(line, Rejection):
            yield cutter.where, line
            cutter, taken = _Cutter(), 0
            continue
        yield from cutter.take(line, f"{name}:{number}")
        taken = taken + len(line) if cutter.depth else 0
        if taken > MAX_LINE_BYTES:
            over = f"The object is longer than {MAX_LINE_BYTES:,} characters."
            yield cutter.where, Rejection(cutter.where, over)
            cutter, taken = _Cutter(), 0
    if cutter.depth:
        yield cutter.where, Rejection(cutter.where, "The object that begins here is never closed.")


def sniff(head: bytes) -> bool:
    """A list opens, and an object in it."""
    opening = head.removeprefix(BOM).lstrip()
    return opening.startswith(b"[") and opening[1:].lstrip().startswith(b"{")


JSON_LIST = Reader(name="json", extensions=(), sniff=sniff, read=read)
