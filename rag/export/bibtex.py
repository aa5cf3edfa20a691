"""BibTeX: plain fields that LaTeX prints as they were, whatever a title holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.export.reference import Name, Reference, references
from rag.types import Answer

_SEPARATES = re.compile(r",|\band\b", re.IGNORECASE)

# BibTeX counts braces even behind a backslash, so they are named.
_LATEX = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
    }
)


def as_bibtex(answer: Answer) -> str:
    """One ``@misc`` entry a cited paper, the quotes in ``annote``; UTF-8."""
    return "\n".join(_entry(reference) for reference in references(answer))


def escaped(text: str) -> str:
    """Text that LaTeX prints as it is."""
    return text.translate(_LATEX)


def _entry(reference: Reference) -> str:
    fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in _fields(reference))
    return f"@misc{{{reference.key},\n{fields},\n}}\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{escaped(reference.title)}}}"  # braced once more: styles leave its capitals alone
    if reference.people:
        yield "author", " and ".join(_person(name) for name in reference.people)
    if reference.year is not None:
        yield "year", str(reference.year)
    if reference.doi:
        yield "doi", reference.doi
    if reference.url:
        yield "url", reference.url
    yield "annote", " ".join(escaped(quote) for quote in reference.quotes)


def _person(name: Name) -> str:
    return f"{_part(name.family)}, {_part(name.given)}" if name.given else f"{{{escaped(name.family)}}}"


def _part(text: str) -> str:
    """Part of a name; in braces, an "and" or a comma inside it separates nothing."""
    return f"{{{escaped(text)}}}" if _SEPARATES.search(text) else escaped(text)
