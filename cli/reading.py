"""An answer as a person reads it: text and footnotes, or a refusal with what comes nearest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from api.wire.ask import AskOut, NearestOut, RefusalOut, RetrievedOut
from api.wire.papers import PaperOut
from cli.plain import one_line
from cli.screen import Screen

AUTHORS = 3
"""Names of a paper's authors that a footnote gives; "et al." stands for the rest."""

DOUBTFUL = 0.5
"""Confidence below which an answer says so."""


class _Described(Protocol):
    title: str
    authors: list[str]
    year: int | None


def answer(screen: Screen, body: AskOut) -> None:
    """A whole answer."""
    if body.refusal is None:
        screen.flow(body.answer)
        screen.end()
        footnotes(screen, body)
    else:
        refusal(screen, body, body.refusal)


def footnotes(screen: Screen, body: AskOut) -> None:
    """Each citation: number, paper, words, link, a paper told once; then any doubt."""
    told: dict[str, int] = {}
    if body.citations:
        screen.line()
    for citation in body.citations:
        first = told.setdefault(citation.paper_id, citation.number)
        again = first != citation.number
        about = f"the same paper as [{first}]" if again else reference(citation)
        screen.line(f"[{citation.number}] {about}", style="" if again else "bold", hang=4)
        screen.line(f"“{one_line(citation.quote)}”", style="italic", indent=4)
        if citation.url and not again:
            screen.line(one_line(citation.url), style="dim", indent=4, whole=True)
    if body.citations and body.confidence < DOUBTFUL:
        screen.line(f"\nOnly {body.confidence:.0%} sure that these papers answer this.")


def refusal(screen: Screen, body: AskOut, refused: RefusalOut) -> None:
    """Why there is no answer, what was looked for, the nearest papers by number, what to try."""
    screen.line(why(body, refused))
    if refused.missing:
        words = ", ".join(f"“{word}”" for word in refused.missing)
        screen.line(one_line(f"Looked for and not found: {words}."))
    if refused.nearest:
        screen.line("\nNearest papers:")
    for number, near in enumerate(refused.nearest, start=1):
        screen.line(f"{number}. {titled(near)}", indent=2, hang=3)
    if refused.suggestions:
        screen.line()
    for suggestion in refused.suggestions:
        screen.line(one_line(suggestion))


def why(body: AskOut, refused: RefusalOut) -> str:
    """How a refusal's text begins; the rest of it is what ``refused`` says part by part."""
    text = body.answer
    told = [f"“{word}”" for word in refused.missing[:1]]
    told += [f"“{near.title}”" if near.title else near.paper_id for near in refused.nearest[:1]]
    for part in (*told, *refused.suggestions):
        text = text.partition(part)[0]
    end = max(text.rfind(mark) for mark in ".!?") + 1
    return text[:end] or body.answer


def paper(screen: Screen, one: PaperOut, cited: Sequence[tuple[int, int]] = ()) -> None:
    """A paper with its abstract, the cited words marked.

    Args:
        screen: where to write.
        one: the paper.
        cited: stretches ``[start, end)`` of its abstract, in code points.
    """
    screen.line(reference(one), style="bold")
    if one.url:
        screen.line(one_line(one.url), style="dim", whole=True)
    screen.line()
    at = 0
    for start, end in merged(cited):
        screen.flow(one.abstract[at:start])
        screen.flow(one.abstract[start:end], marked=True)
        at = end
    screen.flow(one.abstract[at:])
    screen.end()


def reference(one: _Described) -> str:
    """Title, year and the first authors."""
    names = ", ".join(one.authors[:AUTHORS]) + (" et al." if len(one.authors) > AUTHORS else "")
    year = f" ({one.year})" if one.year is not None else ""
    return one_line(f"{one.title or 'Untitled'}{year}{', ' if names else ''}{names}")


def titled(one: RetrievedOut | NearestOut) -> str:
    """Title and id: what the id is good for is `papers show`."""
    return f"{one_line(one.title) or 'Untitled'}  ({one_line(one.paper_id)})"


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in order, those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
