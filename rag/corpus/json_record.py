"""A JSON object as a record: as it is, or as CSL-JSON and scholarly services name the same things."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn

from rag.corpus.published import published, without_tags
from rag.corpus.reader import Record
from rag.types import Rejection

_DATES = ("issued", "publicationDate", "publication_date", "publication_year", "pubYear")
_PEOPLE = ("authors", "author", "authorships", "authorString")
_AS_PUBLISHED = ("issued", "DOI", "abstractText", "abstract_inverted_index")
"""Where one of these stands, title and abstract are handed on as publishers wrote them, tags and all."""


def record_from_json(text: str, where: str) -> Record | Rejection:
    """The record that a text holds; whatever names its values have, they are checked with all others."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return Rejection(where, f"Not valid JSON at character {error.pos + 1}: {error.msg}.")
    except (ValueError, RecursionError):
        return Rejection(where, "Not valid JSON: a number is out of bounds, or the nesting is too deep.")
    return Record(where, {**value, **_renamed(value)} if isinstance(value, dict) else value)


def _renamed(value: Mapping[str, object]) -> dict[str, object]:
    """What stands in the object under other names than a record's, or in other shapes."""
    found: dict[str, object] = {}
    people = next((value[key] for key in _PEOPLE if value.get(key) is not None), None)
    if isinstance(people, list) and any(isinstance(person, Mapping) for person in people):
        found["authors"] = [name for person in people if (name := _person(person))]
    elif value.get("authors") is None and people is not None:
        found["authors"] = people
    said = published(
        title="",
        abstract="",
        date=next((json.dumps(value[key]) for key in _DATES if value.get(key)), ""),
        doi=str(value.get("DOI") or value.get("doi") or ""),
        urls=[str(value.get("URL") or "")],
    )
    found |= {key: said[key] for key in ("year", "url") if value.get(key) is None and said[key]}
    if said["id"] and value.get("id") is None and value.get("_id") is None:
        found["id"] = said["id"]
    if not value.keys().isdisjoint(_AS_PUBLISHED):
        texts = {"title": _first(value.get("title")), "abstract": _abstract(value)}
        found |= {key: without_tags(text) for key, text in texts.items() if isinstance(text, str)}
    if value.get("categories") is None and (keywords := value.get("keyword") or value.get("fieldsOfStudy")):
        found["categories"] = keywords
    return found


def _first(title: object) -> object:
    """Of several titles, as Crossref gives them, the first."""
    return title[0] if isinstance(title, list) and title else title


def _abstract(value: Mapping[str, object]) -> object:
    """The abstract, under whatever name; OpenAlex gives each word with its places instead."""
    given = value.get("abstract") or value.get("abstractText")
    index = value.get("abstract_inverted_index")
    if given or not isinstance(index, Mapping):
        return given
    places = ((at, word) for word, found in index.items() if isinstance(found, list) for at in found)
    return " ".join(word for _, word in sorted(place for place in places if isinstance(place[0], int)))


def _person(person: object) -> str:
    """The name in an object, whoever wrote it; a plain name as it is."""
    if not isinstance(person, Mapping):
        return str(person)
    if isinstance(author := person.get("author"), Mapping):  # one of OpenAlex's "authorships"
        person = author
    whole = next((person[key] for key in ("name", "literal", "display_name") if person.get(key)), "")
    parts = (person.get(key) for key in ("given", "non-dropping-particle", "family"))
    return str(whole) or " ".join(str(part) for part in parts if part)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
