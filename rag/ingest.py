"""The way of a paper: read, compared with what is stored, chunked, embedded, committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice

from rag.errors import InvalidInput, LibraryError
from rag.library import Entry, Library, Run, RunState, check_storable, content_hash
from rag.types import Chunk, IngestReport, Paper, Rejection
from rag.vectors import Encoded

Chunker = Callable[[Paper], Sequence[Chunk]]
"""A paper to its chunks."""

Encoder = Callable[[Sequence[tuple[Paper, Sequence[Chunk]]]], Sequence[Encoded]]
"""Papers with their chunks to what is embedded of each, in the same order."""

Progress = Callable[[int, int | None], None]
"""Called with the records that are settled, and how many there are (``None``: not known)."""


def ingest(
    records: Iterable[Paper | Rejection],
    *,
    library: Library,
    chunk: Chunker,
    encode: Encoder,
    batch: int = 128,
    total: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    run_id: str | None = None,
) -> IngestReport:
    """Bring the library up to these records, a batch at a time, holding no more than a batch.

    A paper that is stored with the same content is not embedded again; a source that is new for it is
    remembered. The first record of an id within a run is the one stored; later ones add their sources.
    What ``progress`` has been told of is on the disk. To resume after a kill, run it again: under the same
    ``run_id``, what the earlier try added is counted as added, not as unchanged.

    Args:
        records: what the readers found, conflicts already refused, in any number of files.
        library: where to, bound to the model behind ``encode``.
        chunk: cuts a paper up.
        encode: embeds; nothing of a batch is stored before all of it is embedded.
        batch: records a transaction.
        total: how many records there are, where known; only handed on to ``progress``.
        progress: told after each batch.
        cancelled: asked before each batch; once true, what is committed stays and the rest is left.
        run_id: names the ingestion among the library's runs; a new one unless given.

    Returns:
        What was done, in papers: one that stands in two sources counts once.

    Raises:
        ModelFailed: the model failed; the batch it failed in is stored as it was before.
        LibraryError: the library failed; likewise.
    """
    before = library.run(run_id) if run_id else None
    run = Run() if run_id is None else Run(id=run_id)
    work = _Ingestion(library, chunk, encode, run, before or run)
    state = RunState.DONE
    done = 0
    try:
        for group in _batches(records, batch):
            if cancelled():
                state = RunState.CANCELLED
                break
            work.settle(group)
            done += len(group)
            if progress is not None:
                progress(done, total)
    except Exception:
        work.end(RunState.FAILED)
        raise
    work.end(state)
    return work.report()


@dataclass(slots=True)
class _Ingestion:
    """One run under way."""

    library: Library
    chunk: Chunker
    encode: Encoder
    run: Run
    before: Run
    seen: set[str] = field(default_factory=set)
    rejected: list[Rejection] = field(default_factory=list)
    wrote: bool = False

    def settle(self, group: Sequence[Paper | Rejection]) -> None:
        """Store what is new in a batch."""
        fresh, again = self._sort(group)
        stored = self.library.content_hashes(fresh)
        changed = [paper for paper in fresh.values() if stored.get(paper.id) != content_hash(paper)]
        updated = sum(paper.id in stored for paper in changed)
        counted = self.run
        self.run = replace(
            counted,
            added=counted.added + len(changed) - updated,
            updated=counted.updated + updated,
            unchanged=counted.unchanged + len(fresh) - len(changed),
            rejected=len(self.rejected),
        )
        if changed:
            try:
                self.library.commit(self._embedded(changed), run=self._told())
            except BaseException:
                self.run = counted
                raise
            self.wrote = True
        for paper in changed:
            del fresh[paper.id]
        sources = {paper.id: paper.sources for paper in fresh.values()} | again
        self.wrote |= self.library.touch_sources(sources) > 0

    def _sort(
        self, group: Sequence[Paper | Rejection]
    ) -> tuple[dict[str, Paper], dict[str, tuple[str, ...]]]:
        """The papers that this run sees first, and the further sources of those it saw in earlier batches."""
        fresh: dict[str, Paper] = {}
        again: dict[str, tuple[str, ...]] = {}
        for record in group:
            if isinstance(record, Rejection):
                self.rejected.append(record)
            elif refused := _refused(record):
                self.rejected.append(refused)
            elif first := fresh.get(record.id):
                fresh[record.id] = replace(first, sources=first.sources + record.sources)
            elif record.id in self.seen:
                again[record.id] = again.get(record.id, ()) + record.sources
            else:
                fresh[record.id] = record
        self.seen.update(fresh)
        return fresh, again

    def _embedded(self, papers: Sequence[Paper]) -> list[Entry]:
        passages = [(paper, self.chunk(paper)) for paper in papers]
        return [
            Entry(paper, chunks, encoded.vectors, None if encoded.tokens is None else bytes(encoded.tokens))
            for (paper, chunks), encoded in zip(passages, self.encode(passages), strict=True)
        ]

    def end(self, state: RunState) -> None:
        """Note how the run ended; one that went well and changed nothing leaves no trace."""
        self.run = replace(self.run, state=state, ended=datetime.now(UTC), rejected=len(self.rejected))
        resumed = self.before.added + self.before.updated > 0
        if not self.wrote and not resumed and state is not RunState.FAILED:
            return
        try:
            self.library.record(self._told())
        except LibraryError:
            if state is not RunState.FAILED:  # else the failure under way says more
                raise

    def report(self) -> IngestReport:
        """What was done."""
        told = self._told()
        return IngestReport(
            added=told.added,
            updated=told.updated,
            unchanged=told.unchanged,
            rejected=tuple(self.rejected),
        )

    def _told(self) -> Run:
        """The run with what an earlier try of it did."""
        known = self.before.added + self.before.updated
        return replace(
            self.run,
            added=self.run.added + self.before.added,
            updated=self.run.updated + self.before.updated,
            unchanged=max(0, self.run.unchanged - known),
        )


def _refused(paper: Paper) -> Rejection | None:
    try:
        check_storable(paper)
    except InvalidInput as error:
        return Rejection(paper.sources[0] if paper.sources else paper.id, str(error))
    return None


def _batches(records: Iterable[Paper | Rejection], size: int) -> Iterator[list[Paper | Rejection]]:
    source = iter(records)
    while group := list(islice(source, size)):
        yield group
