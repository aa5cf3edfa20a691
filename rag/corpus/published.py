"""What bibliographic exports say of a paper in their own ways, as a record says it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d{2}(?!\d)")
_URL = re.compile(r"https?://[^\s\"<>\\]+")
_RANK = re.compile(r"(?:[JS]r\.?|I{1,3}|IV)")
_TAG = re.compile(
    r"</?(?:jats:)?(?:(?P<inside>i|b|em|strong|sub|sup|italic|bold|sc|u|span)|p|h[1-6]|sec|title|br|div|list|list-item)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"<(?P<tag>jats:title|title|b|strong)>\s*(?:abstract|summary)\W*</(?P=tag)>", re.IGNORECASE
)
_NUMBER = re.compile(r"\s*\(\d{6,}\)")  # Scopus puts one behind each author
_NONE = re.compile(r"\W*no abstract(?: is)?(?: available)?\W*", re.IGNORECASE)
_BREAK = re.compile(r"[ \t]*\n\s*")


def published(
    *,
    title: str,
    abstract: str,
    authors: Iterable[str] = (),
    date: str = "",
    doi: str = "",
    urls: Sequence[str] = (),
    categories: Iterable[str] = (),
    known_as: str = "",
) -> dict[str, object]:
    """A record as ``paper_from_record`` takes it.

    Args:
        title: on however many lines.
        abstract: likewise; only line breaks are changed, into spaces, and a publisher's tags taken out.
            "[No abstract available]" is none.
        authors: one each, as "First Last" or "Last, First".
        date: anything that holds the year.
        doi: bare, or as an address; the paper is known by it where nothing better is given.
        urls: the first usable one is kept; without one, that of the DOI.
        categories: keywords and subjects.
        known_as: the id that the source gives it (PubMed's, arXiv's).
    """
    identifier = _found(_DOI, doi).rstrip(".,;").lower()
    address = next(filter(None, (_found(_URL, url) for url in urls)), "")
    year = _found(_YEAR, date)
    return {
        "id": known_as.strip() or identifier or None,
        "title": one_line(without_tags(title)),
        "abstract": "" if _NONE.fullmatch(abstract) else one_line(without_tags(abstract)),
        "authors": [name for author in authors if (name := first_last(author))],
        "year": int(year) if year else None,
        "url": address or (f"https://doi.org/{quote(identifier, safe='/:;()._-')}" if identifier else None),
        "categories": list(categories),
    }


def one_line(text: str) -> str:
    """The text with its line breaks, and the indentation after them, made single spaces."""
    return _BREAK.sub(" ", text.strip())


def without_tags(text: str) -> str:
    """The text without the tags of JATS or HTML, as Crossref hands abstracts on; itself if it has none."""
    if not _TAG.search(text):
        return text
    bare = _TAG.sub(lambda tag: "" if tag["inside"] else " ", _HEADING.sub("", text))
    return " ".join(html.unescape(bare).split())


def first_last(name: str) -> str:
    """A name written as "Last, First" (with a "Jr." anywhere behind it) as it is spoken."""
    last, *others = (part.strip() for part in _NUMBER.sub("", name).split(","))
    ranks = [part for part in others if _RANK.fullmatch(part)]
    return " ".join(filter(None, [*(part for part in others if part not in ranks), last, *ranks]))


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group() if found else ""
