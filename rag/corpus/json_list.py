"""JSON: papers in a list, an object each, on however many lines, or all on one.

CSL-JSON is written so; the answers of scholarly services hold such a list among other things (``results``,
``data``, ``items``). The objects are cut out of the file and parsed one by one, so that a bad one costs
itself alone and memory holds one at a time.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from rag.corpus.json_record import record_from_json
from rag.corpus.lines import BOM, MAX_LINE_BYTES
from rag.corpus.reader import Reader, Record
from rag.types import Rejection

_PIECE = 65_536  # bytes of a line that are looked at together
_MARK = re.compile(r'["\\{}]')
_OPENS_LIST = r'"(?:articles|data|items|papers|records|results?)"\s*:\s*\[\s*'
_LIST_OPENS = re.compile(rf"{_OPENS_LIST}$")
_LIST_OF_OBJECTS = re.compile(rf"{_OPENS_LIST}{{")
_OF_A_PAPER = re.compile(r'"(?:title|abstract)"\s*:')
_OPENING = 200  # characters within which a list opens


def read(stream: BinaryIO, name: str) -> Iterator[Record | Rejection]:
    """The objects of the list; what stands between them is left."""
    for where, text in _objects(stream, name):
        yield text if isinstance(text, Rejection) else record_from_json(text, where)


@dataclass(slots=True)
class _Cutter:
    """Takes a text piece by piece, and gives each outermost object that ends in one.

    Those of a list of papers are outermost, though an object holds the list; the value of a key is none.

    Attributes:
        where: the line on which the object under way began.
        before: the mark before it: a colon before the value of a key.
        near: the end of what was taken.
        depth: braces open, from those of outermost objects on.
        held: what was taken of the object under way, and ``size`` how much that is.
        quoted: within a string; ``escaped`` where a backslash ended what was taken.
    """

    where: str = ""
    before: str = ""
    near: str = ""
    depth: int = 0
    held: list[str] = field(default_factory=list)
    size: int = 0
    quoted: bool = False
    escaped: bool = False

    def take(self, text: str, where: str) -> Iterator[tuple[str, str]]:
        """Each object that ends in the text, and where it began."""
        start = 0
        for at, brace in self._braces(text):
            if brace == "{" and self.depth and self._opens_list(text, start, at):
                self.depth, self.held, start = 0, [], at
                self.before = "["
            if not self._turn(brace):
                continue
            if self.depth == 1:
                self.before = text[start:at].rstrip()[-1:] or self.before
                self.where, self.size, start = where, 0, at
            else:
                if self.before != ":":
                    yield self.where, "".join([*self.held, text[start : at + 1]])
                self.held, self.before, start = [], "", at + 1
        if self.depth:
            self.held.append(text[start:])
        else:
            self.before = text[start:].rstrip()[-1:] or self.before
        self.near = (self.near + text)[-_OPENING:]
        self.size += len(text)

    def _braces(self, text: str) -> Iterator[tuple[int, str]]:
        """The braces outside strings, and their places."""
        free = int(self.escaped)
        for mark in _MARK.finditer(text):
            if mark.start() < free:  # what a backslash stands before
                continue
            if mark[0] == "\\":
                free = mark.end() + self.quoted
            elif mark[0] == '"':
                self.quoted = not self.quoted
            elif not self.quoted:
                yield mark.start(), mark[0]
        self.escaped = free > len(text)

    def _opens_list(self, text: str, start: int, end: int) -> bool:
        """Whether a list of papers opens at the end of this stretch, within an object that is none."""
        near = (self.near + text[max(0, end - _OPENING) : end]).rstrip()
        if not near.endswith("[") or not _LIST_OPENS.search(near):
            return False
        return not any(map(_OF_A_PAPER.search, [*self.held, text[start:end]]))

    def _turn(self, brace: str) -> bool:
        """Count a brace; whether an outermost object begins or ends with it."""
        before = self.depth
        self.depth = max(0, before + (1 if brace == "{" else -1))
        return {before, self.depth} == {0, 1}

    def end_line(self) -> None:
        """No string of JSON goes on over the end of a line, and nothing between objects is counted."""
        self.quoted = self.escaped = False
        self.size = self.size if self.depth else 0


def _objects(stream: BinaryIO, name: str) -> Iterator[tuple[str, str | Rejection]]:
    """The text of each outermost object, and the line on which it begins."""
    cutter = _Cutter()
    for where, piece in _pieces(stream, name):
        if isinstance(piece, Rejection):
            yield where, piece
            cutter = _Cutter()
            continue
        yield from cutter.take(piece, where)
        if cutter.size > MAX_LINE_BYTES:
            place = cutter.where if cutter.depth else where
            over = f"A stretch longer than {MAX_LINE_BYTES:,} characters has no whole object in it."
            yield place, Rejection(place, over)
            cutter = _Cutter()
        if piece.endswith("\n"):
            cutter.end_line()
    if cutter.depth:
        yield cutter.where, Rejection(cutter.where, "The object that begins here is never closed.")


def _pieces(stream: BinaryIO, name: str) -> Iterator[tuple[str, str | Rejection]]:
    """The text of the file, no longer than a line at a time, and its lines' places; a bad line is refused."""
    number, bad = 1, False
    decoder = codecs.getincrementaldecoder("utf-8")()
    while raw := stream.readline(_PIECE):
        ends, where = raw.endswith(b"\n"), f"{name}:{number}"
        if not bad:
            try:
                yield where, decoder.decode(raw, final=ends)
            except UnicodeDecodeError:
                yield where, Rejection(where, "Not valid UTF-8; save the file as UTF-8.")
                bad = True
        if ends:
            number, bad = number + 1, False
            decoder.reset()


def sniff(head: bytes) -> bool:
    """A list opens, and an object in it; or an object that goes on over lines, or holds a list of papers."""
    opening = head.removeprefix(BOM).lstrip()
    if opening.startswith(b"["):
        return opening[1:].lstrip().startswith(b"{")
    first, ended, _ = opening.partition(b"\n")
    if not opening.startswith(b"{") or opening[1:].lstrip()[:1] != b'"':
        return False
    listed = _LIST_OF_OBJECTS.search(text := opening.decode("utf-8", "replace"))
    within = listed is not None and not _OF_A_PAPER.search(text, 0, listed.start())
    return within or (bool(ended) and first.rstrip()[-1:] in b"{[,")


JSON_LIST = Reader(name="json", extensions=(), sniff=sniff, read=read)
