"""Exports of a tag and a value a line: RIS (reference managers, Scopus, Web of Science) and PubMed's own.

A value may go on over the lines after it. A line that can't be read costs its record, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from rag.corpus.lines import BOM, MAX_LINE_BYTES, read_lines
from rag.corpus.published import published
from rag.corpus.reader import Reader, Record
from rag.types import Rejection

Values = Mapping[str, Sequence[str]]
"""The values of each tag of a record, in file order."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one of these formats is written.

    Attributes:
        line: a tag and its value.
        first: the tag that begins a record.
        last: the one that ends it; a blank line does where there is none.
        record: values to what ``paper_from_record`` takes.
    """

    line: re.Pattern[str]
    first: str
    last: str | None
    record: Callable[[Values], dict[str, object]]


@dataclass(slots=True)
class _Open:
    """A record under way; ``spoilt`` once a line of it was refused."""

    where: str
    spoilt: bool = False
    size: int = 0
    values: dict[str, list[str]] = field(default_factory=dict)
    tag: str = ""

    def begin(self, tag: str, value: str) -> None:
        self.values.setdefault(tag, []).append(value)
        self.tag = tag
        self.size += len(value)

    def go_on(self, line: str) -> None:
        if self.tag and line.strip():
            self.values[self.tag][-1] += "\n" + line
            self.size += len(line)


def _read(stream: BinaryIO, name: str, shape: _Shape) -> Iterator[Record | Rejection]:
    record: _Open | None = None
    for number, line in read_lines(stream, name):
        where = f"{name}:{number}"
        if isinstance(line, Rejection):
            yield line
            record = _Open(where, spoilt=True)
            continue
        tagged = shape.line.match(line)
        tag = tagged[1].strip() if tagged else ""
        if tag == shape.first or tag == shape.last or (shape.last is None and not line.strip()):
            yield from _closed(record, shape)
            record = None
        if tagged and tag != shape.last:
            if record is None:
                record = _Open(where)
                if tag != shape.first:
                    yield Rejection(where, f"Expected a record to begin with {shape.first}, found {tag}.")
                    record.spoilt = True
            record.begin(tag, tagged[2])
        elif record is not None and not tagged:
            record.go_on(line)
        if record is not None and record.size > MAX_LINE_BYTES and not record.spoilt:
            yield Rejection(record.where, f"The record is longer than {MAX_LINE_BYTES:,} characters.")
            record.spoilt = True
        if record is not None and record.spoilt:
            record.values.clear()
            record.tag = ""
    yield from _closed(record, shape)


def _closed(record: _Open | None, shape: _Shape) -> Iterator[Record]:
    if record is not None and not record.spoilt:
        yield Record(record.where, shape.record(record.values))


def _first(values: Values, *tags: str) -> str:
    """The first value of the first of these tags that has one."""
    return next((values[tag][0] for tag in tags if values.get(tag)), "")


def _all(values: Values, *tags: str) -> Sequence[str]:
    """All values of the first of these tags that has any."""
    return next((values[tag] for tag in tags if values.get(tag)), ())


def _from_ris(values: Values) -> dict[str, object]:
    return published(
        title=_first(values, "TI", "T1"),
        abstract=_first(values, "AB", "N2"),
        authors=_all(values, "AU", "A1"),
        date=_first(values, "PY", "Y1", "DA"),
        doi=_first(values, "DO"),
        urls=_all(values, "UR", "LK"),
        categories=_all(values, "KW"),
    )


def _from_medline(values: Values) -> dict[str, object]:
    known_as = _first(values, "PMID").strip()
    identifiers = [*_all(values, "LID"), *_all(values, "AID")]
    return published(
        title=_first(values, "TI"),
        abstract=_first(values, "AB"),
        authors=_all(values, "FAU", "AU"),
        date=_first(values, "DP", "DEP"),
        doi=next((value for value in identifiers if "[doi]" in value), ""),
        urls=[f"https://pubmed.ncbi.nlm.nih.gov/{known_as}/"] if known_as else (),
        categories=[term.replace("*", "") for term in (*values.get("MH", ()), *values.get("OT", ()))],
        known_as=known_as,
    )


_RIS_SHAPE = _Shape(re.compile(r"([A-Z][A-Z0-9])  ?-(?: (.*)|)$", re.DOTALL), "TY", "ER", _from_ris)
_MEDLINE_SHAPE = _Shape(re.compile(r"([A-Z]{2,4} {0,2})- (.*)$", re.DOTALL), "PMID", None, _from_medline)


def _begins(head: bytes, pattern: bytes) -> bool:
    return re.match(pattern, head.removeprefix(BOM).lstrip()) is not None


RIS = Reader(
    name="ris",
    extensions=(".ris",),
    sniff=lambda head: _begins(head, rb"TY  ?- "),
    read=lambda stream, name: _read(stream, name, _RIS_SHAPE),
)
MEDLINE = Reader(
    name="medline",
    extensions=(".nbib", ".medline"),
    sniff=lambda head: _begins(head, rb"PMID *- "),
    read=lambda stream, name: _read(stream, name, _MEDLINE_SHAPE),
)
