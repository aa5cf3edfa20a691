"""The service over the data folder here, as a source of answers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from api.wire.ask import AskIn, AskOut, CitationOut, RetrievedOut
from api.wire.fields import limits_of
from api.wire.papers import IngestOut, PaperOut, PaperPageOut
from api.wire.search import SearchIn, SearchOut
from cli.source import Event, Found, Progress, Text
from rag.events import AskEvent, Delta, Retrieval
from rag.types import Citation

if TYPE_CHECKING:
    from rag.service import Service


class Local:
    """A service in this process."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def name(self) -> str:
        """The folder, and how much it holds."""
        status = self._service.status()
        return f"{status.papers} papers in {status.data_dir}"

    def ask(self, asked: AskIn) -> AskOut:
        """The answer to a question."""
        answer = self._service.ask(
            asked.question,
            history=asked.turns(),
            filters=limits_of(asked.filters),
            top_k=asked.top_k,
            mode=asked.mode,
        )
        return AskOut.of(answer)

    def stream(self, asked: AskIn) -> Generator[Event, None, None]:
        """The same answer in pieces."""
        events = self._service.ask_events(
            asked.question,
            history=asked.turns(),
            filters=limits_of(asked.filters),
            top_k=asked.top_k,
            mode=asked.mode,
        )
        with closing(events):
            for event in events:
                yield _told(event)

    def search(self, sought: SearchIn) -> SearchOut:
        """Papers that bear on a query."""
        found = self._service.search(sought.query, top_k=sought.top_k, filters=limits_of(sought.filters))
        return SearchOut.of(found)

    def papers(self, *, limit: int, cursor: str | None, q: str | None) -> PaperPageOut:
        """A page of stored papers."""
        return PaperPageOut.of(self._service.papers(limit=limit, cursor=cursor, q=q))

    def paper(self, paper_id: str) -> PaperOut:
        """One stored paper."""
        return PaperOut.of(self._service.paper(paper_id))

    def ingest(self, paths: Sequence[Path], *, format: str | None, on_progress: Progress) -> IngestOut:  # noqa: A002  # the option's name
        """Add the papers of files, or of all files in folders."""
        return IngestOut.of(self._service.ingest(paths, format=format, on_progress=on_progress))

    def remove(self, paper_ids: Sequence[str]) -> tuple[str, ...]:
        """Delete papers; the ids of those there were."""
        return self._service.remove(paper_ids)


def _told(event: AskEvent) -> Event:
    """The service's event as the wire has it."""
    match event:
        case Retrieval(hits):
            return Found(tuple(RetrievedOut.of(hit) for hit in hits))
        case Citation():
            return CitationOut.of(event)
        case Delta(text):
            return Text(text)
        case _:
            return AskOut.of(event)
