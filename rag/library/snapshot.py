"""Reading: one state of the library, as it was when the reading began."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, select

from rag.errors import InvalidInput
from rag.library.facets import Tally
from rag.library.records import Run, RunState, StoredPaper, fold, unstorable
from rag.library.schema import CHUNKS, FOLDED, META, PAPERS, RUNS, SOURCES, TOKENS, VECTORS
from rag.types import Chunk, ChunkKind, EmbeddingIdentity, Facets, Paper, PaperPage, Span

_IDS_A_QUERY = 500
_Columns = tuple[Any, ...]
_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)

# Built once: to make these anew would cost as much as to run them.
_PAPERS_OF = select(PAPERS).where(PAPERS.c.id.in_(_IDS))
_SOURCES_OF = (
    select(SOURCES.c.paper_id, SOURCES.c.source)
    .where(SOURCES.c.paper_id.in_(_IDS))
    .order_by(SOURCES.c.paper_id, SOURCES.c.ordinal)
)
_CHUNKS_OF = (
    select(CHUNKS.c.paper_id, CHUNKS.c.kind, CHUNKS.c.ordinal, CHUNKS.c.start, CHUNKS.c.end)
    .where(CHUNKS.c.paper_id.in_(_IDS))
    .order_by(CHUNKS.c.paper_id, CHUNKS.c.position)
)
_HASHES_OF = select(PAPERS.c.id, PAPERS.c.content_hash).where(PAPERS.c.id.in_(_IDS))
_STAMPS = select(
    PAPERS.c.id,
    PAPERS.c.revision,
    select(func.count()).select_from(SOURCES).where(SOURCES.c.paper_id == PAPERS.c.id).scalar_subquery(),
)
_VECTORS_OF = select(VECTORS.c.paper_id, VECTORS.c.data).where(VECTORS.c.paper_id.in_(_IDS))
_TOKENS_OF = select(TOKENS.c.paper_id, TOKENS.c.data).where(TOKENS.c.paper_id.in_(_IDS))

_KINDS = {kind.value: kind for kind in ChunkKind}


class Snapshot:
    """All that can be read, over one open transaction: what it answers belongs together.

    Made by ``Library.snapshot``. For one thread at a time.
    """

    def __init__(self, connection: Connection, damaged: Callable[[str], Exception]) -> None:
        self._connection = connection
        self._damaged = damaged

    @property
    def revision(self) -> int:
        """A number that grows with every change of what is stored."""
        return int(self._connection.execute(select(META.c.revision)).scalar_one())

    @property
    def embedding(self) -> EmbeddingIdentity | None:
        """What the stored vectors were made with; ``None`` until it is bound."""
        row = self._connection.execute(
            select(META.c.embedding_name, META.c.embedding_sha256, META.c.embedding_dim)
        ).one()
        return None if row[0] is None else EmbeddingIdentity(*row)

    @property
    def count(self) -> int:
        """How many papers there are."""
        return int(self._connection.execute(select(func.count()).select_from(PAPERS)).scalar_one())

    @property
    def chunk_count(self) -> int:
        """How many windows and sentences there are."""
        return int(self._connection.execute(select(func.count()).select_from(CHUNKS)).scalar_one())

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """The papers of these ids, in the order asked; an id that is not stored is left out."""
        asked = list(dict.fromkeys(ids))
        found = {paper.id: paper for paper in self._told(list(self._rows(_PAPERS_OF, asked)))}
        return {paper_id: found[paper_id] for paper_id in asked if paper_id in found}

    def dated(self, ids: Iterable[str]) -> dict[str, tuple[Paper, int]]:
        """The stored papers of these ids, each with the library's revision when it was last written."""
        rows = list(self._rows(_PAPERS_OF, ids))
        return {paper.id: (paper, row.revision) for paper, row in zip(self._told(rows), rows, strict=True)}

    def page(self, limit: int, cursor: str | None, q: str) -> PaperPage:
        """Up to ``limit`` papers that hold ``q``, from where the cursor stands; see ``Library.list``."""
        query = select(PAPERS).order_by(PAPERS.c.id).limit(limit + 1)
        if cursor is not None:
            query = query.where(PAPERS.c.id > _decode(cursor))
        if unstorable(q):
            return PaperPage(())
        if wanted := fold(q):
            query = query.join(FOLDED).where(FOLDED.c.text.contains(wanted, autoescape=True))
        rows = self._connection.execute(query).all()
        items = tuple(self._told(rows[:limit]))
        return PaperPage(items, _encode(items[-1].id) if len(rows) > limit else None)

    def page_among(self, ids: Sequence[str], limit: int, cursor: str | None, q: str) -> PaperPage:
        """As ``page``, of the papers of these ids alone, which are sorted; absent ones are left out."""
        if unstorable(q):
            return PaperPage(())
        query = _PAPERS_OF.order_by(PAPERS.c.id)
        if wanted := fold(q):
            query = query.join(FOLDED).where(FOLDED.c.text.contains(wanted, autoescape=True))
        rest = ids[0 if cursor is None else bisect_right(ids, _decode(cursor)) :]
        rows = list(islice(self._rows(query, rest), limit + 1))
        items = tuple(self._told(rows[:limit]))
        return PaperPage(items, _encode(items[-1].id) if len(rows) > limit else None)

    def facets(self, most: int) -> Facets:
        """Years, and the commonest ``most`` sources, authors and categories, with their papers."""
        tally = Tally()
        columns = select(PAPERS.c.year, PAPERS.c.authors, PAPERS.c.categories).order_by(PAPERS.c.id)
        for year, authors, categories in self._connection.execute(columns):
            tally.add(year, authors, categories)
        places = select(SOURCES.c.paper_id, SOURCES.c.source).order_by(SOURCES.c.paper_id)
        stands = self._connection.execute(places)
        for _, rows in groupby(stands, key=itemgetter(0)):
            tally.add_sources(source for _, source in rows)
        return tally.facets(most)

    def titles(self, most: int) -> tuple[str, ...]:
        """The titles of the first papers in the order of their ids."""
        query = select(PAPERS.c.title).order_by(PAPERS.c.id).limit(most)
        return tuple(self._connection.execute(query).scalars())

    def content_hashes(self, ids: Iterable[str]) -> dict[str, str]:
        """The content hash of each of these papers that is stored."""
        return dict(self._rows(_HASHES_OF, ids))

    def stamps(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Every paper, with what tells whether it is stored as it was.

        That is the library's revision when the paper was last written, and how many sources it stands in:
        a source that is new for a stored paper is added without writing the paper.
        """
        for paper_id, revision, sources in self._connection.execute(_STAMPS):
            yield paper_id, (revision, sources)

    def tokens(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The packed token vectors of each of these papers that has them."""
        return dict(self._rows(_TOKENS_OF, ids))

    def iter_stored(self, batch: int = 256, *, tokens: bool = False) -> Iterator[StoredPaper]:
        """Every paper with its chunks and vectors, by id, holding no more than ``batch`` at a time.

        Args:
            batch: papers read at once.
            tokens: whether to read the packed token vectors too.

        Raises:
            LibraryCorrupt: a paper's vectors don't fit its chunks.
        """
        identity = self.embedding
        if identity is None:
            return
        query = select(PAPERS).order_by(PAPERS.c.id).limit(batch)
        rows: Sequence[Row[Any]] = self._connection.execute(query).all()
        while rows:
            yield from self._stored(rows, identity.dim, tokens=tokens)
            rows = self._connection.execute(query.where(PAPERS.c.id > rows[-1].id)).all()

    def stored(self, ids: Sequence[str], batch: int = 256, *, tokens: bool = False) -> Iterator[StoredPaper]:
        """These papers, in the order asked, as ``iter_stored``; an id that is not stored is left out."""
        identity = self.embedding
        if identity is None:
            return
        for start in range(0, len(ids), batch):
            part = ids[start : start + batch]
            rows = {row.id: row for row in self._rows(_PAPERS_OF, part)}
            yield from self._stored([rows[i] for i in part if i in rows], identity.dim, tokens=tokens)

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        """The last ingestions, newest first."""
        rows = self._connection.execute(select(RUNS).order_by(RUNS.c.started.desc(), RUNS.c.id).limit(limit))
        return tuple(_run(row) for row in rows)

    def run(self, run_id: str) -> Run | None:
        """One ingestion, ``None`` where there is none of that id."""
        row = self._connection.execute(select(RUNS).where(RUNS.c.id == run_id)).one_or_none()
        return None if row is None else _run(row)

    def _stored(self, rows: Sequence[Row[Any]], dim: int, *, tokens: bool) -> Iterator[StoredPaper]:
        ids = [row.id for row in rows]
        chunks = self._chunks(ids)
        vectors: dict[str, bytes] = dict(self._rows(_VECTORS_OF, ids))
        packed = self.tokens(ids) if tokens else {}
        for row, paper in zip(rows, self._told(rows), strict=True):
            own = tuple(chunks.get(paper.id, ()))
            yield StoredPaper(
                paper=paper,
                chunks=own,
                vectors=self._array(paper.id, vectors.get(paper.id, b""), len(own), dim),
                content_hash=row.content_hash,
                revision=row.revision,
                tokens=packed.get(paper.id),
            )

    def _array(self, paper_id: str, data: bytes, rows: int, dim: int) -> NDArray[np.float32]:
        if not rows or len(data) != rows * dim * 4:
            raise self._damaged(f"the vectors of paper {paper_id} don't fit its {rows} chunks")
        return np.frombuffer(data, dtype="<f4").reshape(rows, dim)

    def _told(self, rows: Sequence[Row[Any]]) -> list[Paper]:
        """The papers of these rows, with where each stands."""
        sources = self._sources([row.id for row in rows])
        return [
            Paper(
                key,
                title,
                abstract,
                tuple(authors),
                year,
                url,
                tuple(sources.get(key, ())),
                tuple(categories),
            )
            for key, title, abstract, authors, year, url, categories, *_ in map(tuple, rows)
        ]

    def _sources(self, ids: Iterable[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for paper_id, source in self._rows(_SOURCES_OF, ids):
            found[paper_id].append(source)
        return found

    def _chunks(self, ids: Iterable[str]) -> dict[str, list[Chunk]]:
        found: dict[str, list[Chunk]] = defaultdict(list)
        for paper_id, kind, ordinal, start, end in self._rows(_CHUNKS_OF, ids):
            found[paper_id].append(Chunk(paper_id, _KINDS[kind], ordinal, Span(start, end)))
        return found

    def _rows(self, query: Select[*_Columns], ids: Iterable[str]) -> Iterator[Any]:
        for part in _parts(ids):
            yield from self._connection.execute(query, {"ids": part}).all()


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids that could be stored, some hundred at a time: databases bound a query's parameters."""
    usable = (paper_id for paper_id in ids if not unstorable(paper_id))
    while part := list(islice(usable, _IDS_A_QUERY)):
        yield part


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        started=datetime.fromisoformat(row.started),
        ended=None if row.ended is None else datetime.fromisoformat(row.ended),
        state=RunState(row.state),
        added=row.added,
        updated=row.updated,
        unchanged=row.unchanged,
        rejected=row.rejected,
    )


def _encode(paper_id: str) -> str:
    return urlsafe_b64encode(paper_id.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        paper_id = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
    except (UnicodeError, binascii.Error):
        paper_id = "\0"
    if not paper_id or unstorable(paper_id) or _encode(paper_id) != cursor:
        raise InvalidInput(
            "cursor is none of ours: use next_cursor of the page before, or none.", field="cursor"
        )
    return paper_id
