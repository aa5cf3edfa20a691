"""BibTeX, as reference managers and publishers write it.

An entry begins where a line begins with ``@article{`` or its like, whatever stood before it: one that can't
be read costs itself alone. Abbreviations (``@string``) hold for the entries after them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from rag.corpus.latex import printed
from rag.corpus.lines import MAX_LINE_BYTES, read_lines
from rag.corpus.published import published
from rag.corpus.reader import Reader, Record
from rag.types import Rejection

if TYPE_CHECKING:
    from bibtexparser.model import Entry, Field

_BEGINS = re.compile(r"\s*@\s*([A-Za-z]+)\s*[{(]")
_SNIFF = re.compile(
    rb"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(][^\n]*(?:,|\Z)|^@(?:comment|string|preamble)\s*[{(]", re.M | re.I
)
_ABBREVIATION = re.compile(r"\s*@\s*string\s*[{(]\s*([^\s={}()\"#,]+)\s*=", re.IGNORECASE)
_WORD = re.compile(r"[^\s={}()\"#,]+")
_NO_ENTRY = ("comment", "preamble")
_BETWEEN_NAMES = re.compile(r"\s+and\s+(?![^{}]*\})", re.IGNORECASE)
_BETWEEN_KEYWORDS = re.compile(r"\s*[,;]\s*")
_VERSION = re.compile(r"v\d+$")
_ESCAPED = re.compile(r"\\([_%&#~])")
_MOST_ABBREVIATIONS = 10_000


def read(stream: BinaryIO, name: str) -> Iterator[Record | Rejection]:
    """Entries with what they say of a paper; comments and abbreviations are no records."""
    abbreviations: dict[str, str] = {}
    for where, block in _blocks(stream, name):
        if isinstance(block, Rejection):
            yield block
            continue
        begins = _BEGINS.match(block)
        kind = begins[1].lower() if begins else ""
        if kind == "string":
            if (said := _ABBREVIATION.match(block)) and len(abbreviations) < _MOST_ABBREVIATIONS:
                abbreviations[said[1].lower()] = block
        elif kind not in _NO_ENTRY:
            used = (abbreviations.get(word.lower(), "") for word in set(_WORD.findall(block)))
            yield _record("\n".join(filter(None, used)) if abbreviations else "", block, where)


def _blocks(stream: BinaryIO, name: str) -> Iterator[tuple[str, str | Rejection]]:
    """Each stretch from a line that begins an entry to the next one; what stands before the first is left."""
    lines: list[str] = []
    where, size = "", 0
    for number, line in read_lines(stream, name):
        if isinstance(line, Rejection) or size > MAX_LINE_BYTES:
            over = Rejection(where, f"The entry is longer than {MAX_LINE_BYTES:,} characters.")
            if isinstance(line, Rejection) and _is_whole(lines):
                yield where, "\n".join(lines)
            yield where, line if isinstance(line, Rejection) else over
            lines, size = [], 0
        if isinstance(line, Rejection):
            continue
        if _BEGINS.match(line):
            if lines:
                yield where, "\n".join(lines)
            lines, where, size = [line], f"{name}:{number}", len(line)
        elif lines:
            lines.append(line)
            size += len(line)
    if lines:
        yield where, "\n".join(lines)


def _is_whole(lines: list[str]) -> bool:
    """Whether every brace of an entry is closed; BibTeX counts those behind a backslash too."""
    return sum(line.count("{") - line.count("}") for line in lines) == 0 < len(lines)


def _record(abbreviations: str, block: str, where: str) -> Record | Rejection:
    try:
        entry = _entry(f"{abbreviations}\n{block}")
    except Exception as error:  # noqa: BLE001  # whatever the library's parsing runs into, the next entry is read
        return Rejection(where, f"Not valid BibTeX: {error}")
    if entry is None:
        return Rejection(
            where, "Not valid BibTeX: a brace or a quotation mark is never closed, or a comma is missing."
        )
    said = {field.key.lower(): str(field.value) for field in entry.fields}
    preprint = said.get("eprint", "") if said.get("archiveprefix", "").lower() == "arxiv" else ""
    return Record(
        where,
        published(
            title=printed(said.get("title", "")),
            abstract=printed(said.get("abstract", "")),
            authors=[printed(person) for person in _BETWEEN_NAMES.split(said.get("author", ""))],
            date=said.get("year", "") or said.get("date", ""),
            doi=_ESCAPED.sub(r"\1", said.get("doi", "")),
            urls=[_ESCAPED.sub(r"\1", said.get("url", "")), preprint and f"https://arxiv.org/abs/{preprint}"],
            categories=_BETWEEN_KEYWORDS.split(printed(said.get("keywords", ""))),
            known_as=_VERSION.sub("", preprint),
        ),
    )


def _entry(text: str) -> Entry | None:
    """The entry in the text; of one that gives a field twice, what it gives first."""
    from bibtexparser.library import Library  # imported where BibTeX is read, and nowhere else
    from bibtexparser.middlewares.parsestack import default_parse_stack
    from bibtexparser.model import DuplicateFieldKeyBlock, Entry
    from bibtexparser.splitter import Splitter

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its complaints go back as rejections
    blocks = []
    for block in Splitter(text).split().blocks:
        twice = block.ignore_error_block if isinstance(block, DuplicateFieldKeyBlock) else None
        blocks.append(_as_first_given(twice) if isinstance(twice, Entry) else block)
    library = Library(blocks)
    for step in default_parse_stack(allow_inplace_modification=True):
        library = step.transform(library)
    return next(iter(library.entries), None)


def _as_first_given(entry: Entry) -> Entry:
    fields: dict[str, Field] = {}
    for field in entry.fields:
        fields.setdefault(field.key.lower(), field)
    entry.fields = list(fields.values())
    return entry


def sniff(head: bytes) -> bool:
    """Some line begins an entry; what stands before it is a comment in BibTeX."""
    return _SNIFF.search(head) is not None


BIBTEX = Reader(name="bibtex", extensions=(".bib", ".bibtex"), sniff=sniff, read=read)
