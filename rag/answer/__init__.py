"""From what a search found to a checked answer: condense, weigh, write, verify, refuse."""

from __future__ import annotations

from rag.answer.answerer import Answerer, Looked

__all__ = ["Answerer", "Looked"]
