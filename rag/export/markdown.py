"""Markdown to paste into notes: the answer and its sources, with the words quoted. All text stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.export.reference import Name, Reference, one_line, references
from rag.types import Answer

_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~$&@^]|(?<=\w)://|(?<=\bwww)\.", re.IGNORECASE)
_MARKER = re.compile(r"\\\[(\d+)\\\](?![(:\[])")  # escaped, and no part of a link
_AT_THE_START = re.compile(r"(?:[#+=-]|\d+(?=[.)]))")


def as_markdown(answer: Answer) -> str:
    """The question as a heading, the answer, and under it each source with what was quoted of it."""
    return "\n".join(_lines(answer)) + "\n"


def escaped(text: str) -> str:
    """Text on one line that Markdown (CommonMark, and GitHub's) shows as it is, also where a line starts."""
    text = _MARKUP.sub(_slashed, one_line(text))
    start = _AT_THE_START.match(text)
    if start is None:
        return text
    if start.group().isdigit():
        return f"{start.group()}\\{text[start.end() :]}"
    return f"\\{text}"


def _answer_line(line: str) -> str:
    """A line of an answer, which may be an item of a list."""
    return f"- {_marked(line[2:])}" if line.startswith("- ") else _marked(line)


def _marked(text: str) -> str:
    """Text whose markers ``[1]`` stay readable: Markdown shows them as they are."""
    return _MARKER.sub(r"[\1]", escaped(text))


def _slashed(found: re.Match[str]) -> str:
    return f"\\{found.group()}"


def _lines(answer: Answer) -> Iterator[str]:
    yield f"# {escaped(answer.question)}"
    yield ""
    yield from (_answer_line(line) for line in answer.answer.split("\n"))
    sources = references(answer)
    if sources:
        yield ""
        yield "## Sources"
    for number, reference in enumerate(sources, 1):
        yield ""
        yield f"{number}. {_described(reference)}"
        for quote in reference.quotes:
            yield ""
            yield f"   > {_marked(quote)}"
    if answer.refusal is not None and answer.refusal.nearest:
        yield ""
        yield "## Nearest papers"
        yield ""
        for paper in answer.refusal.nearest:
            yield f"- {escaped(paper.title) or 'Untitled'}"
    yield ""
    yield "---"
    yield ""
    wrote = "quoted sentences" if answer.mode == "extractive" else escaped(answer.model)
    yield (
        f"Citewell, {wrote}, over {answer.index.papers} papers (generation {answer.index.generation}); "
        f"answer {answer.id}."
    )


def _described(reference: Reference) -> str:
    title = escaped(reference.title)
    title = f"[{title}](<{reference.url}>)" if reference.url else title
    people = escaped("; ".join(_person(name) for name in _first(reference.people)))
    more = " et al." if len(reference.people) > len(_first(reference.people)) else ""
    about = " ".join(
        part for part in (people + more, f"({reference.year})" if reference.year else "") if part
    )
    return f"{title}. {about}".rstrip() + ("" if about.endswith(".") or not about else ".")


def _first(people: Sequence[Name]) -> Sequence[Name]:
    return people if len(people) <= 6 else people[:5]


def _person(name: Name) -> str:
    return f"{name.given} {name.family}".strip()
