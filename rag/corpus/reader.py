"""What a corpus format is: a name, how to recognise it, how to take it apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rag.types import Rejection


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a file, not yet checked: its place, and a value as ``paper_from_record`` takes it."""

    where: str
    value: object


@dataclass(frozen=True, slots=True)
class Reader:
    """One corpus format. It takes a file apart; what a record must hold is checked once, for all formats.

    Attributes:
        name: what ``--format`` and messages call it.
        extensions: file endings that mean this format and no other (lower case, with the dot).
        sniff: whether a file's first bytes are surely of this format; they may end in mid-line.
        read: ``(stream, name)`` to records and rejections, in file order, in constant memory; never raises
            for bad content. ``name`` begins every ``where``.
    """

    name: str
    extensions: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: Callable[[BinaryIO, str], Iterator[Record | Rejection]]
