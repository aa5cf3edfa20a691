"""A saved search page: two heading lines, then title and abstract on alternate lines.

The word of a button, ``Subscribe``, stands glued in front of the first title.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from rag.corpus.lines import BOM, read_lines
from rag.corpus.reader import Reader, Record
from rag.types import Rejection

HEADING = "Get trending papers"
BUTTON = "Subscribe"
HEADING_LINES = 2
LONG_TITLE = 300
"""A "title" beyond this that is longer than its abstract tells of lines out of step."""

Line = tuple[int, str | Rejection]


def read(stream: BinaryIO, name: str) -> Iterator[Record | Rejection]:
    """Records of a saved page; strict alternation, so that one bad line costs one record."""
    lines = read_lines(stream, name)
    opening = list(islice(lines, HEADING_LINES + 1))
    found = _heading_lines(opening)
    yield from (text for _, text in opening[:found] if isinstance(text, Rejection))
    if found < HEADING_LINES:
        yield Rejection(
            f"{name}:1", f"Expected {HEADING_LINES} heading lines before the first title, found {found}."
        )
    first = True
    lines = chain(opening[found:], lines)
    for title in lines:
        yield from _record(title, next(lines, None), name, first=first)
        first = False


def _heading_lines(opening: list[Line]) -> int:
    """How many of the first three lines stand before the first title."""
    texts = ["" if isinstance(text, Rejection) else text for _, text in opening]
    for index, text in enumerate(texts):
        if text.startswith(BUTTON):
            return index
    return sum(text.startswith(HEADING) for text in texts[:HEADING_LINES])


def _record(title: Line, abstract: Line | None, name: str, *, first: bool) -> Iterator[Record | Rejection]:
    number, head = title
    body = "" if abstract is None else abstract[1]
    faults = [part for part in (head, body) if isinstance(part, Rejection)]
    if isinstance(head, Rejection) or isinstance(body, Rejection):
        yield from faults
        return
    head = (head.removeprefix(BUTTON) if first else head).strip()
    why = _fault(head, body.strip(), last=abstract is None)
    if why is None:
        yield Record(f"{name}:{number}", {"title": head, "abstract": body})
    elif why:
        yield Rejection(f"{name}:{number}", why)


def _fault(title: str, abstract: str, *, last: bool) -> str | None:
    """Why a pair of lines is no record; empty where there is nothing to report."""
    if not title and not abstract:
        return ""
    if last:
        return "The last title has no abstract line after it."
    if not title:
        return "The title is empty."
    if not abstract:
        return "The abstract is empty."
    if len(title) > max(LONG_TITLE, len(abstract)):
        return "The title is longer than the abstract: a line is missing or too many before this one."
    return None


def sniff(head: bytes) -> bool:
    """One of the first three lines is a heading or carries the button's word."""
    lines = head.removeprefix(BOM).split(b"\n")[: HEADING_LINES + 1]
    return any(line.startswith((HEADING.encode(), BUTTON.encode())) for line in lines)


SAVED_PAGE = Reader(name="saved-page", extensions=(), sniff=sniff, read=read)
