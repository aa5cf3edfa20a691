"""From a question to ranked papers."""

from __future__ import annotations

from rag.retrieve.hybrid import HybridSearch
from rag.retrieve.llama_retriever import CitewellRetriever
from rag.retrieve.mix import Mix
from rag.retrieve.rerank import Reranker
from rag.retrieve.retrieved import Evidence, Retrieved

__all__ = ["CitewellRetriever", "Evidence", "HybridSearch", "Mix", "Reranker", "Retrieved"]
