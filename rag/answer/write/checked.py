"""A language model's draft made an answer: every sentence checked as it comes, the unsupported left out."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from rag import watch
from rag.answer.evidence.compose import Composed
from rag.answer.verify import AnswerChecker, Checked, Page, Verifier
from rag.answer.write.writer import NO_ANSWER, Draft, LlmWriter
from rag.errors import ModelFailed
from rag.events import CUT_SHORT, Delta
from rag.retrieve import Retrieved
from rag.types import Cancelled, Citation, Usage, never

Writing = Generator[Citation | Delta, None, "Written"]
"""What may be sent, as it comes; at the end the whole."""


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
        self.verifier = verifier

    def write(self, question: str, found: Retrieved, top_k: int, cancelled: Cancelled = never) -> Writing:
        """The answer that the model gives from the best ``top_k`` papers, each sentence once it is verified.

        Nothing is given before the first sentence that has a citation: until then the answer may still turn
        out a refusal. After it, what was given stays: a model that fails then leaves the sentences that it
        had written, with a note.

        Args:
            question: able to stand alone.
            found: what the search gave.
            top_k: papers that may be cited.
            cancelled: whether to stop.

        Raises:
            ModelFailed: the model failed, or nothing that it wrote can be supported.
            ModelTimeout: it took too long.
            Stopped: it was cancelled.
        """
        draft = self.writer.write(question, [hit.paper for hit in found.hits[:top_k]], cancelled)
        try:
            return (yield from self._checked(draft, found, cancelled))
        finally:
            draft.close()

    def _checked(self, draft: Draft, found: Retrieved, cancelled: Cancelled) -> Writing:
        checker = AnswerChecker(self.verifier.prepare(draft.papers, found.idf, cancelled))
        page, opening, note = _Release(), _Opening(), ""
        try:
            for portion in draft:
                for sentence in checker.feed(opening.feed(portion)):
                    yield from page.add(sentence)
            if draft.ended is not None and draft.ended.reason == "length":
                note = CUT_SHORT
            else:  # a sentence cut off is no sentence
                for sentence in (*checker.feed(opening.rest), *checker.finish()):
                    yield from page.add(sentence)
        except ModelFailed as error:
            if not page.begun:
                raise
            watch.failed("llm", error)
            note = f"llm: {error} What it had written by then was verified, and stands"
        composed = page.composed()
        if composed.citations:
            return Written(composed, draft.usage, draft.prompt, _notes(checker.dropped, note))
        if opening.refuses:
            return Written(composed, draft.usage, draft.prompt)
        raise ModelFailed("the language model wrote nothing that the papers support", kind="unsupported")


class _Opening:
    """The first words of a draft, held back until they tell whether it says that there is no answer.

    Attributes:
        refuses: whether it says so; nothing of it is given on then.
        rest: what is still held back.
    """

    def __init__(self) -> None:
        self.rest = ""
        self.refuses = False
        self._open = True

    def feed(self, text: str) -> str:
        """What of the draft may be read on."""
        if self.refuses:
            return ""
        if not self._open:
            return text
        self.rest += text
        words = self.rest.lstrip(" .*_#\"'`\n")
        self.refuses = words.startswith(NO_ANSWER)
        self._open = NO_ANSWER.startswith(words[: len(NO_ANSWER)])
        if self._open and not self.refuses:
            return ""
        given, self.rest = self.rest, ""
        return "" if self.refuses else given


class _Release:
    """An answer that grows, and gives its text away from the first citation on."""

    def __init__(self) -> None:
        self._page = Page()
        self._held = ""
        self.begun = False

    def add(self, sentence: Checked) -> Iterator[Citation | Delta]:
        text, fresh = self._page.add(sentence)
        self._held += text
        self.begun = self.begun or bool(fresh)
        if self.begun:
            yield from fresh
            yield Delta(self._held)
            self._held = ""

    def composed(self) -> Composed:
        return self._page.composed()


def _notes(dropped: int, note: str) -> tuple[str, ...]:
    left_out = f"llm: {dropped} unsupported sentences left out" if dropped else ""
    return tuple(each for each in (note, left_out) if each)
