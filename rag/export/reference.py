"""What the formats share: one reference a paper, its key, its people, its address, what was quoted of it."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from rag.types import Answer, Citation, Paper

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}\\^`|]+")
_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
_PARTICLES = frozenset(
    {
        "al",
        "bin",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "des",
        "di",
        "dos",
        "du",
        "la",
        "le",
        "ten",
        "ter",
    }
    | {"van", "von", "zu", "zur"}
)
_FUNCTION_WORDS = frozenset(
    {
        "beyond",
        "does",
        "from",
        "have",
        "into",
        "more",
        "only",
        "over",
        "some",
        "than",
        "that",
        "their",
        "these",
    }
    | {
        "this",
        "through",
        "toward",
        "towards",
        "under",
        "using",
        "what",
        "when",
        "where",
        "which",
        "with",
        "your",
    }
)
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its two parts; of one that has only one part, ``given`` is empty."""

    family: str
    given: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A cited paper.

    Attributes:
        key: ASCII letters and digits, and a hyphen before a number; one of a kind in its answer.
        title: on one line; never empty.
        people: in order.
        year: empty where unknown.
        url: with http or https, or empty.
        doi: without the resolver, or empty.
        quotes: what was quoted, each with its number in the answer, on one line.
    """

    key: str
    title: str
    people: tuple[Name, ...]
    year: int | None
    url: str
    doi: str
    quotes: tuple[str, ...]


def references(answer: Answer) -> tuple[Reference, ...]:
    """The cited papers in order of first citation, each once."""
    cited: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.paper.id, []).append(citation)
    taken: set[str] = set()
    return tuple(_reference(citations, taken) for citations in cited.values())


def one_line(text: str) -> str:
    """Text without line breaks and control characters, white space made single."""
    return " ".join(_CONTROL.sub(" ", text).split())


def web_address(url: str) -> str:
    """An address that a reader may follow, in ASCII, or nothing: only http and https are."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return quote(one_line(url), safe=string.punctuation.translate(str.maketrans("", "", '"<>\\^`{|}')))


def split_name(name: str) -> Name:
    """A name as family name and given names; what can't be told apart is all family name."""
    text = one_line(name)
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma:
        return Name(family, given) if family else Name(given)
    words = text.split(" ")
    last = len(words) - 1
    if last > 1 and words[last].casefold() in _SUFFIXES:
        last -= 1
    while last > 1 and words[last - 1] in _PARTICLES:
        last -= 1
    return Name(" ".join(words[last:]), " ".join(words[:last]))


def _reference(citations: Sequence[Citation], taken: set[str]) -> Reference:
    paper = citations[0].paper
    people = tuple(split_name(author) for author in paper.authors if one_line(author))
    title = one_line(paper.title) or "Untitled"
    return Reference(
        key=_key(title, people, paper.year, taken),
        title=title,
        people=people,
        year=paper.year,
        url=web_address(paper.url),
        doi=_doi(paper),
        quotes=tuple(f"[{citation.number}] “{one_line(citation.quote)}”" for citation in citations),
    )


def _key(title: str, people: Sequence[Name], year: int | None, taken: set[str]) -> str:
    """First author, year and the title's first word that says something: ``example2019sparse``."""
    words = [plain for word in title.split() if (plain := _ascii(word)).isalpha()]
    telling = (word for word in words if len(word) > 3 and word not in _FUNCTION_WORDS)
    first = next(telling, words[0] if words else "paper")
    author = _ascii(people[0].family) if people else ""
    told = "" if year is None else str(year)
    stem = f"{author}{told}{first}" if author.isalpha() else f"{first}{told}"
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    taken.add(key)
    return key


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]", "", plain.casefold())


def _doi(paper: Paper) -> str:
    if _DOI.fullmatch(paper.id):
        return paper.id
    try:
        parts = urlsplit(paper.url)
    except ValueError:
        return ""
    path = unquote(parts.path).lstrip("/")
    return path if parts.hostname in _DOI_HOSTS and _DOI.fullmatch(path) else ""
