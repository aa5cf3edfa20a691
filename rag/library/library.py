"""The library: read by any thread, changed by one at a time; by several processes where they share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, insert, inspect, select

from rag.errors import EmbeddingMismatch, InvalidInput, LibraryCorrupt, LibraryError, NotFound
from rag.library import backend, changes
from rag.library.lock import DataDirLock
from rag.library.records import Entry, Run, RunState, StoredPaper, check_entry
from rag.library.schema import META, RUNS, SCHEMA_VERSION, TABLES
from rag.library.snapshot import Snapshot
from rag.types import EmbeddingIdentity, Paper, PaperPage


class Library:
    """The system of record of one data folder; made by ``open``, given back by ``close``.

    Every method may be called from any thread. What ``commit``, ``touch_sources`` and ``remove`` have
    returned from is on the disk. All methods raise ``LibraryCorrupt`` for a damaged database and
    ``LibraryError`` for one that fails otherwise (disk full, read-only); what was stored stays whole.
    """

    def __init__(self, engine: Engine, lock: DataDirLock, turns: Path) -> None:
        self._engine = engine
        self._lock = lock
        self._turns = turns
        self._turn = Lock()
        self._writer = Lock()

    @classmethod
    def open(cls, data_dir: Path, url: str | None = None, server: str = "") -> Self:
        """Open the library of a data folder, or make it; the folder is then this process's alone, or shared.

        Args:
            data_dir: the folder.
            url: SQLAlchemy URL of the database, ``None`` for a SQLite file in the folder.
            server: URL of the vector store; processes that name the same one share the folder.

        Raises:
            LibraryLocked: another process holds the folder, and doesn't share it.
            LibraryCorrupt: the database is damaged.
            LibraryError: it can't be opened, is another program's, or was written by a newer Citewell.
            ConfigError: the URL is wrong, or its driver is missing.
        """
        place = backend.library_url(data_dir, url)
        lock = DataDirLock(data_dir, server)
        try:
            engine = backend.connect(place)
            try:
                _prepare(engine, alone=lock.first)
            except BaseException:
                engine.dispose()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(engine, lock, data_dir / "ingesting")

    def close(self) -> None:
        """Close the database and let other processes in."""
        self._engine.dispose()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def turn(self, *, wait: bool = True) -> Iterator[bool]:
        """Ingest while no one else does, in this process or another; a turn ends with its process.

        Args:
            wait: for the turn of another to end; else the block learns by ``False`` that it is not its turn.
        """
        if not self._turn.acquire(blocking=wait):
            yield False
            return
        try:
            lock = FileLock(self._turns, thread_local=False, preserve_lock_file=True)
            try:
                lock.acquire(blocking=wait)
            except Timeout:
                yield False
                return
            try:
                self._end_dead_runs()
                yield True
            finally:
                lock.release()
        finally:
            self._turn.release()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Several reads of one state, for as long as the block lasts."""
        with backend.reading(self._engine) as connection:
            yield Snapshot(connection, self._damaged)

    @property
    def revision(self) -> int:
        """A number that grows with every change of what is stored."""
        with self.snapshot() as now:
            return now.revision

    @property
    def embedding(self) -> EmbeddingIdentity | None:
        """What the stored vectors were made with; ``None`` until it is bound."""
        with self.snapshot() as now:
            return now.embedding

    @property
    def count(self) -> int:
        """How many papers there are."""
        with self.snapshot() as now:
            return now.count

    @property
    def chunk_count(self) -> int:
        """How many windows and sentences there are."""
        with self.snapshot() as now:
            return now.chunk_count

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """The papers of these ids, in the order asked; an id that is not stored is left out."""
        with self.snapshot() as now:
            return now.papers(ids)

    def paper(self, paper_id: str) -> Paper:
        """One paper.

        Raises:
            NotFound: no paper has this id.
        """
        found = self.papers([paper_id])
        if paper_id not in found:
            raise NotFound(f"No paper has the id {paper_id!r}: list the papers to see the ids there are.")
        return found[paper_id]

    def list(
        self,
        limit: int = 50,
        cursor: str | None = None,
        q: str = "",
        among: Sequence[str] | None = None,
    ) -> PaperPage:
        """Papers in the order of their ids; a page stays where it is while papers come and go.

        Args:
            limit: papers a page, from 1.
            cursor: ``next_cursor`` of the page before, ``None`` for the first.
            q: what the title, the abstract or an author must hold, whatever its case; empty for all papers.
            among: ids, sorted, that a paper must be of; ``None`` for all papers.

        Raises:
            InvalidInput: the limit is below 1, or the cursor none of ours.
        """
        if limit < 1:
            raise InvalidInput(f"limit is {limit}: ask for 1 or more.", field="limit")
        with self.snapshot() as now:
            if among is not None:
                return now.page_among(among, limit, cursor, q)
            return now.page(limit, cursor, q)

    def content_hashes(self, ids: Iterable[str]) -> dict[str, str]:
        """The content hash of each of these papers that is stored."""
        with self.snapshot() as now:
            return now.content_hashes(ids)

    def tokens(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The packed token vectors of each of these papers that has them."""
        with self.snapshot() as now:
            return now.tokens(ids)

    def iter_stored(self, batch: int = 256, *, tokens: bool = False) -> Iterator[StoredPaper]:
        """Every paper of one state, with its chunks and vectors; see ``Snapshot.iter_stored``."""
        with self.snapshot() as now:
            yield from now.iter_stored(batch, tokens=tokens)

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        """The last ingestions, newest first."""
        with self.snapshot() as now:
            return now.runs(limit)

    def run(self, run_id: str) -> Run | None:
        """One ingestion, ``None`` where none of that id has stored anything."""
        with self.snapshot() as now:
            return now.run(run_id)

    def bind_embedding(self, identity: EmbeddingIdentity) -> None:
        """Say which model makes the vectors; the first one holds for as long as papers are stored.

        Raises:
            EmbeddingMismatch: the stored vectors were made with another; names both.
        """
        with self._writing() as connection:
            now = Snapshot(connection, self._damaged)
            bound = now.embedding
            if bound == identity:
                return
            if bound is not None and now.count:
                raise EmbeddingMismatch(
                    f"The library was embedded with {_described(bound)}, and {_described(identity)} "
                    "is configured: configure the first again, or ingest the papers into another --data-dir."
                )
            changes.put_embedding(connection, identity)

    def commit(self, entries: Sequence[Entry], *, run: Run | None = None) -> None:
        """Store papers, each in place of what its id held, all or none of them.

        A paper's stored sources are kept, and its new ones added.

        Args:
            entries: papers of different ids.
            run: how the ingestion stands with them, noted in the same transaction.

        Raises:
            InvalidInput: a paper holds text that can't be stored.
            LibraryError: an entry doesn't fit the library's model, or an id comes twice.
        """
        papers = {entry.paper.id: entry.paper for entry in entries}
        if len(papers) != len(entries):
            raise LibraryError("A batch holds an id twice: merge or refuse the second before storing.")
        with self._writing() as connection:
            now = Snapshot(connection, self._damaged)
            identity = now.embedding
            if identity is None:
                raise LibraryError(
                    "The library knows no embedding model yet: bind one before storing papers."
                )
            for entry in entries:
                check_entry(entry, identity.dim)
            if entries:
                known = now.papers(papers)
                sources = {
                    paper.id: changes.merged(
                        known[paper.id].sources if paper.id in known else (), paper.sources
                    )
                    for paper in papers.values()
                }
                changes.put(connection, entries, sources)
            if run is not None:
                changes.put_run(connection, run)

    def touch_sources(self, sources: Mapping[str, Sequence[str]]) -> int:
        """Remember where stored papers stand too; returns how many learned something new.

        Ids that are not stored are passed over. When nothing is new, nothing is written.
        """
        known = self.papers(sources)
        if not _news(known, sources):
            return 0
        with self._writing() as connection:
            known = Snapshot(connection, self._damaged).papers(sources)
            if news := _news(known, sources):
                changes.put_sources(connection, news)
            return len(news)

    def remove(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Delete papers with all that belongs to them; returns the ids that were there."""
        with self._writing() as connection:
            found = tuple(Snapshot(connection, self._damaged).content_hashes(ids))
            if found:
                changes.drop(connection, found)
                changes.next_revision(connection)
            return found

    def record(self, run: Run) -> None:
        """Note how an ingestion stands."""
        with self._writing() as connection:
            changes.put_run(connection, run)

    def _end_dead_runs(self) -> None:
        with self._writing() as connection:
            changes.end_dead_runs(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer, backend.writing(self._engine) as connection:
            yield connection

    def _damaged(self, why: str) -> LibraryCorrupt:
        return backend.damaged(self._engine.url, why)


def _news(known: Mapping[str, Paper], sources: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """All sources of those papers that stand in one not yet known."""
    both = {paper.id: changes.merged(paper.sources, sources[paper.id]) for paper in known.values()}
    return {paper_id: names for paper_id, names in both.items() if names != known[paper_id].sources}


def _prepare(engine: Engine, *, alone: bool) -> None:
    """Make the tables in a new database, check those of an old one, and note the runs that died.

    Args:
        engine: of the database.
        alone: whether no other process has it open: one could be ingesting.
    """
    with backend.writing(engine) as connection:
        present = set(inspect(connection).get_table_names())
        if META.name not in present:
            if foreign := present & set(TABLES.tables):
                names = ", ".join(sorted(foreign))
                raise LibraryError(
                    f"The database holds tables of another program ({names}): use another one."
                )
            TABLES.create_all(connection)
            connection.execute(insert(META).values(id=1, schema_version=SCHEMA_VERSION, revision=0))
        _check_schema(connection, engine.url)
        if (
            alone
            and connection.execute(select(RUNS.c.id).where(RUNS.c.state == RunState.RUNNING.value)).first()
        ):
            changes.end_dead_runs(connection)
    backend.adopt(engine)


def _check_schema(connection: Connection, url: URL) -> None:
    version = connection.execute(select(META.c.schema_version)).scalar_one_or_none()
    missing = set(TABLES.tables) - set(inspect(connection).get_table_names())
    if version is None or (missing and version == SCHEMA_VERSION):
        raise backend.damaged(url, f"it lacks {', '.join(sorted(missing)) or 'its own description'}")
    if version != SCHEMA_VERSION:
        raise LibraryError(
            f"The library has schema {version}, and this Citewell reads schema {SCHEMA_VERSION}: "
            "install the version of Citewell that wrote it, or use another --data-dir."
        )


def _described(identity: EmbeddingIdentity) -> str:
    weights = f"weights {identity.sha256[:12]}" if identity.sha256 else "weights unknown"
    return f"{identity.name} ({weights}, {identity.dim} dimensions)"
