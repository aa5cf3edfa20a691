"""``citewell serve`` and ``citewell mcp``: the service, in the foreground until it is told to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli import show
from cli.session import Session

if TYPE_CHECKING:
    from api.backend import Opening
    from rag.service import Service
    from rag.settings import Settings

Bundled = Annotated[bool, typer.Option("--bundled", help="Fill an empty library with the bundled papers.")]


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 unless set.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 8000 unless set, 0 for a free one.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that answer; several need CITEWELL_CHROMA_URL."),
    ] = None,
    bundled: Bundled = False,
) -> None:
    """Answer over HTTP, with a page to ask on."""
    from api import logs
    from api.server import serve as run_server

    session: Session = context.obj
    settings = session.settings(host=host, port=port, workers=workers)
    with logs.writing(settings):
        run_server(
            Opens(session, settings, bundled),
            settings,
            on_listening=lambda url: show.note(f"Listening on {url}, getting ready"),
            on_ready=lambda url, papers: show.say(f"Ready: {papers} papers, {url}"),
        )


def mcp(context: typer.Context, bundled: Bundled = False) -> None:
    """Serve the Model Context Protocol on standard input and output, for a client that starts this itself."""
    from api import logs
    from api.mcp.stdio import serve_stdio

    session: Session = context.obj
    settings = session.settings()
    with logs.writing(settings):
        serve_stdio(Opens(session, settings, bundled), settings)


@dataclass(frozen=True, slots=True)
class Opens:
    """Opens the service of a server, in whatever process: it can be sent to one.

    Args:
        session: where services come from.
        settings: of the server.
        bundled: whether an empty library is filled with the bundled papers.
    """

    session: Session
    settings: Settings
    bundled: bool

    def __call__(self, opening: Opening) -> Service:
        """The service."""
        service = self.session.open_service(self.settings)
        if self.bundled:
            try:
                fill(service, opening)
            except BaseException:
                service.close()
                raise
        return service


def fill(service: Service, opening: Opening) -> None:
    """Add the bundled papers to an empty library; ``/readyz`` says how far it is."""
    from data import bundled_papers

    if service.status().papers:
        return
    opening.say("the bundled papers are being added")
    service.ingest(
        bundled_papers(),
        on_progress=lambda done, _: opening.say(f"the bundled papers are being added, {done} records so far"),
        cancelled=opening.cancelled.is_set,
    )
