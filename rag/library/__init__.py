"""The system of record: what is stored, and nothing that can be derived from it."""

from __future__ import annotations

from rag.library.library import Library
from rag.library.lock import DataDirLock
from rag.library.records import Entry, Run, RunState, StoredPaper, check_storable, content_hash
from rag.library.snapshot import Snapshot

__all__ = [
    "DataDirLock",
    "Entry",
    "Library",
    "Run",
    "RunState",
    "Snapshot",
    "StoredPaper",
    "check_storable",
    "content_hash",
]
