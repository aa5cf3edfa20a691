"""The tables of saved answers. Portable types only."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

TABLES = MetaData()

ANSWERS = Table(
    "saved_answers",
    TABLES,
    Column("id", String(24), primary_key=True),
    Column("saved_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("format", Integer, nullable=False),
    Column("body", Text, nullable=False),  # see rag.saved.record.encode
    Index("saved_answers_by_time", "saved_at"),
)

# Goes with its answer.
FEEDBACK = Table(
    "saved_feedback",
    TABLES,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("answer_id", String(24), ForeignKey("saved_answers.id", ondelete="CASCADE"), nullable=False),
    Column("rating", String(8), nullable=False),
    Column("citation", Integer),
    Column("comment", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Index("saved_feedback_by_answer", "answer_id"),
)
