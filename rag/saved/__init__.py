"""Answers that were given, each with its receipt, and what was thought of them."""

from __future__ import annotations

from rag.saved.keeper import AnswerStore, Keeper
from rag.saved.record import Feedback, Provenance, Rating, Saved
from rag.saved.replay import Replay, replay
from rag.saved.store import Retention, SavedAnswers

__all__ = [
    "AnswerStore",
    "Feedback",
    "Keeper",
    "Provenance",
    "Rating",
    "Replay",
    "Retention",
    "Saved",
    "SavedAnswers",
    "replay",
]
