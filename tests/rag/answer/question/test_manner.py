from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.question.manner import parted, sentences_wanted


@pytest.mark.parametrize(
    ("message", "asked", "manner"),
    [
        (["How does X work?", "Keep it short."], ["How does X work?"], ["Keep it short."]),
        (["Explain X in two sentences please."], ["Explain X."], ["in two sentences please"]),
        (["Answer in one sentence: what is X?"], ["what is X?"], ["Answer in one sentence"]),
        (["What is X?", "Explain like I'm five."], ["What is X?"], ["like I'm five"]),
        (["In detail, how does X work?"], ["how does X work?"], ["In detail,"]),
        (["What is X?", "Let’s think step by step."], ["What is X?"], ["Let’s think step by step."]),
        (["What is X?", "Which sources cite it?"], ["What is X?", "Which sources cite it?"], []),
        (["Which words are hard in two languages?"], ["Which words are hard in two languages?"], []),
        (["How are pronouns found in a sentence?"], ["How are pronouns found in a sentence?"], []),
        (["Short papers: which exist?"], ["which exist?"], ["Short papers"]),
    ],
)
def test_what_is_said_of_the_answer_is_no_part_of_what_is_asked(
    message: list[str], asked: list[str], manner: list[str]
) -> None:
    found, said = parted(message)
    assert found == asked
    assert said == manner


@pytest.mark.parametrize(
    ("manner", "most"),
    [
        ("in one sentence", 1),
        ("Use at most 3 short sentences.", 3),
        ("Keep it short.", 2),
        ("briefly", 2),
        ("in 20 sentences", None),
        ("Please cite your sources.", None),
        ("", None),
    ],
)
def test_how_many_sentences_the_answer_may_have(manner: str, most: int | None) -> None:
    assert sentences_wanted(manner) == most


@given(st.lists(st.text(max_size=80), max_size=4))
def test_nothing_is_made_up(message: list[str]) -> None:
    asked, said = parted(message)
    assert all(any(piece in sentence for sentence in message) for piece in (*asked, *said))
