"""Writing: every function changes the library inside the transaction it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from rag.library.records import Entry, Run, RunState, content_hash, folded
from rag.library.schema import CHUNKS, FOLDED, META, PAPERS, PARTS, RUNS, SOURCES, TOKENS, VECTORS
from rag.types import EmbeddingIdentity

_IDS_A_QUERY = 500


def next_revision(connection: Connection) -> int:
    """Count one change; on a database with several writers this is also where they queue."""
    connection.execute(update(META).values(revision=META.c.revision + 1))
    return int(connection.execute(select(META.c.revision)).scalar_one())


def put(connection: Connection, entries: Sequence[Entry], sources: Mapping[str, Sequence[str]]) -> None:
    """Store papers in place of what their ids held; ``sources`` is all that each stands in."""
    revision = next_revision(connection)
    ids = [entry.paper.id for entry in entries]
    drop(connection, ids)
    rows = _rows(entries, sources, revision)
    for table in (PAPERS, *PARTS):
        if rows[table.name]:
            connection.execute(insert(table), rows[table.name])


def _rows(
    entries: Sequence[Entry], sources: Mapping[str, Sequence[str]], revision: int
) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in (PAPERS, *PARTS)}
    for entry in entries:
        paper = entry.paper
        key = {"paper_id": paper.id}
        rows[PAPERS.name].append(
            {
                "id": paper.id,
                "title": paper.title,
                "abstract": paper.abstract,
                "authors": paper.authors,
                "year": paper.year,
                "url": paper.url,
                "categories": paper.categories,
                "content_hash": content_hash(paper),
                "revision": revision,
            }
        )
        rows[FOLDED.name].append(key | {"text": folded(paper)})
        rows[VECTORS.name].append(
            key | {"data": entry.vectors.astype("<f4", order="C", copy=False).tobytes()}
        )
        rows[SOURCES.name] += [
            key | {"ordinal": ordinal, "source": source} for ordinal, source in enumerate(sources[paper.id])
        ]
        rows[CHUNKS.name] += [
            key
            | {
                "position": position,
                "kind": chunk.kind.value,
                "ordinal": chunk.ordinal,
                "start": chunk.span.start,
                "end": chunk.span.end,
            }
            for position, chunk in enumerate(entry.chunks)
        ]
        if entry.tokens is not None:
            rows[TOKENS.name].append(key | {"data": entry.tokens})
    return rows


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Delete papers with all that belongs to them."""
    for start in range(0, len(ids), _IDS_A_QUERY):
        connection.execute(delete(PAPERS).where(PAPERS.c.id.in_(ids[start : start + _IDS_A_QUERY])))


def put_sources(connection: Connection, sources: Mapping[str, Sequence[str]]) -> None:
    """Set where stored papers stand."""
    next_revision(connection)
    for paper_id, names in sources.items():
        connection.execute(delete(SOURCES).where(SOURCES.c.paper_id == paper_id))
        rows = [{"paper_id": paper_id, "ordinal": n, "source": name} for n, name in enumerate(names)]
        connection.execute(insert(SOURCES), rows)


def put_embedding(connection: Connection, identity: EmbeddingIdentity) -> None:
    """Note what the vectors are made with."""
    connection.execute(
        update(META).values(
            embedding_name=identity.name, embedding_sha256=identity.sha256, embedding_dim=identity.dim
        )
    )


def put_run(connection: Connection, run: Run) -> None:
    """Note how an ingestion stands."""
    row = {
        "started": _stamp(run.started),
        "ended": None if run.ended is None else _stamp(run.ended),
        "state": run.state.value,
        "added": run.added,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "rejected": run.rejected,
    }
    if connection.execute(update(RUNS).where(RUNS.c.id == run.id).values(row)).rowcount == 0:
        connection.execute(insert(RUNS).values(row | {"id": run.id}))


def end_dead_runs(connection: Connection) -> None:
    """Note that the ingestions still marked as running died: who calls this has the turn, and runs none."""
    connection.execute(
        update(RUNS)
        .where(RUNS.c.state == RunState.RUNNING.value)
        .values(state=RunState.INTERRUPTED.value, ended=_stamp(datetime.now(UTC)))
    )


def merged(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Both, in order of first sight."""
    return tuple(dict.fromkeys((*known, *more)))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
