"""What is searched: immutable generations, derived from the library's stored vectors."""

from __future__ import annotations

from rag.index.generation import Generation
from rag.index.lexical import LexicalOptions
from rag.index.manager import Growth, Indexes

__all__ = ["Generation", "Growth", "Indexes", "LexicalOptions"]
