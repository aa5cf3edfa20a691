"""The way of one question, from the message to the checked answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from rag import watch
from rag.answer.evidence.compose import Composed, compose
from rag.answer.evidence.extract import Choice
from rag.answer.evidence.quote import Quote
from rag.answer.evidence.weigh import Weights
from rag.answer.finder import Finder
from rag.answer.looked import Looked
from rag.answer.question.asked import Asked
from rag.answer.question.condense import Standalone, condense
from rag.answer.question.language import is_english
from rag.answer.question.narrowed import narrowed
from rag.answer.question.plain import manner_of, plain_question
from rag.answer.question.smalltalk import friendly_line
from rag.answer.question.talk import Talk, talked, turned, within_talk
from rag.answer.refuse.confidence import Calibration
from rag.answer.refuse.judge import Judge
from rag.answer.refuse.refusal import Case, refusal_text, refuse
from rag.answer.told_of import ToldOf
from rag.clock import Clock
from rag.errors import InvalidInput, ModelFailed, Overtaken
from rag.events import AskEvents, Retrieval, answer_of, told, told_text
from rag.index.lexical import RARE
from rag.index.words import Words
from rag.library import Library
from rag.retrieve import HybridSearch
from rag.settings import DEFAULT_RISK
from rag.types import Answer, Cancelled, Request, never

if TYPE_CHECKING:
    from rag.answer.write.checked import CheckedWriter

EXTRACTIVE = "extractive"
"""What stands for the model's name where none writes."""


