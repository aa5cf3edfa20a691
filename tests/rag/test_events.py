from __future__ import annotations

from dataclasses import replace

import pytest

from rag.events import Delta, Retrieval, answer_of, told, told_text
from rag.types import Answer, Citation, Sentence, Span
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

QUESTIONS = ("How is attention made sparse, and what does parsing need?", "Who won the world cup?")


def answer_to(question: str) -> Answer:
    return WholeService(PAPERS).ask(question)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_told_answer_is_the_answer(question: str) -> None:
    answer = answer_to(question)
    first, *middle, last = told(answer)
    assert first == Retrieval(answer.retrieved)
    assert last == answer
    assert "".join(event.text for event in middle if isinstance(event, Delta)) == answer.answer
    assert tuple(event for event in middle if isinstance(event, Citation)) == answer.citations
    assert answer_of(told(answer)) == answer


def test_text_between_sentences_is_told_too() -> None:
    answer = answer_to(QUESTIONS[0])
    text = answer.sentences[0].text
    shifted = replace(
        answer,
        answer=f"So: {text} End.",
        sentences=(Sentence(text, Span(4, 4 + len(text)), (1,), True, 1.0),),
    )
    pieces = list(told_text(shifted))
    assert pieces == [Delta("So: "), answer.citations[0], Delta(f"{text} End.")]
