"""RIS: a tag and a value a line, an empty tag at the end of each reference."""

from __future__ import annotations

from collections.abc import Iterator

from rag.export.reference import Name, Reference, references
from rag.types import Answer


def as_ris(answer: Answer) -> str:
    """One reference a cited paper, of type GEN, each quote in a note (N1) of its own; UTF-8."""
    return "".join(
        f"{tag}  - {value}\r\n" for reference in references(answer) for tag, value in _tags(reference)
    )


def _tags(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", "GEN"
    yield "ID", reference.key
    yield "TI", reference.title
    for name in reference.people:
        yield "AU", _person(name)
    if reference.year is not None:
        yield "PY", f"{reference.year:04}"
    if reference.doi:
        yield "DO", reference.doi
    if reference.url:
        yield "UR", reference.url
    for quote in reference.quotes:
        yield "N1", quote
    yield "ER", ""


def _person(name: Name) -> str:
    """Family name first; the format allows no asterisk in a name."""
    whole = f"{name.family}, {name.given}" if name.given else name.family
    return whole.replace("*", "")
