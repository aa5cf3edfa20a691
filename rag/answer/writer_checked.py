"""A language model's draft made an answer: every sentence checked as it comes, the unsupported left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.answer.compose import Composed
from rag.answer.verify import AnswerChecker, Checked, Page, Verifier
from rag.answer.writer import NO_ANSWER, Draft, LlmWriter
from rag.errors import ModelFailed
from rag.retrieve import Retrieved
from rag.types import Usage


@dataclass(frozen=True, slots=True)
class Written:
    """A checked answer.

    Attributes:
        composed: its text, sentences and citations; empty where the model found no answer in the papers.
        usage: tokens.
        prompt: which prompt was used, as ``answer@1:0f3a5c2b``.
        notes: what went wrong on the way and was worked around.
    """

    composed: Composed
    usage: Usage
    prompt: str
    notes: tuple[str, ...] = ()


class CheckedWriter:
    """A language model with the verifier behind it.

    Args:
        writer: drafts.
        verifier: checks.
    """

    def __init__(self, writer: LlmWriter, verifier: Verifier) -> None:
        self.writer = writer
        self._verifier = verifier

    def write(
        self, question: str, found: Retrieved, top_k: int, on_text: Callable[[str], None] | None = None
    ) -> Written:
        """The answer that the model gives from the best ``top_k`` papers.

        Args:
            question: able to stand alone.
            found: what the search gave.
            top_k: papers that may be cited.
            on_text: is given each verified sentence, with its markers, as soon as it is.

        Raises:
            ModelFailed: the model failed, or nothing that it wrote can be supported.
            ModelTimeout: it took too long.
        """
        draft = self.writer.write(question, [hit.paper for hit in found.hits[:top_k]])
        try:
            return self._checked(draft, found, on_text or _ignore)
        finally:
            draft.close()

    def _checked(self, draft: Draft, found: Retrieved, on_text: Callable[[str], None]) -> Written:
        checker = AnswerChecker(self._verifier.prepare(draft.papers, found.idf))
        page, heard = Page(), ""

        def take(sentence: Checked) -> None:
            on_text(page.add(sentence)[0])

        for portion in draft:
            heard = (heard + portion)[: len(NO_ANSWER) + 4]
            for sentence in checker.feed(portion):
                take(sentence)
        cut = draft.ended is not None and draft.ended.reason == "length"
        for sentence in () if cut else checker.finish():  # a sentence cut off is no sentence
            take(sentence)
        composed = page.composed()
        if composed.citations:
            return Written(composed, draft.usage, draft.prompt, _notes(checker.dropped, cut))
        if heard.strip(" .*_\n").upper().startswith(NO_ANSWER):
            return Written(composed, draft.usage, draft.prompt)
        raise ModelFailed("the language model wrote nothing that the papers support")


def _notes(dropped: int, cut: bool) -> tuple[str, ...]:
    notes = ["llm: the reply was cut at the most tokens allowed"] if cut else []
    return (*notes, *([f"llm: {dropped} unsupported sentences left out"] if dropped else []))


def _ignore(_text: str) -> None:
    return
