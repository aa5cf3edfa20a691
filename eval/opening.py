"""A service to measure: on a fresh index of the set's corpus, or on a library that is kept."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from eval.parameters import CorpusVersion
from eval.run import Asked
from eval.suite import Suite
from rag.errors import InvalidInput
from rag.settings import Settings
from rag.types import IngestReport, Paper, PaperPage, Rejection, ServiceStatus

PAGE = 200


class Measured(Asked, Protocol):
    """What measuring needs of a service: to be asked, to be filled, and to say what it holds."""

    def ingest(self, paths: Sequence[Path]) -> IngestReport:
        """Adds the papers of files."""

    def ingest_papers(self, records: Iterable[Paper | Rejection]) -> IngestReport:
        """Adds papers."""

    def papers(self, *, limit: int = ..., cursor: str | None = ...) -> PaperPage:
        """A page of stored papers."""

    def status(self) -> ServiceStatus:
        """What is stored, and what answers."""

    def close(self) -> None:
        """Gives the data folder back."""


class Session(Protocol):
    """What the command line hands over: options as settings, and the way to a service."""

    @property
    def data_dir(self) -> Path | None:
        """Where the library lies, if that was said."""

    @property
    def open_service(self) -> Callable[[Settings], Measured]:
        """Settings to service."""

    def settings(self) -> Settings:
        """Settings from the environment and the options."""


@contextmanager
def opened(session: Session, suite: Suite) -> Iterator[Measured]:
    """The service with what the set is asked over in it, open while the block runs.

    Without ``--data-dir`` the index is a scratch one, made anew and thrown away; with it, it is kept there. A
    set without a corpus is asked over the library that is named as it stands: measuring adds nothing to it.

    Raises:
        InvalidInput: there is no paper to ask about, or the library holds others than those of the set.
    """
    with tempfile.TemporaryDirectory(prefix="citewell-eval-") as scratch:
        settings = session.settings().model_copy(update={"keep_answers": 0})  # nobody comes back for these
        if session.data_dir is None:
            settings = settings.model_copy(update={"data_dir": Path(scratch), "database_url": None})
        service = session.open_service(settings)
        try:
            if not as_it_stands(session, suite):
                _check_alone(service, suite)
                _fill(service, suite)
            if not service.status().papers:
                raise InvalidInput(f"There are no papers to ask about in {suite.name}.", field="suite")
            yield service
        finally:
            service.close()


def as_it_stands(session: Session, suite: Suite) -> bool:
    """Whether the library that was named is asked, not a corpus of the set."""
    return suite.of_library and session.data_dir is not None


def corpus_version(service: Measured, session: Session, suite: Suite) -> CorpusVersion:
    """The state of what is asked."""
    status = service.status()
    return CorpusVersion(
        papers=status.papers,
        revision=status.revision,
        generation=status.generation,
        sha256=_library_sha256(service) if as_it_stands(session, suite) else suite.corpus_sha256,
    )


def _library_sha256(service: Measured) -> str:
    lines = sorted(f"{paper.id} {paper.sha256}" for paper in all_papers(service))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _check_alone(service: Measured, suite: Suite) -> None:
    """Raises where measuring would mix the set's papers with those of a library that serves."""
    stored = {paper.id for paper in all_papers(service)}
    if stored and (others := stored - suite.paper_ids()):
        raise InvalidInput(
            f"The library holds papers that {suite.name} does not hold ({len(others)}), and measuring would "
            "add to it: leave --data-dir out, or name an empty folder with it.",
            field="suite",
        )


def _fill(service: Measured, suite: Suite) -> None:
    for files in (suite.corpus, suite.overlay):
        if files:
            service.ingest(files)
    if suite.planted:
        service.ingest_papers(suite.planted)


def all_papers(service: Measured) -> list[Paper]:
    """Every stored paper, in the library's own order."""
    papers: list[Paper] = []
    cursor: str | None = None
    while True:
        page = service.papers(limit=PAGE, cursor=cursor)
        papers.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return papers
