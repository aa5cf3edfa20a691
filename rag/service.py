"""The straight lines: ask, search, ingest. Every door (HTTP, command line, evaluation) enters here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

from rag.answer.answerer import Answerer
from rag.answer.question.examples import example_questions
from rag.answer.question.narrowed import narrowed_search
from rag.checks import (
    MAX_QUESTION,
    check_comment,
    check_filters,
    check_request,
    check_text,
    check_top_k,
)
from rag.corpus import TextsSeen, read_papers, reader_named
from rag.corpus.files import files_of
from rag.errors import CitewellError, DiskFull, IndexUnavailable, NotReady, UnknownFormat
from rag.events import AskEvents, answer_of
from rag.index import Indexes, Upkeep
from rag.index.words import Words
from rag.ingest import Chunker, Encoder, Progress, ingest
from rag.library import Library
from rag.retrieve import HybridSearch
from rag.saved import Feedback, Keeper, Rating, Replay, Saved
from rag.types import (
    EVERYTHING,
    Answer,
    Cancelled,
    Filters,
    IngestReport,
    Mode,
    Overview,
    Paper,
    PaperPage,
    Rejection,
    Request,
    SearchResult,
    ServiceStatus,
    Turn,
    never,
)

_log = logging.getLogger(__name__)

NAMES_SHOWN = 200
"""Sources, authors and categories that an overview names, the commonest."""
TITLES_READ = 500
"""Titles from which example questions are made."""


class Service:
    """One data folder, open: papers in, cited answers out. Any thread may call any method.

    Args:
        data_dir: the folder, as a person would name it.
        library: the system of record.
        indexes: made of the library, open.
        search: over both.
        answerer: from what a search found to a checked answer.
        keeper: keeps answers with their receipts.
        chunk: cuts a paper up.
        encode: embeds papers.
        upkeep: of the indexes; ended with the service.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        library: Library,
        indexes: Indexes,
        search: HybridSearch,
        answerer: Answerer,
        keeper: Keeper,
        chunk: Chunker,
        encode: Encoder,
        upkeep: Upkeep | None = None,
    ) -> None:
        self._data_dir = data_dir
        self._library = library
        self._indexes = indexes
        self._search = search
        self._answerer = answerer
        self._keeper = keeper
        self._chunk = chunk
        self._encode = encode
        self._upkeep = upkeep
        self._words = Words()
        self._overview: tuple[int, Overview] | None = None

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        top_k: int = 8,
        mode: Mode = "auto",
    ) -> Answer:
        """Answer a question from the stored papers, every sentence cited, or say that they hold no answer.

        The answer at the end of ``ask_events``; arguments and errors as there.
        """
        return answer_of(self.ask_events(question, history=history, filters=filters, top_k=top_k, mode=mode))

    def ask_events(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        top_k: int = 8,
        mode: Mode = "auto",
        cancelled: Cancelled = never,
    ) -> AskEvents:
        """Answer a question, each piece as soon as it is verified: ``ask`` for whoever listens meanwhile.

        Text that was given away is never taken back: the answer's text is all of it, joined.

        Args:
            question: 1 to 4000 characters, in plain words.
            history: the earlier turns of the conversation, oldest first.
            filters: which papers may be used.
            top_k: how many papers to retrieve, 1 to 50.
            mode: what may write the answer; ``auto`` takes a language model where one is configured.
            cancelled: whether to stop; may be asked from any thread, ten times a second while a language
                model writes. Closing the iterator between two events stops too.

        Raises:
            InvalidInput: the request is out of bounds; names the field.
            NotReady: a needed part is down.
            Overtaken: a cited paper was removed or changed after the answer had begun.
            Stopped: it was cancelled.
        """
        request = Request(question, tuple(history), filters, top_k, mode)
        check_request(request)
        with closing(self._answerer.events(request, cancelled)) as events:
            for event in events:
                yield self._keeper.keep(request, event) if isinstance(event, Answer) else event

    def search(self, query: str, *, top_k: int = 8, filters: Filters = EVERYTHING) -> SearchResult:
        """The stored papers that bear on a query, best first; authors and years that it names are filters.

        Raises:
            InvalidInput: the request is out of bounds; names the field.
            NotReady: a needed part is down.
        """
        check_text(query, "query", longest=MAX_QUESTION)
        check_filters(filters)
        check_top_k(top_k)
        within = narrowed_search(query, filters, self._search, self._words)
        found = self._search.search(within.text, top_k=top_k, filters=within.filters)
        hidden = 0 if within.alone else found.hidden
        return SearchResult(found.hits, found.timings_ms, found.info, found.degraded, hidden)

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        format: str | None = None,  # noqa: A002  # what --format and the HTTP field call it
        on_progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Add the papers of files, or of all files in folders, and index them.

        A file in no known format is reported as a rejection, and the others are read.

        Raises:
            InvalidInput: a path does not exist, or the format named is none.
            ModelFailed: the embedding model failed; what was committed stays, and a second run resumes.
            LibraryError: the library failed; likewise.
        """
        if format is not None:
            reader_named(format)
        files = files_of(paths, without=self._data_dir)
        return self.ingest_papers(_read(files, format), on_progress=on_progress, cancelled=cancelled)

    def ingest_papers(
        self,
        records: Iterable[Paper | Rejection],
        *,
        on_progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        run_id: str | None = None,
    ) -> IngestReport:
        """Add papers that a reader has checked, and index them; errors as for ``ingest``.

        Under the ``run_id`` of one that was cut off, the counts are those of both together.
        """
        with self._library.turn():
            try:
                report = ingest(
                    records,
                    library=self._library,
                    chunk=self._chunk,
                    encode=self._encode,
                    progress=on_progress,
                    cancelled=cancelled,
                    run_id=run_id,
                )
            except Exception:
                with suppress(IndexUnavailable, DiskFull):  # upkeep tries again; what broke first says more
                    self._indexes.keep_up(self._library)
                raise
            self._indexes.keep_up(self._library)
        with self._indexes.lease() as generation:
            return replace(report, generation=generation.info.generation)

    def remove(self, paper_ids: Sequence[str]) -> tuple[str, ...]:
        """Delete papers from the library, every index and every later answer; returns those there were."""
        removed = self._library.remove(paper_ids)
        try:
            self._indexes.keep_up(self._library)
        except (IndexUnavailable, DiskFull) as error:  # no search shows what the library no longer has
            _log.warning("Removed papers stay in the index for now: %s", error)
        return removed

    def papers(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        q: str | None = None,
        filters: Filters = EVERYTHING,
    ) -> PaperPage:
        """Stored papers in the order of their ids.

        Raises:
            InvalidInput: the limit, the cursor or a filter is none.
        """
        check_filters(filters)
        return self._library.list(limit, cursor, q or "", self._among(filters))

    def overview(self) -> Overview:
        """What tells the stored papers apart, and questions to begin with; kept until they change."""
        with self._library.snapshot() as now:
            known = self._overview
            if known is None or known[0] != now.revision:
                examples = example_questions(now.titles(TITLES_READ))
                known = self._overview = (now.revision, Overview(now.facets(NAMES_SHOWN), examples))
        return known[1]

    def paper(self, paper_id: str) -> Paper:
        """One stored paper.

        Raises:
            NotFound: no paper has this id.
        """
        return self._library.paper(paper_id)

    def saved_answer(self, answer_id: str) -> Saved:
        """An answer as it was sent, with its receipt.

        Raises:
            NotFound: none is kept under this id, or answers are not kept.
            SavedUnavailable: the saved answers can't be read.
        """
        return self._keeper.get(answer_id)

    def rate(
        self, answer_id: str, rating: Rating, *, citation: int | None = None, comment: str = ""
    ) -> Feedback:
        """Keep what someone thinks of a saved answer, or of one of its citations by number.

        Raises:
            InvalidInput: the comment is too long, or the answer has no such citation; names the field.
            NotFound: no such answer is kept.
            SavedUnavailable: the saved answers can't be written.
        """
        check_comment(comment)
        feedback = Feedback(answer_id, rating, citation, comment)
        self._keeper.rate(feedback)
        return feedback

    def replay(self, answer_id: str) -> Replay:
        """Ask a saved question again, as it was asked, and compare; nothing is saved.

        Raises:
            NotFound: no such answer is kept.
            SavedUnavailable: the saved answers can't be read.
            NotReady: a needed part is down.
        """
        return self._keeper.replay(answer_id, self._answerer.answer)

    def status(self) -> ServiceStatus:
        """What is stored, and what answers."""
        with self._library.snapshot() as now, self._indexes.lease() as generation:
            return ServiceStatus(
                papers=now.count,
                chunks=now.chunk_count,
                revision=now.revision,
                generation=generation.info.generation,
                embedding_model=generation.info.embedding_model,
                data_dir=str(self._data_dir),
                mode=self._answerer.mode,
                model=self._answerer.model,
            )

    @property
    def mode(self) -> Literal["extractive", "llm"]:
        """What writes where nothing else is asked for."""
        return self._answerer.mode

    def not_ready(self) -> tuple[str, ...]:
        """What keeps questions from being answered; empty when nothing does."""
        faults = []
        for part, probe in (("library", lambda: self._library.count), ("index", self._probe_index)):
            try:
                probe()
            except NotReady as error:
                faults.append(f"{part}: {error}")
            except CitewellError as error:  # its message may hold paths, and anyone may ask
                _log.error("the %s can't be used: %s", part, error)
                faults.append(f"{part}: it can't be used; the log says why")
        return tuple(faults)

    def close(self) -> None:
        """Give the data folder back; no call may be running."""
        self._keeper.close()
        if self._upkeep is not None:
            self._upkeep.stop()
        self._indexes.close()
        self._library.close()

    def _among(self, filters: Filters) -> list[str] | None:
        """The ids that the filters let through, sorted; None where they limit nothing."""
        with self._indexes.lease() as generation:
            mask = generation.mask(filters)
            return None if mask is None else sorted(generation.ids[row] for row in mask.nonzero()[0].tolist())

    def _probe_index(self) -> None:
        with self._indexes.lease():
            pass


def _read(files: Sequence[Path], format: str | None) -> Iterator[Paper | Rejection]:  # noqa: A002  # as above
    """The records of files, one after the other, a second text for an id refused across all of them."""
    seen = TextsSeen()
    for path in files:
        try:
            with path.open("rb") as stream:
                yield from read_papers(stream, name=path.name, format=format, seen=seen)
        except UnknownFormat as error:
            yield Rejection(str(path), str(error))
        except OSError as error:
            yield Rejection(str(path), f"It can't be read: {error.strerror}.")
