"""A conversation: the turns so far, within what a service takes, and how the next question is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.wire.ask import AskIn, AskOut, TurnIn
from api.wire.fields import FiltersIn
from rag.checks import MAX_TURN, MAX_TURNS
from rag.types import Mode, Role


@dataclass(frozen=True, slots=True)
class Asking:
    """How every question is asked."""

    mode: Mode = "auto"
    top_k: int = 8
    filters: FiltersIn | None = None

    def about(self, question: str, history: list[TurnIn] | None = None) -> AskIn:
        """A question as it is sent. Whoever answers checks its bounds, so they are not checked here."""
        return AskIn.model_construct(
            question=question, history=history, filters=self.filters, top_k=self.top_k, mode=self.mode
        )


@dataclass(slots=True)
class Conversation:
    """A conversation with a service that keeps none: each question goes out with the turns before it.

    Attributes:
        how: mode, depth and filters of every question.
        turns: what was said, oldest first.
        last: the newest whole answer.
    """

    how: Asking
    turns: list[TurnIn] = field(default_factory=list)
    last: AskOut | None = None

    def next(self, question: str) -> AskIn:
        """The next question, as it is sent."""
        return self.how.about(question, list(self.turns) or None)

    def answered(self, question: str, body: AskOut) -> None:
        """Keep a turn that came to its end."""
        self._keep(question, body.answer)
        self.last = body

    def stopped(self, question: str, shown: str) -> None:
        """Keep what was read of a turn that was stopped; one that showed nothing was never there."""
        if shown.strip():
            self._keep(question, shown)

    def forget(self) -> None:
        """Begin anew."""
        self.turns.clear()
        self.last = None

    def _keep(self, question: str, answer: str) -> None:
        said: tuple[tuple[Role, str], ...] = (("user", question), ("assistant", answer))
        self.turns += [TurnIn(role=role, content=text[:MAX_TURN]) for role, text in said]
        del self.turns[:-MAX_TURNS]
