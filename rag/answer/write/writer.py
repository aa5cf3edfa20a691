"""The writer with a language model: papers in, a draft out as it streams, for the verifier to check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer.model.client import ChatModel, Ended, Reply
from rag.answer.model.prompts import Message, Prompt, fence_for, load_prompt, papers_as_data
from rag.answer.question.condense import Standalone, within_budget
from rag.answer.write.budget import PER_MESSAGE, estimate_tokens, fit_papers
from rag.errors import ModelFailed
from rag.retrieve import Retrieved
from rag.types import Cancelled, Paper, Turn, Usage, never

NO_ANSWER = "NO ANSWER"
"""What the model writes when the papers don't answer."""
_LONGEST_QUESTION = 600  # characters of a rewritten question; more is an answer or a ramble
_HISTORY_TOKENS = 1500


@dataclass(frozen=True, slots=True)
class Room:
    """Tokens that a model has: for all it reads and writes, and for what it writes."""

    context: int = 8192
    reply: int = 600


class Draft:
    """A draft as it is written: iterate for its text; ``papers`` are what ``[1]``, ``[2]``… name.

    Iterating raises ModelFailed or ModelTimeout.
    """

    def __init__(self, reply: Reply, papers: tuple[Paper, ...], prompt: str) -> None:
        self.papers = papers
        self.prompt = prompt
        self._reply = reply

    @property
    def ended(self) -> Ended | None:
        """How it ended, once it has."""
        return self._reply.ended

    @property
    def usage(self) -> Usage:
        """Tokens, once it has ended."""
        return self._reply.ended.usage if self._reply.ended else Usage()

    def __iter__(self) -> Iterator[str]:
        return iter(self._reply)

    def close(self) -> None:
        """Ends the call to the model."""
        self._reply.close()


class LlmWriter:
    """Writes drafts and rewrites questions with a chat model.

    Args:
        model: held to its bounds.
        room: of its context.
    """

    def __init__(self, model: ChatModel, room: Room | None = None) -> None:
        self._model = model
        self._room = room or Room()
        self._answer = load_prompt("answer")
        self._condense = load_prompt("condense")

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def write(
        self, question: str, retrieved: Retrieved | Sequence[Paper], cancelled: Cancelled = never
    ) -> Draft:
        """A draft of the answer, with ``[n]`` markers that name ``Draft.papers`` from 1.

        Papers that don't fit are left out from the end, the last one that does perhaps shortened.

        Args:
            question: able to stand alone.
            retrieved: papers, best first.
            cancelled: whether to stop.

        Raises:
            ModelFailed: not one paper fits, or no turn was free in time.
            Stopped: it was cancelled before a turn was free.
        """
        papers = (
            [hit.paper for hit in retrieved.hits] if isinstance(retrieved, Retrieved) else list(retrieved)
        )
        shown = self.shown(question, papers)
        if not shown:
            raise ModelFailed(
                "No paper fits into the language model's context: raise CITEWELL_LLM_CONTEXT_TOKENS.",
                kind="too_long",
            )
        reply = self._model.stream(answer_messages(self._answer, question, shown), cancelled)
        whole = {paper.id: paper for paper in papers}
        return Draft(reply, tuple(whole[paper.id] for paper in shown), self._answer.label)

    def shown(self, question: str, papers: Sequence[Paper]) -> tuple[Paper, ...]:
        """The papers that fit, best first, the last one perhaps shortened."""

        def count(some: Sequence[Paper]) -> int:
            return tokens_of(answer_messages(self._answer, question, some))

        return fit_papers(papers, self._room.context - self._room.reply, count)

    def condense(self, question: str, history: Sequence[Turn], cancelled: Cancelled = never) -> Standalone:
        """The question made to stand alone.

        Raises:
            ModelFailed: the model failed, or wrote something else than a question.
            Stopped: it was cancelled.
        """
        turns = within_budget(history, min(_HISTORY_TOKENS, self._room.context // 2), estimate_tokens)
        if not turns:
            return Standalone(question, question, True)
        text, usage = self._model.complete(condense_messages(self._condense, question, turns), cancelled)
        rewritten = " ".join(text.strip().strip('"“”').split())
        if not _is_question_of(rewritten, question, turns):
            raise ModelFailed(
                f"The language model {self.name} wrote no question where one was asked for.", kind="bad_reply"
            )
        return Standalone(rewritten, rewritten, True, usage, (self._condense.label,))


def answer_messages(
    prompt: Prompt, question: str, papers: Sequence[Paper], fence: str = ""
) -> tuple[Message, ...]:
    """The answer prompt, papers fenced by a mark that none of them holds."""
    data = papers_as_data(papers)
    return prompt.render(
        question=_one_line(question), papers=data, fence=fence or fence_for([data, question])
    )


def condense_messages(
    prompt: Prompt, question: str, turns: Sequence[Turn], fence: str = ""
) -> tuple[Message, ...]:
    """The condense prompt, the conversation fenced in the same way."""
    lines = "\n".join(json.dumps({"role": t.role, "said": t.content}, ensure_ascii=False) for t in turns)
    return prompt.render(
        history=lines, question=_one_line(question), fence=fence or fence_for([lines, question])
    )


def tokens_of(messages: Sequence[Message]) -> int:
    """Tokens of messages, on the safe side."""
    return sum(estimate_tokens(message.content) + PER_MESSAGE for message in messages)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_question_of(text: str, question: str, turns: Sequence[Turn]) -> bool:
    """Whether a rewritten question has its length and its words from the conversation."""
    said = set(re.findall(r"\w{3,}", " ".join([question, *(turn.content for turn in turns)]).casefold()))
    words = re.findall(r"\w{3,}", text.casefold())
    known = sum(word in said for word in words)
    return 0 < len(text) <= _LONGEST_QUESTION and known >= len(words) / 2
