"""The checks that every record passes, whatever file or request it came in.

Text is kept as given: of an abstract only outer white space goes (offsets refer to it), of a title
white space is also collapsed. What can't be stored, shown and cited safely is refused with its field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath
from urllib.parse import urlsplit

from rag.types import Paper, Rejection, paper_id_of, title_search_url

MAX_ID = 200
MAX_TITLE = 2_000
MAX_ABSTRACT = 100_000
MAX_URL = 2_000
MAX_NAMES = 10_000
YEARS = range(1500, 2101)

_UNSAFE = re.compile("[\x00\ud800-\udfff]")


class _Refused(Exception):  # never leaves this module
    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


def source_name(name: str) -> str:
    """The last part of a path, fit to be stored: what ``Paper.sources`` holds."""
    last = PurePath(name).name.replace("\x00", "")
    return last.encode("utf-8", "backslashreplace").decode() or "unnamed"


def paper_from_record(record: object, where: str, *, source: str) -> Paper | Rejection:
    """A paper from a decoded JSON value, or why it is refused.

    Fields: ``_id`` or ``id`` (else derived from the title), ``title``, ``abstract`` or ``text``, and
    optionally ``authors``, ``year``, ``url``, ``categories``, ``source``. Others are ignored; null is absent.
    A record with an id may have an empty title (BEIR corpora do); it then has no url unless it brings one.

    Args:
        record: any JSON value.
        where: ``file:line`` or another place; the field is added to it in a rejection.
        source: what ``Paper.sources`` holds where the record names none.
    """
    if not isinstance(record, Mapping):
        return Rejection(where, f"Expected a JSON object with a title and an abstract, got {_kind(record)}.")
    try:
        return _paper(record, source)
    except _Refused as refused:
        return Rejection(f"{where}:{refused.field}", refused.why)


def _paper(record: Mapping[str, object], source: str) -> Paper:
    title = " ".join(_text(record, "title", limit=MAX_TITLE).split())
    body = _first_of(record, "abstract", "text")
    abstract = _text(record, body, limit=MAX_ABSTRACT).strip()
    if not abstract:
        raise _Refused(body, "The abstract is empty; there would be nothing to cite.")
    return Paper(
        id=_id(record, title),
        title=title,
        abstract=abstract,
        authors=_names(record, "authors", _split_authors),
        year=_year(record.get("year")),
        url=_url(record) or (title_search_url(title) if title else ""),
        sources=(_text(record, "source", limit=MAX_ID).strip() or source,),
        categories=_names(record, "categories", _split_categories),
    )


def _first_of(record: Mapping[str, object], *fields: str) -> str:
    return next((field for field in fields if record.get(field) is not None), fields[0])


def _text(record: Mapping[str, object], field: str, *, limit: int) -> str:
    value = record.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Refused(field, f"Expected a string, got {_kind(value)}.")
    return _safe(value, field, limit)


def _safe(value: str, field: str, limit: int) -> str:
    if len(value) > limit:
        raise _Refused(field, f"Longer than {limit:,} characters.")
    if unsafe := _UNSAFE.search(value):
        what = "a NUL character" if unsafe.group() == "\x00" else "a lone surrogate"
        raise _Refused(field, f"Holds {what} at character {unsafe.start() + 1}; remove it.")
    return value


def _id(record: Mapping[str, object], title: str) -> str:
    field = _first_of(record, "_id", "id")
    value = record.get(field)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MAX_ID:
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise _Refused(field, f"Expected a string or an integer, got {_kind(value)}.")
    if value is None or not value.strip():
        if not title:
            raise _Refused(
                "title", "The title is empty and there is no id to know the paper by; give one of them."
            )
        return paper_id_of(title)
    known = _safe(value.strip(), field, MAX_ID)
    if not known.isprintable():
        raise _Refused(field, "Holds a control or invisible character; remove it.")
    return known


def _year(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}", value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Refused("year", f"Expected a year such as 2021, got {_kind(value)}.")
    if value not in YEARS:
        raise _Refused("year", f"Out of bounds; accepted are {YEARS[0]} to {YEARS[-1]}.")
    return value


def _url(record: Mapping[str, object]) -> str:
    url = _text(record, "url", limit=MAX_URL).strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or any(c in ' "<>\\' for c in url):
        raise _Refused("url", "Expected a plain http:// or https:// address.")
    return url


def _names(record: Mapping[str, object], field: str, split: Callable[[str], list[str]]) -> tuple[str, ...]:
    value = record.get(field)
    if value is None:
        return ()
    items = split(value) if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > MAX_NAMES:
        raise _Refused(
            field, f"Expected a list of at most {MAX_NAMES:,} strings, or a string, got {_kind(value)}."
        )
    names = (" ".join(_text({field: item}, field, limit=MAX_TITLE).split()) for item in items)
    return tuple(dict.fromkeys(name for name in names if name))


def _split_authors(text: str) -> list[str]:
    """``A; B``, ``Last, First and Last, First`` or ``A, B and C``."""
    if ";" in text:
        return text.split(";")
    people = re.split(r",?\s+and\s+", text)
    if len(people) > 1 and all(person.count(",") == 1 for person in people):
        return people
    return ",".join(people).split(",")


def _split_categories(text: str) -> list[str]:
    """``a, b`` or ``a; b``; white space separates only arXiv-like codes (``hep-ph cs.LG``)."""
    words = text.split()
    if all("." in word or "-" in word for word in words) and not re.search("[,;]", text):
        return words
    return re.split("[,;]", text)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
