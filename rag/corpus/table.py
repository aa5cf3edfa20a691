"""Tables with a heading line: CSV and TSV, as reference managers, indexes and spreadsheets export them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from rag.corpus.lines import BOM, MAX_LINE_BYTES, read_lines
from rag.corpus.published import first_last, published
from rag.corpus.reader import Reader, Record
from rag.types import Rejection

_DELIMITERS = ",;\t"
_ROW_NUMBER = re.compile(r"^\s*\d{1,5}\s*$")  # of a spreadsheet; the next one has the same
_ONE_PERSON = re.compile(r"[^\s,]+, [^,]+")
_COLUMNS = {
    "title": ("title", "article title", "document title", "paper title", "ti"),
    "abstract": ("abstract", "abstract note", "abstract text", "abstracttext", "summary", "text", "ab"),
    "authors": (
        "author full names",
        "authors",
        "author",
        "author names",
        "author/s",
        "author(s)",
        "af",
        "au",
    ),
    "date": (
        "year",
        "publication year",
        "publicationyear",
        "published year",
        "date",
        "publication date",
        "py",
    ),
    "doi": ("doi", "di"),
    "url": ("url", "link", "source url", "article url"),
    "categories": (
        "categories",
        "author keywords",
        "keywords",
        "manual tags",
        "fields of study",
        "subjects",
        "de",
    ),
    "known_as": ("pmid", "pubmed id", "arxiv id"),
    "id": ("id", "_id", "paper id"),
}
"""What headings mean, Web of Science's tags among them; of several that are there, the first one listed."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """The first line: what parts fields, which column is what, how many there are."""

    delimiter: str
    columns: Mapping[str, int]
    width: int

    @classmethod
    def of(cls, line: str) -> _Heading | None:
        """The heading that a line is, if it names a column for titles and one for abstracts."""
        delimiter = max(_DELIMITERS, key=line.count)
        try:
            names = [name.strip().casefold() for name in _fields(line, delimiter)]
        except csv.Error:
            return None
        found = {what: next((n for n in known if n in names), None) for what, known in _COLUMNS.items()}
        columns = {what: names.index(name) for what, name in found.items() if name is not None}
        return cls(delimiter, columns, len(names)) if {"title", "abstract"} <= columns.keys() else None


def read(stream: BinaryIO, name: str) -> Iterator[Record | Rejection]:
    """Rows as records; a field in quotation marks may go on over lines."""
    heading: _Heading | None = None
    for where, row in _rows(stream, name):
        if isinstance(row, Rejection):
            yield row
        elif heading is not None:
            if row.strip():
                yield _record(row, heading, where)
        elif (heading := _Heading.of(row)) is None:
            yield Rejection(where, "The first line names no columns “title” and “abstract”; add them.")
            return


def _rows(stream: BinaryIO, name: str) -> Iterator[tuple[str, str | Rejection]]:
    """The lines of each row: as many as it takes until every quotation mark is closed."""
    held: list[str] = []
    where, marks, size = "", 0, 0
    for number, line in read_lines(stream, name):
        if isinstance(line, Rejection):
            yield where, line
            held, marks, size = [], 0, 0
            continue
        if not held:
            where = f"{name}:{number}"
        held.append(line)
        marks += line.count('"')
        size += len(line)
        if size > MAX_LINE_BYTES:
            yield (
                where,
                Rejection(
                    where,
                    f"The row is longer than {MAX_LINE_BYTES:,} characters: is a quotation mark missing?",
                ),
            )
        elif marks % 2:
            continue
        else:
            yield where, "\n".join(held)
        held, marks, size = [], 0, 0
    if held:
        yield where, Rejection(where, "A quotation mark is opened here and never closed.")


def _record(row: str, heading: _Heading, where: str) -> Record | Rejection:
    try:
        fields = _fields(row, heading.delimiter)
    except csv.Error as error:
        return Rejection(where, f"Not a row of a table: {error}.")
    if len(fields) > heading.width:
        return Rejection(where, f"The row has {len(fields)} fields, and the heading names {heading.width}.")
    said = {what: fields[at] for what, at in heading.columns.items() if at < len(fields)}
    value = published(
        title=said.get("title", ""),
        abstract=said.get("abstract", ""),
        date=said.get("date", ""),
        doi=said.get("doi", ""),
        urls=(said.get("url", ""),),
        known_as=said.get("known_as", "") or _ROW_NUMBER.sub("", said.get("id", "")),
    )
    people = said.get("authors", "")
    given = {"authors": _people(people) or people, "categories": said.get("categories", "")}
    return Record(where, value | given)


def _people(text: str) -> list[str]:
    """Names parted by semicolons, or one "Last, First"; none where it is written in another way."""
    if ";" in text or _ONE_PERSON.fullmatch(text):
        return [first_last(person) for person in text.split(";")]
    return []


def _fields(row: str, delimiter: str) -> list[str]:
    return next(csv.reader([line + "\n" for line in row.split("\n")], delimiter=delimiter), [])


def sniff(head: bytes) -> bool:
    """The first line names a column for titles and one for abstracts."""
    first, ended, _ = head.removeprefix(BOM).partition(b"\n")
    return bool(ended) and _Heading.of(first.decode("utf-8", "replace").removesuffix("\r")) is not None


TABLE = Reader(name="table", extensions=(".csv", ".tsv"), sniff=sniff, read=read)
