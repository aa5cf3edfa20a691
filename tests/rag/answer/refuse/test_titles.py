from __future__ import annotations

import pytest

from rag.answer.refuse.titles import titles_missing
from rag.types import Paper

STORED = (
    Paper("a", "Linear attention is (maybe) all you need", "Text."),
    Paper("b", "Neural Spline Flows: A study", "Text."),
)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ('Do you have the paper "Attention Is All You Need"?', ("Attention Is All You Need",)),
        ("Explain the article titled “Deep Residual Learning.” to me", ("Deep Residual Learning",)),
        ("Is there a study called «Sleep and Memory»?", ("Sleep and Memory",)),
        ("Summarize the paper “neural spline flows”", ()),
        ("Does the paper “Neural Spline Flows: a study” use splines?", ()),
        ('papers on "attention is all you need"', ()),
        ('What does "residual learning" mean?', ()),
        ('the paper "ResNet"', ()),
    ],
)
def test_a_title_that_a_question_gives_a_paper_must_be_stored(
    question: str, missing: tuple[str, ...]
) -> None:
    assert titles_missing(question, STORED) == missing
