"""How values look on a terminal. Text from papers can hold anything: control characters never get through."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel

    from rag.types import Answer, Hit, IngestReport, Paper, SearchResult

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Text without what a terminal would obey (escapes, direction overrides) or can't encode."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def say(text: str = "") -> None:
    """A line of result."""
    typer.echo(plain(text))


def note(text: str) -> None:
    """A line that is no result: goes to standard error."""
    typer.echo(plain(text), err=True)


def as_json(body: BaseModel) -> None:
    """A result for a program: the very body that the HTTP route of the same name sends."""
    typer.echo(body.model_dump_json(indent=2))


def answer(found: Answer) -> None:
    """An answer with its markers, then its sources with their words; a refusal, then the nearest papers."""
    say(found.answer)
    for citation in found.citations:
        say(f"\n[{citation.number}] {_reference(citation.paper)}")
        say(f"    “{citation.quote}”")
    if found.refusal is not None and found.refusal.nearest:
        say("\nNearest papers:")
        for near in found.refusal.nearest:
            say(f"  {near.id}  {near.title}")
    for part in found.degraded:
        note(f"Worked around: {part}")


def results(found: SearchResult, *, explain: bool) -> None:
    """Ranked papers, each with the sentence that fits best; explained, with every stage's rank and score."""
    for rank, hit in enumerate(found.hits, start=1):
        say(f"{rank:>2}. {hit.score:.3f}  {_reference(hit.paper)}  ({hit.paper.id})")
        say(f"    {hit.snippet.of(hit.paper.abstract)}")
        if explain:
            say(f"    {_stages(hit)}")
    if not found.hits:
        note("Nothing found.")
    if found.hidden:
        note(f"{found.hidden} papers as good as these were kept away by the filters.")
    if explain:
        note("  ".join(f"{stage} {ms:.1f} ms" for stage, ms in found.timings_ms.items()))
    for part in found.degraded:
        note(f"Worked around: {part}")


def _stages(hit: Hit) -> str:
    return "  ".join(f"{name} #{stage.rank} ({stage.score:.3f})" for name, stage in hit.stages.items())


def _reference(paper: Paper) -> str:
    about = "; ".join(part for part in (", ".join(paper.authors), str(paper.year or ""), paper.url) if part)
    return f"{paper.title} — {about}" if about else paper.title


def paper(one: Paper) -> None:
    """One paper whole."""
    for name, value in (
        ("id", one.id),
        ("title", one.title),
        ("authors", ", ".join(one.authors)),
        ("year", str(one.year or "")),
        ("url", one.url),
        ("sources", ", ".join(one.sources)),
        ("categories", ", ".join(one.categories)),
    ):
        if value:
            say(f"{name + ':':<12}{value}")
    say(f"\n{one.abstract}")


def report(done: IngestReport) -> None:
    """What an ingestion did, and each record that it refused."""
    for rejection in done.rejected:
        note(f"{rejection.where}: {rejection.why}")
    say(
        f"Added {done.added}, updated {done.updated}, unchanged {done.unchanged}, "
        f"rejected {len(done.rejected)}."
    )


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on standard error while the block runs; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
