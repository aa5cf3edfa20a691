"""A second check of what the rules let pass, by a language model; it can only take away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from rag.answer.model.prompts import Message, Prompt, fence_for, load_prompt
from rag.types import Cancelled, never

if TYPE_CHECKING:
    from rag.answer.model.client import ChatModel

_YES = "YES"


class SecondCheck(Protocol):
    """Reads a sentence and the passage it rests on once more."""

    def agrees(self, sentence: str, passage: str, cancelled: Cancelled = never) -> bool:
        """Whether the passage supports the sentence.

        Raises:
            ModelFailed: it could not be asked.
            Stopped: it was cancelled.
        """


class ModelCheck:
    """A chat model as the second check: only a plain YES agrees.

    Args:
        model: held to its bounds.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._prompt = load_prompt("check")

    def agrees(self, sentence: str, passage: str, cancelled: Cancelled = never) -> bool:
        """Whether the model says so; errors as for `SecondCheck`."""
        reply, _ = self._model.complete(check_messages(self._prompt, sentence, passage), cancelled)
        return reply.strip(" .*_\n\"'").upper() == _YES


def check_messages(prompt: Prompt, sentence: str, passage: str, fence: str = "") -> tuple[Message, ...]:
    """The check prompt, both texts fenced by a mark that neither holds."""
    texts = (("passage", passage), ("statement", sentence))
    said = {name: json.dumps({name: text}, ensure_ascii=False) for name, text in texts}
    return prompt.render(fence=fence or fence_for(said.values()), **said)
