"""The tables. Portable types only; a change of shape raises ``SCHEMA_VERSION``.

A paper's vectors lie in one blob, in the order of its chunks: a tenth of the rows of a vector-per-row
table, and read into one array without a copy per row.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 1

TABLES = MetaData()

# Ids sort by code point everywhere: paging and index builds rely on one order.
_ID = String().with_variant(String(collation="C"), "postgresql")


def _paper_id(*, key: bool = True) -> Column[str]:
    return Column("paper_id", _ID, ForeignKey("papers.id", ondelete="CASCADE"), primary_key=key)


META = Table(
    "meta",
    TABLES,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("schema_version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("embedding_name", Text),
    Column("embedding_sha256", Text),
    Column("embedding_dim", Integer),
)

PAPERS = Table(
    "papers",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("year", Integer),
    Column("url", Text, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("revision", Integer, nullable=False),  # the library's, when the paper was last written
)

# What a substring search looks through, apart from the papers: it is read only when one searches.
FOLDED = Table("folded", TABLES, _paper_id(), Column("text", Text, nullable=False))

# Without a row id, the small rows of one paper lie side by side.
SOURCES = Table(
    "sources",
    TABLES,
    _paper_id(),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),  # in order of first sight
    Column("source", Text, nullable=False),
    sqlite_with_rowid=False,
)

CHUNKS = Table(
    "chunks",
    TABLES,
    _paper_id(),
    Column("position", Integer, primary_key=True, autoincrement=False),  # the row in the paper's vectors
    Column("kind", String(16), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Little-endian float32, [chunks, dim], rows in the order of ``chunks.position``.
VECTORS = Table("vectors", TABLES, _paper_id(), Column("data", LargeBinary, nullable=False))

# The embedding model's own packing; absent where it stores none.
TOKENS = Table("tokens", TABLES, _paper_id(), Column("data", LargeBinary, nullable=False))

RUNS = Table(
    "runs",
    TABLES,
    Column("id", String(32), primary_key=True),
    Column("started", String(32), nullable=False),  # ISO 8601, UTC: sorts as text
    Column("ended", String(32)),
    Column("state", String(16), nullable=False),
    Column("added", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
)

# Deleting a paper's row takes these with it; replacing one empties them first.
PARTS = (FOLDED, SOURCES, CHUNKS, VECTORS, TOKENS)
