"""How values look, line by line. Text from papers can hold anything: control characters never get through."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cli.plain import one_line, plain, plain_json

if TYPE_CHECKING:
    from pydantic import BaseModel

    from api.wire.papers import IngestOut, PaperOut
    from api.wire.search import ResultOut, SearchOut

_PLACES = 20  # refused records named for one reason; most libraries have many papers without an abstract


def say(text: str = "") -> None:
    """A line of result."""
    typer.echo(plain(text))


def note(text: str) -> None:
    """A line that is no result: goes to standard error."""
    typer.echo(plain(text), err=True)


def as_json(body: BaseModel) -> None:
    """A result for a program: the very body that the HTTP route of the same name sends."""
    typer.echo(plain_json(body.model_dump_json(indent=2)))


def raw(line: str) -> None:
    """A line for a program, at once."""
    typer.echo(line)
    sys.stdout.flush()


def results(found: SearchOut, *, explain: bool) -> None:
    """Ranked papers, each with the sentence that fits best; explained, with every stage's rank and score."""
    for rank, result in enumerate(found.results, start=1):
        say(f"{rank:>2}. {result.score:.3f}  {_reference(result)}  ({result.paper_id})")
        say(f"    {one_line(result.snippet.text)}")
        if explain:
            say(f"    {_stages(result)}")
    if not found.results:
        note("Nothing found.")
    if found.hidden:
        note(f"{found.hidden} papers as good as these were kept away by the filters.")
    if explain:
        note("  ".join(f"{stage} {ms:.1f} ms" for stage, ms in found.timings_ms.items()))
    worked_around(found.degraded)


def removed(wanted: Sequence[str], gone: Sequence[str], listing: str) -> None:
    """What was removed of what was wanted; ``listing`` is the command that shows what is there.

    Raises:
        NotFound: some of it was not there.
    """
    say(f"Removed {len(gone)}.")
    if missing := [identity for identity in wanted if identity not in gone]:
        from rag.errors import NotFound

        raise NotFound(f"Not there: {', '.join(missing)}. `{listing}` shows what is.")


def worked_around(parts: Sequence[str]) -> None:
    """The parts that failed and were done without."""
    for part in parts:
        note(f"Worked around: {one_line(part)}")


def _stages(result: ResultOut) -> str:
    return "  ".join(f"{name} #{stage.rank} ({stage.score:.3f})" for name, stage in result.stages.items())


def _reference(result: ResultOut) -> str:
    about = "; ".join(
        part for part in (", ".join(result.authors), str(result.year or ""), result.url) if part
    )
    title = result.title or "Untitled"
    return one_line(f"{title} — {about}" if about else title)


def paper(one: PaperOut) -> None:
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
            say(f"{name + ':':<12}{one_line(value)}")
    say(f"\n{one.abstract}")


def report(done: IngestOut) -> None:
    """What an ingestion did, and the records that it refused; of many for one reason, the first ones."""
    times = Counter[str]()
    for rejection in done.rejected:
        times[rejection.why] += 1
        if times[rejection.why] <= _PLACES:
            note(f"{rejection.where}: {rejection.why}")
    for why, number in times.items():
        if number > _PLACES:
            note(f"… and {number - _PLACES} more (all with --json): {why}")
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
