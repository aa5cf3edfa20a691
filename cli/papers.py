"""``citewell ingest``, ``papers`` and ``status``: what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import options, show
from cli.plain import one_line
from cli.session import Session

SOME_REJECTED = 3

app = typer.Typer(no_args_is_help=True)


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of files.")],
    format: Annotated[  # noqa: A002  # the option's name
        str | None, typer.Option(metavar="NAME", help="Name of the files' format; found out unless given.")
    ] = None,
    url: options.Url = None,
    api_key: options.ApiKey = None,
    json: options.Json = False,
) -> None:
    """Add papers from files. Papers already stored and unchanged cost nothing."""
    session: Session = context.obj
    with session.source(url, api_key) as source, show.progress("Adding papers") as on_progress:
        done = source.ingest(paths, format=format, on_progress=on_progress)
    if json:
        show.as_json(done)
    else:
        show.report(done)
    if done.rejected:
        raise typer.Exit(SOME_REJECTED)


def status(context: typer.Context, json: options.Json = False) -> None:
    """Say what is stored and what answers."""
    session: Session = context.obj
    with session.service() as service:
        now = service.status()
    from api.wire.papers import StatusOut

    body = StatusOut.of(now)
    if json:
        show.as_json(body)
        return
    for name, value in body.model_dump().items():
        show.say(f"{name.replace('_', ' ') + ':':<17}{value}")


@app.command("list")
def list_papers(
    context: typer.Context,
    q: Annotated[
        str | None,
        typer.Option("--query", "-q", metavar="TEXT", help="What title, abstract or an author holds."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, metavar="N", help="Papers a page.")] = 50,
    cursor: Annotated[str | None, typer.Option(metavar="CURSOR", help="Where the next page begins.")] = None,
    url: options.Url = None,
    api_key: options.ApiKey = None,
    json: options.Json = False,
) -> None:
    """List stored papers."""
    session: Session = context.obj
    with session.source(url, api_key) as source:
        page = source.papers(limit=limit, cursor=cursor, q=q)
    if json:
        show.as_json(page)
        return
    for paper in page.items:
        show.say(f"{one_line(paper.id)}  {paper.year or '-':<4}  {one_line(paper.title) or 'Untitled'}")
    if not page.items:
        show.note("There are none: `citewell ingest PATH` adds papers." if q is None else "Nothing found.")
    if page.next_cursor is not None:
        show.note(f"There are more: add --cursor {page.next_cursor}")


@app.command("show")
def show_paper(
    context: typer.Context,
    paper_id: Annotated[str, typer.Argument(metavar="ID")],
    url: options.Url = None,
    api_key: options.ApiKey = None,
    json: options.Json = False,
) -> None:
    """Show one paper."""
    session: Session = context.obj
    with session.source(url, api_key) as source:
        paper = source.paper(paper_id)
    if json:
        show.as_json(paper)
    else:
        show.paper(paper)


@app.command("remove")
def remove_papers(
    context: typer.Context,
    paper_ids: Annotated[list[str], typer.Argument(metavar="ID...")],
    url: options.Url = None,
    api_key: options.ApiKey = None,
) -> None:
    """Remove papers from the store, every index, and every later answer."""
    session: Session = context.obj
    with session.source(url, api_key) as source:
        removed = source.remove(paper_ids)
    show.removed(paper_ids, removed, "citewell papers list")
