"""Saved answers in memory; passes the same contract as those in a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.errors import NotFound
from rag.saved import Feedback, Saved
from rag.saved.record import decode, encode


class MemoryAnswers:
    """A dictionary of answers, written and read as the database's are; nothing is ever too old."""

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}
        self._feedback: dict[str, list[Feedback]] = {}
        self.closed = False

    def put(self, saved: Saved) -> None:
        """Keep one."""
        self._answers.pop(saved.answer.id, None)
        self._answers[saved.answer.id] = encode(saved)

    def get(self, answer_id: str) -> Saved:
        """One of them."""
        try:
            return decode(self._answers[answer_id])
        except KeyError:
            raise NotFound(f"No answer is kept under the id {answer_id!r}.") from None

    def recent(self, limit: int = 20) -> tuple[Saved, ...]:
        """The last ones, newest first."""
        return tuple(decode(text) for text in reversed(self._answers.values()))[:limit]

    def remove(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Forget some."""
        for answer_id in ids:
            self._feedback.pop(answer_id, None)
        return tuple(answer_id for answer_id in ids if self._answers.pop(answer_id, None) is not None)

    def rate(self, feedback: Feedback) -> None:
        """Keep an opinion."""
        self.get(feedback.answer_id)
        self._feedback.setdefault(feedback.answer_id, []).append(feedback)
        del self._feedback[feedback.answer_id][:-100]

    def rated(self) -> Iterator[tuple[Saved, tuple[Feedback, ...]]]:
        """Answers with opinions."""
        for answer_id, text in self._answers.items():
            if opinions := self._feedback.get(answer_id):
                yield decode(text), tuple(opinions)

    def close(self) -> None:
        """Note it."""
        self.closed = True
