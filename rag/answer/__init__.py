"""From what a search found to a checked answer: condense, weigh, write, verify, refuse."""

from __future__ import annotations

from rag.answer.answerer import Answerer
from rag.answer.looked import Looked

__all__ = ["Answerer", "Looked"]
