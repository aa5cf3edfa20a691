"""CSL-JSON: what citation processors (Zotero, Pandoc) read."""

from __future__ import annotations

import json
from typing import Any

from rag.export.reference import Name, Reference, references
from rag.types import Answer


def as_csl(answer: Answer) -> str:
    """A JSON list with one item a cited paper, the quotes in ``note``."""
    return json.dumps([_item(reference) for reference in references(answer)], ensure_ascii=False, indent=2)


def _item(reference: Reference) -> dict[str, Any]:
    told = {
        "author": [_person(name) for name in reference.people],
        "issued": {"date-parts": [[reference.year]]} if reference.year is not None else None,
        "DOI": reference.doi,
        "URL": reference.url,
        "note": "\n".join(reference.quotes),
    }
    known = {name: value for name, value in told.items() if value}
    return {"id": reference.key, "type": "article", "title": reference.title, **known}


def _person(name: Name) -> dict[str, str]:
    return {"family": name.family, "given": name.given} if name.given else {"literal": name.family}
