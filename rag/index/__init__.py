"""What is searched: immutable generations, derived from the library's stored vectors."""

from __future__ import annotations

from rag.index.generation import Generation
from rag.index.lexical import LexicalOptions
from rag.index.manager import Growth, Indexes
from rag.index.store import EMBEDDED, ChromaServer, Store
from rag.index.upkeep import Upkeep

__all__ = [
    "EMBEDDED",
    "ChromaServer",
    "Generation",
    "Growth",
    "Indexes",
    "LexicalOptions",
    "Store",
    "Upkeep",
]
