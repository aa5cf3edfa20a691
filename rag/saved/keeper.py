"""Keeps what was answered. It never makes an answer fail."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from rag.errors import CitewellError, InvalidInput, NotFound
from rag.saved.record import Feedback, Provenance, Saved, answer_id
from rag.saved.replay import Ask, Replay, replay
from rag.types import Answer, Request

_log = logging.getLogger(__name__)

NOT_KEPT = "saving: this answer was not kept"
"""What ``degraded`` says where the store failed; the log says why."""


class AnswerStore(Protocol):
    """Where answers are kept. ``SavedAnswers`` is one; its docstrings say what each method does."""

    def put(self, saved: Saved) -> None: ...  # noqa: D102  # as the class says

    def get(self, answer_id: str) -> Saved: ...  # noqa: D102

    def recent(self, limit: int = 20) -> tuple[Saved, ...]: ...  # noqa: D102

    def remove(self, ids: Sequence[str]) -> tuple[str, ...]: ...  # noqa: D102

    def rate(self, feedback: Feedback) -> None: ...  # noqa: D102

    def rated(self) -> Iterator[tuple[Saved, tuple[Feedback, ...]]]: ...  # noqa: D102

    def close(self) -> None: ...  # noqa: D102


class Keeper:
    """Gives answers their ids and keeps them with their receipts.

    Args:
        made_by: what answers.
        store: where to; ``None`` where nothing is kept.
    """

    def __init__(self, made_by: Provenance, store: AnswerStore | None = None) -> None:
        self._made_by = made_by
        self._store = store

    def keep(self, request: Request, answer: Answer) -> Answer:
        """The answer as it goes out: with its id, and kept under it; ``degraded`` says where it was not."""
        answer = replace(answer, id=answer_id(request, answer, self._made_by))
        if self._store is None:
            return answer
        try:
            self._store.put(Saved(answer, request, self._made_by, datetime.now(UTC)))
        except Exception as error:  # noqa: BLE001  # whatever it is, the answer goes out
            known = isinstance(error, CitewellError)  # what any other says may quote the question
            _log.warning("An answer was not kept: %s", error if known else type(error).__name__)
            return replace(answer, degraded=(*answer.degraded, NOT_KEPT))
        return answer

    def get(self, answer_id: str) -> Saved:
        """A kept answer.

        Raises:
            NotFound: it is not kept, or nothing is.
            SavedUnavailable: the store failed.
        """
        return self._standing().get(answer_id)

    def rate(self, feedback: Feedback) -> None:
        """Keep what someone thought of a kept answer.

        Raises:
            NotFound: the answer is not kept, or nothing is.
            InvalidInput: it has no citation of this number.
            SavedUnavailable: the store failed.
        """
        store = self._standing()
        numbers = [citation.number for citation in store.get(feedback.answer_id).answer.citations]
        if feedback.citation is not None and feedback.citation not in numbers:
            there = f"its citations are {', '.join(map(str, numbers))}" if numbers else "it has none"
            raise InvalidInput(f"The answer has no citation {feedback.citation}: {there}.", field="citation")
        store.rate(feedback)

    def replay(self, answer_id: str, ask: Ask) -> Replay:
        """Ask a kept question again and compare; errors as for ``get``, and what asking raises."""
        return replay(self.get(answer_id), ask, self._made_by)

    def close(self) -> None:
        """Give the store back."""
        if self._store is not None:
            self._store.close()

    def _standing(self) -> AnswerStore:
        if self._store is None:
            raise NotFound(
                "Answers are not kept here: CITEWELL_KEEP_ANSWERS or CITEWELL_KEEP_ANSWERS_DAYS is 0."
            )
        return self._store