class Answerer:
    """From a question to a checked answer, or a refusal. Any thread may ask.

    Args:
        search: finds the papers.
        library: where quotes are read again before they are sent.
        weights: what evidence is weighed with; the fitted ones where missing.
        calibration: signals to confidence; the fitted one where missing.
        choice: how sentences are chosen.
        risk: the tolerated share of questions without an answer among those answered, were half of all asked
            to have none (0..1); the calibration turns it into a threshold.
        writer: a language model with the verifier behind it; extraction alone where missing.
    """

    def __init__(
        self,
        search: HybridSearch,
        library: Library,
        *,
        weights: Weights | None = None,
        calibration: Calibration | None = None,
        choice: Choice | None = None,
        risk: float = DEFAULT_RISK,
        writer: CheckedWriter | None = None,
    ) -> None:
        self.mode: Literal["extractive", "llm"] = "extractive" if writer is None else "llm"
        self.model = EXTRACTIVE if writer is None else writer.writer.name
        self._writer = writer
        self._search = search
        self._library = library
        calibration = calibration or Calibration.load()
        self._threshold = calibration.threshold(risk)
        self._words = Words()
        judge = Judge(calibration, self._words)
        self._finder = Finder(search, weights or Weights.load(), judge, choice or Choice(), self._words)
        self._told_of = ToldOf(search, self._words)

    def answer(self, request: Request) -> Answer:
        """The answer at the end of ``events``; errors as there."""
        return answer_of(self.events(request))

    def events(self, request: Request, cancelled: Cancelled = never) -> AskEvents:
        """A question from the search to the answer, each piece as soon as it is verified.

        Args:
            request: within bounds; the answer has no id yet.
            cancelled: whether to stop; looked at while a language model is waited for.

        Raises:
            InvalidInput: a language model is asked for and none is configured.
            IndexUnavailable: nothing can be searched.
            Overtaken: the papers changed after the answer had begun.
            Stopped: it was cancelled.
        """
        if request.mode == "llm" and self._writer is None:
            raise InvalidInput(
                "No language model is configured: set OPENAI_API_KEY, or CITEWELL_LLM_BASE_URL and "
                "CITEWELL_LLM_MODEL, or ask for mode extractive.",
                field="mode",
            )
        if line := friendly_line(request.question):
            yield from told(self._friendly(request.question, line))
            return
        looked = self.look(request, cancelled)
        yield Retrieval(looked.found.hits[: request.top_k])
        yield from self.write(looked, cancelled)

    def look(self, request: Request, cancelled: Cancelled = never) -> Looked:
        """Search and weigh, and write nothing yet.

        Raises:
            IndexUnavailable: nothing can be searched.
            Stopped: it was cancelled.
        """
        clock = Clock()
        filters, shelf, words = request.filters, self._search, self._words
        with watch.stage("condense", turns=len(request.history)):
            talk = talked(request.history, filters, shelf, words)
            again = turned(plain_question(request.question), talk, filters, shelf, words)
            standalone = (
                condense(request.question, talk.turns, words)
                if again
                else self._standalone(request, talk, cancelled)
            )
            by_itself = again or narrowed(standalone.alone, filters, shelf, words)
            in_talk = again or within_talk(standalone.carried, talk, filters, shelf, words)
            told_of = None if again else self._told_of.narrowed(standalone, request)
        clock.lap("condense")
        if told_of:
            return self._finder.find(request, standalone, told_of, clock)
        find = partial(self._finder.find, request, standalone, clock=clock)
        points = standalone.needs or by_itself == in_talk
        if points and not standalone.names:
            return find(in_talk)
        alone = find(by_itself)
        if standalone.needs is False:
            return alone
        carried = find(in_talk)
        return carried if self._is_better(carried, alone, points=points) else alone

    def _is_better(self, carried: Looked, alone: Looked, *, points: bool) -> bool:
        """Whether a question that may need its history finds more with it; one that points back, anything."""
        bar = self._threshold if points else max(alone.confidence, self._threshold)
        answers = carried.confidence >= bar or (points and alone.confidence < self._threshold)
        return answers and _continues(alone.asked, carried)

    def _standalone(self, request: Request, talk: Talk, cancelled: Cancelled) -> Standalone:
        """The question in the light of the history, by the language model if there is one, else by rules."""
        question, history = plain_question(request.question), request.history
        by_rules = condense(question, talk.turns, self._words)
        if self._writer is None or request.mode == "extractive" or not history:
            return by_rules
        try:
            return self._writer.writer.condense(question, history, cancelled)
        except ModelFailed as error:
            watch.failed("llm", error)
            return replace(by_rules, degraded=(f"llm: {error}",))

    def write(self, looked: Looked, cancelled: Cancelled = never) -> AskEvents:
        """Text and citations from what was found, and the answer; errors as for ``events``."""
        with watch.stage("verify"):
            quotes = self._standing(looked.quotes) if looked.confidence >= self._threshold else ()
        looked.clock.lap("verify")
        by_model = looked.request.mode != "extractive" and not looked.within.alone
        if quotes and self._writer is not None and by_model:
            try:
                with watch.stage("write", mode="llm"):
                    yield from self._by_model(looked, self._writer, cancelled)
                return
            except ModelFailed as error:  # none after the first word was given away
                watch.failed("llm", error)
                looked = replace(looked, degraded=(*looked.degraded, f"llm: {error}"))
        with watch.stage("write", mode="extractive"):
            answer = self._extracted(looked, quotes) if quotes else self._refusal(looked)
        yield from told_text(answer)
        yield answer

    def _extracted(self, looked: Looked, quotes: Sequence[Quote]) -> Answer:
        composed = compose(quotes)
        looked.clock.lap("write")
        return self._done(looked, composed)

    def _by_model(self, looked: Looked, writer: CheckedWriter, cancelled: Cancelled) -> AskEvents:
        """The answer that the language model writes, or its word that there is none."""
        request = looked.request
        searched = request.history or is_english(request.question)  # else a model reads what that leaves out
        said = looked.within.question or looked.within.text  # nothing put in that papers say
        asked = said if searched else request.question
        question = f"{asked} {manner_of(request.question)}".rstrip()
        written = yield from writer.write(question, looked.found, request.top_k, cancelled)
        looked.clock.lap("write")
        if written.composed.citations:
            self._check_still_standing(written.composed)
            answer = self._done(looked, written.composed)
        else:
            answer = self._refusal(looked)
            yield from told_text(answer)
        yield replace(
            answer,
            mode="llm",
            model=self.model,
            usage=answer.usage + written.usage,
            prompts=(*answer.prompts, written.prompt),
            degraded=(*answer.degraded, *written.notes),
        )

    def _check_still_standing(self, composed: Composed) -> None:
        quotes = [Quote(cited.paper, cited.span) for cited in composed.citations]
        quotes += [Quote(c.paper, c.span) for s in composed.sentences for c in s.contradicted_by]
        if len(self._standing(quotes)) < len(quotes):
            raise Overtaken("A cited paper was removed or changed while the answer was written; ask again.")

    def _standing(self, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
        """The quotes whose paper still stands in the library with the very same words."""
        stored = self._library.papers({quote.paper.id for quote in quotes})
        return tuple(
            quote
            for quote in quotes
            if (paper := stored.get(quote.paper.id)) is not None
            and quote.span.of(paper.abstract) == quote.text
            and paper.abstract == quote.paper.abstract
        )

    def _done(self, looked: Looked, composed: Composed) -> Answer:
        return replace(
            self._blank(looked),
            status="answered",
            answer=composed.text,
            sentences=composed.sentences,
            citations=composed.citations,
        )

    def _refusal(self, looked: Looked) -> Answer:
        english = is_english(looked.request.question)
        case = Case(looked.asked, looked.found, looked.weighed, looked.through, looked.within, english)
        refusal = refuse(case, self._words)
        looked.clock.lap("write")
        return replace(self._blank(looked), answer=refusal_text(refusal), refusal=refusal)

    def _blank(self, looked: Looked) -> Answer:
        """An answer that says nothing yet."""
        found = looked.found
        return Answer(
            id="",
            status="insufficient_evidence",
            confidence=looked.confidence,
            question=looked.request.question,
            standalone_question=looked.question,
            answer="",
            sentences=(),
            citations=(),
            retrieved=found.hits[: looked.request.top_k],
            refusal=None,
            mode="extractive",
            model=EXTRACTIVE,
            index=found.info,
            degraded=(*looked.standalone.degraded, *looked.degraded, *found.degraded),
            usage=looked.standalone.usage,
            prompts=looked.standalone.prompts,
            timings_ms=looked.clock.all(),
        )

    def _friendly(self, question: str, line: str) -> Answer:
        return Answer(
            id="",
            status="answered",
            confidence=1.0,
            question=question,
            standalone_question=question,
            answer=line.replace("{papers}", f"{self._library.count:,}"),
            sentences=(),
            citations=(),
            retrieved=(),
            refusal=None,
            mode="extractive",
            model=EXTRACTIVE,
            index=self._search.info,
            timings_ms={"total": 0.0},
        )


def _continues(alone: Asked, carried: Looked) -> bool:
    """Whether what was found for a question with its history is about what the question itself names.

    Words that many papers have ("data set", "results") go with any subject; rare ones are a subject.
    """
    own = frozenset(term for term, rare in alone.weights.items() if rare > RARE)
    cited = {quote.paper.id for quote in carried.quotes}
    held = frozenset[str]().union(
        *(paper.reading.all_terms for paper in carried.weighed if paper.reading.paper.id in cited)
    )
    return alone.lacking(held, own) < 0.5
