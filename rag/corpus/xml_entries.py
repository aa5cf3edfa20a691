"""XML of an element a paper: PubMed's, and the Atom feeds of arXiv.

The elements are cut out of the file and parsed one by one: a bad one costs itself alone, memory holds one at
a time, and none can bring a document type with entities of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO
from xml.etree import ElementTree as ET  # elements without a document type have no entities to expand

from rag.corpus.lines import MAX_LINE_BYTES, read_lines
from rag.corpus.published import one_line, published
from rag.corpus.reader import Reader, Record
from rag.types import Rejection

_ARXIV = re.compile(r"arxiv\.org/abs/(.+?)(?:v\d+)?$")
_PREFIX = re.compile(r"(?:</?|\s)(?!xml(?:ns)?:)([A-Za-z_][A-Za-z0-9_.-]*):[A-Za-z_]")


def _read(
    stream: BinaryIO, name: str, element: str, record: Callable[[ET.Element], dict[str, object]]
) -> Iterator[Record | Rejection]:
    for where, text in _elements(stream, name, element):
        if isinstance(text, Rejection):
            yield text
            continue
        try:
            root = ET.fromstring(_with_prefixes(text))[0]  # noqa: S314  # see above
        except (ET.ParseError, ValueError) as error:
            yield Rejection(where, f"Not valid XML: {error}.")
            continue
        yield Record(where, record(root))


def _elements(stream: BinaryIO, name: str, element: str) -> Iterator[tuple[str, str | Rejection]]:
    """The text of each such element, and the line on which it begins."""
    opens, closes = re.compile(rf"<{element}(?=[\s>])"), f"</{element}>"
    held: list[str] = []
    where, size = "", 0
    for number, line in read_lines(stream, name):
        if isinstance(line, Rejection):
            yield where, line
            held, size = [], 0
            continue
        rest = line
        while rest:
            if not held and (begun := opens.search(rest)):
                where, rest, size = f"{name}:{number}", rest[begun.start() :], 0
            elif not held:
                break
            before, closed, rest = rest.partition(closes)
            held.append(before + closed)
            size += len(before)
            if closed:
                yield where, "\n".join(held)
                held = []
        if size > MAX_LINE_BYTES:
            yield where, Rejection(where, f"The element is longer than {MAX_LINE_BYTES:,} characters.")
            held, size = [], 0
    if held:
        yield where, Rejection(where, f"The file ends within <{element}>.")


def _with_prefixes(text: str) -> str:
    """The element within one that declares its prefixes: what they stand for was said outside of it."""
    declared = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in sorted(set(_PREFIX.findall(text))))
    return f"<x{declared}>{text}</x>"


def _text(element: ET.Element | None) -> str:
    return "" if element is None else one_line("".join(element.itertext()))


def _texts(elements: Iterable[ET.Element]) -> list[str]:
    return [text for element in elements if (text := _text(element))]


def _from_pubmed(root: ET.Element) -> dict[str, object]:
    known_as = _text(root.find(".//MedlineCitation/PMID"))
    article = root.find(".//Article")
    article = root if article is None else article
    date = article.find(".//PubDate")
    dois = (
        *article.findall("ELocationID[@EIdType='doi']"),
        *root.findall(".//PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
    )
    return published(
        title=_text(article.find("ArticleTitle")),
        abstract=" ".join(map(_part, article.findall("Abstract/AbstractText"))),
        authors=map(_person, article.findall("AuthorList/Author")),
        date=" ".join(_texts([] if date is None else [date])),
        doi=next(iter(_texts(dois)), ""),
        urls=[f"https://pubmed.ncbi.nlm.nih.gov/{known_as}/"] if known_as else (),
        categories=_texts((*root.iter("DescriptorName"), *root.findall(".//KeywordList/Keyword"))),
        known_as=known_as,
    )


def _part(element: ET.Element) -> str:
    """A part of a structured abstract, behind its label."""
    label = element.get("Label", "UNLABELLED")
    return _text(element) if label == "UNLABELLED" else f"{label}: {_text(element)}"


def _person(author: ET.Element) -> str:
    first = _text(author.find("ForeName")) or _text(author.find("Initials"))
    return f"{first} {_text(author.find('LastName'))}".strip() or _text(author.find("CollectiveName"))


def _from_atom(root: ET.Element) -> dict[str, object]:
    address = _text(root.find("id"))
    arxiv = _ARXIV.search(address)
    links = [link.get("href", "") for link in root.findall("link") if link.get("rel") in (None, "alternate")]
    return published(
        title=_text(root.find("title")),
        abstract=_text(root.find("summary")),
        authors=_texts(root.findall("author/name")),
        date=_text(root.find("published")),
        doi=_text(root.find("{*}doi")),
        urls=[*links, address],
        categories=[term for tag in root.findall("category") if (term := tag.get("term", ""))],
        known_as=arxiv[1] if arxiv else address,
    )


PUBMED_XML = Reader(
    name="pubmed-xml",
    extensions=(),
    sniff=lambda head: b"<PubmedArticle" in head,
    read=lambda stream, name: _read(stream, name, "PubmedArticle", _from_pubmed),
)
ATOM = Reader(
    name="atom",
    extensions=(".atom",),
    sniff=lambda head: b"<feed" in head and b"http://www.w3.org/2005/Atom" in head,
    read=lambda stream, name: _read(stream, name, "entry", _from_atom),
)
