"""Papers read and weighed, made by hand, and what is true of every answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rag.answer.evidence.quote import Quote
from rag.answer.evidence.reading import Reading
from rag.answer.evidence.sentence_signals import SIGNALS, numbers_in
from rag.answer.evidence.weigh import Weighed
from rag.answer.linear import Linear
from rag.answer.question.asked import Asked, read_question
from rag.answer.refuse.confidence import GATES, Calibration
from rag.answer.refuse.detail_signals import detail_signals
from rag.answer.text.people import with_anyone
from rag.corpus import sentence_spans
from rag.index.words import Words
from rag.types import Answer, Hit, Paper, Span, StageScore

WORDS = Words()


def even(_term: str) -> float:
    """Every term is as rare as any other."""
    return 1.0


def ask(text: str, idf: Callable[[str], float] = even) -> Asked:
    return read_question(text, WORDS, idf)


def weighed(paper: Paper, sentences: Sequence[float], share: float) -> Weighed:
    """A paper whose sentences have these probabilities."""
    spans = sentence_spans(paper.abstract)
    terms = tuple(with_anyone(frozenset(WORDS.terms(span.of(paper.abstract))), WORDS) for span in spans)
    reading = Reading(
        hit=Hit(paper, share, Span(0, 0), {"dense": StageScore(1, 0.5)}),
        spans=spans,
        terms=terms,
        title=frozenset(WORDS.terms(paper.title)),
        signals=np.zeros((len(spans), len(SIGNALS))),
        nearest=np.array([0.5], np.float32),
        word=np.zeros(0, np.intp),
        numbers=tuple(False for _ in spans),
    )
    return Weighed(reading, np.array(sentences, dtype=np.float64), share)


SPARSE = Paper(
    "p",
    "Sparse attention",
    "It reaches 76.5% accuracy on CIFAR-10, an optimal step for its size. The learning rate falls slowly.",
)


def lacking(question: str, quoted: int = 0, paper: Paper = SPARSE) -> dict[str, float]:
    """What a paper, of which one sentence is quoted, leaves open of a question."""
    asked = ask(question)
    reading = weighed(paper, [], 1.0).reading
    texts = [span.of(paper.abstract) for span in reading.spans]
    reading = replace(reading, numbers=numbers_in(asked, texts))
    return detail_signals(asked, [reading], [Quote(paper, reading.spans[quoted])], WORDS)


def calibration(weight: float = 20.0, bar: float = 0.5) -> Calibration:
    """Answers where more than half of the question's words stand in the cited papers."""
    gates = {name: Linear({}, 30.0) for name in GATES}
    gates["found"] = Linear({"covered": weight}, -weight / 2)
    return Calibration(gates, slope=1.0, offset=0.0, thresholds=((0.1, bar),))


def checked(answer: Answer) -> Answer:
    """What is true of every answer."""
    numbers = {citation.number for citation in answer.citations}
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    for sentence in answer.sentences:
        assert sentence.span.of(answer.answer) == sentence.text
        assert sentence.supported
        assert set(sentence.citations) <= numbers
        assert sentence.citations
    for citation in answer.citations:
        assert citation.verified
        assert citation.span.of(citation.paper.abstract) == citation.quote
        assert f"[{citation.number}]" in answer.answer
    assert (answer.status == "insufficient_evidence") == (answer.refusal is not None)
    assert not (answer.refusal and answer.citations)
    return answer
