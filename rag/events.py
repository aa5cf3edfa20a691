"""A question on its way, as events; a finished answer told as events; the answer at the end of any events."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.types import Answer, Citation, Hit


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for a question, ranked, before anything is written."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """Text of an answer that comes next, verified; no later event takes it back."""

    text: str


AskEvent = Retrieval | Citation | Delta | Answer
"""A question on its way: one Retrieval; Citations and Deltas, a citation before the text that first points to
it; the Answer, whose text is all Deltas joined and whose citations are those that came."""

AskEvents = Generator[AskEvent, None, None]
"""They come as they are asked for; closing the generator ends the work."""


CUT_SHORT = "llm: the reply was cut at the most tokens allowed"
"""What ``Answer.degraded`` holds where the model was stopped in the middle; its whole sentences are kept."""


def told(answer: Answer) -> AskEvents:
    """A finished answer from its first event to its last."""
    yield Retrieval(answer.retrieved)
    yield from told_text(answer)
    yield answer


def told_text(answer: Answer) -> Iterator[Citation | Delta]:
    """The answer's text cut at its sentences, a citation just before the text that first points to it."""
    cuts = sorted({0, *(sentence.span.start for sentence in answer.sentences), len(answer.answer)})
    pointed = {sentence.span.start: sentence.citations for sentence in answer.sentences}
    unseen = {citation.number: citation for citation in answer.citations}
    for start, end in pairwise(cuts):
        for number in pointed.get(start, ()):
            if number in unseen:
                yield unseen.pop(number)
        yield Delta(answer.answer[start:end])


def answer_of(events: Iterable[AskEvent]) -> Answer:
    """The answer that events end with; all of them are waited for."""
    *_, last = events
    assert isinstance(last, Answer)  # noqa: S101  # what every producer of events promises
    return last
