"""Exports of a tag and a value a line: RIS, EndNote's, PubMed's, Web of Science's.

A value may go on over the lines after it. A line that can't be read costs its record, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from rag.corpus.lines import BOM, MAX_LINE_BYTES, read_lines
from rag.corpus.published import one_line, published
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
        aside: tags of the file, not of a record.
    """

    line: re.Pattern[str]
    first: str
    last: str | None
    record: Callable[[Values], dict[str, object]]
    aside: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Open:
    """A record under way. One that is spoilt takes nothing more."""

    where: str
    spoilt: bool = False
    lines: dict[str, list[list[str]]] = field(default_factory=dict)
    tag: str = ""
    size: int = 0

    def begin(self, tag: str, value: str) -> None:
        if not self.spoilt:
            self.lines.setdefault(tag, []).append([value])
            self.tag = tag
            self.size += len(value)

    def go_on(self, line: str) -> None:
        if self.tag and line.strip():
            self.lines[self.tag][-1].append(line)
            self.size += len(line)

    def values(self) -> Values:
        """What was taken, each value with the lines that it goes on over."""
        return {tag: ["\n".join(value) for value in values] for tag, values in self.lines.items()}

    def fault(self, shape: _Shape) -> Rejection | None:
        """What is wrong with it so far, told once; the record is spoilt then."""
        why = ""
        if not self.spoilt and shape.first not in self.lines:
            why = f"Expected a record to begin with {shape.first}, found {self.tag}."
        elif self.size > MAX_LINE_BYTES:
            why = f"The record is longer than {MAX_LINE_BYTES:,} characters."
        if not why:
            return None
        self.spoilt, self.lines, self.tag, self.size = True, {}, "", 0
        return Rejection(self.where, why)


def _read(stream: BinaryIO, name: str, shape: _Shape) -> Iterator[Record | Rejection]:
    record: _Open | None = None
    for number, line in read_lines(stream, name):
        where = f"{name}:{number}"
        if isinstance(line, Rejection):
            yield line
            record = _Open(where, spoilt=True)
            continue
        tagged = shape.line.match(line)
        tag = tagged[1].strip() if tagged else None
        if tag in (shape.first, shape.last or "") or (shape.last is None and not line.strip()):
            yield from _closed(record, shape)
            record = None
        if tagged is None or tag is None:
            if record is not None:
                record.go_on(line)
        elif tag != shape.last and (record is not None or tag not in shape.aside):
            record = record or _Open(where)
            record.begin(tag, tagged[2] or "")
        if record is not None and (fault := record.fault(shape)):
            yield fault
    yield from _closed(record, shape)


def _closed(record: _Open | None, shape: _Shape) -> Iterator[Record]:
    if record is not None and not record.spoilt:
        yield Record(record.where, shape.record(record.values()))


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


def _from_web_of_science(values: Values) -> dict[str, object]:
    return published(
        title=_first(values, "TI"),
        abstract=_first(values, "AB"),
        authors=_first(values, "AF", "AU").split("\n"),
        date=_first(values, "PY", "EA"),
        doi=_first(values, "DI"),
        categories=one_line(_first(values, "DE", "ID")).split(";"),
    )


def _from_endnote(values: Values) -> dict[str, object]:
    return published(
        title=_first(values, "T"),
        abstract=_first(values, "X"),
        authors=_all(values, "A"),
        date=_first(values, "D", "8"),
        doi=_first(values, "R"),
        urls=_all(values, "U"),
        categories="\n".join(_all(values, "K")).split("\n"),
    )


_RIS_SHAPE = _Shape(re.compile(r"([A-Z][A-Z0-9])  ?-(?: (.*)|)$", re.DOTALL), "TY", "ER", _from_ris)
_MEDLINE_SHAPE = _Shape(re.compile(r"([A-Z]{2,4} {0,2})- (.*)$", re.DOTALL), "PMID", None, _from_medline)


_WEB_OF_SCIENCE_SHAPE = _Shape(
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|)$", re.DOTALL),
    "PT",
    "ER",
    _from_web_of_science,
    frozenset({"FN", "VR", "EF"}),
)


_ENDNOTE_SHAPE = _Shape(re.compile(r"%(\S) (.*)$", re.DOTALL), "0", None, _from_endnote)


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
WEB_OF_SCIENCE = Reader(
    name="web-of-science",
    extensions=(".ciw",),
    sniff=lambda head: _begins(head, rb"FN (?:Clarivate|Thomson|ISI)"),
    read=lambda stream, name: _read(stream, name, _WEB_OF_SCIENCE_SHAPE),
)
ENDNOTE = Reader(
    name="endnote",
    extensions=(".enw",),
    sniff=lambda head: _begins(head, rb"%0 [A-Z]"),
    read=lambda stream, name: _read(stream, name, _ENDNOTE_SHAPE),
)
