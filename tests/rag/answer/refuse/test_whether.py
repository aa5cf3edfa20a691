from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.answer.evidence.reading import Reading
from rag.answer.question.asked import Asked
from rag.answer.refuse.whether import object_missing, outcome_missing
from rag.types import Paper
from tests.rag.answer.sample import ask, weighed

FOLD = Paper(
    "a", "FoldNet: nets that fold", "Chains fold in one step. Convolutional nets are beaten on ImageNet."
)
SAID = Paper("b", "A simple way", "This paper presents FoldNet: chains fold.")


def read(asked: Asked, *papers: Paper, near: float = 0.2) -> list[Reading]:
    """Papers to which every word of the question that they lack is so near."""
    words = np.arange(len(asked.words))
    nearest = np.full(len(words), near, np.float32)
    readings = (weighed(paper, [0.5, 0.5], 1.0).reading for paper in papers)
    return [replace(reading, word=words, nearest=nearest) for reading in readings]


def silent(question: str, *papers: Paper, near: float = 0.2) -> float:
    """What is told of papers to which every word of the question that they lack is so near."""
    asked = ask(question)
    return object_missing(asked, read(asked, *papers, near=near))


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How many of the chains were women?", True),
        ("How many chains were beaten on ImageNet?", False),
        ("What happened to birth weight when chains fold?", True),
        ("What happened to ImageNet?", False),
        ("How many chains fold?", False),
    ],
)
def test_what_became_of_some_must_be_spoken_of(question: str, missing: bool) -> None:
    asked = ask(question)
    assert outcome_missing(asked, read(asked, FOLD)) == missing
    assert outcome_missing(asked, read(asked, FOLD, near=0.5)) == 0  # other words may say that


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Does FoldNet work on speech?", True),
        ("Is the FoldNet used in drug discovery?", True),
        ("Does FoldNet speak?", False),  # a paper has other words for that
        ("Does FoldNet work on ImageNet?", False),
        ("Does FoldNet beat CNs?", False),  # spelt out: convolutional nets
        ("Does FoldNet work on chains? (speech)", False),  # the talk before it
        ("Does speech work with FoldNet?", False),
        ("How does FoldNet work on speech?", True),
        ("What accuracy does FoldNet reach on speech?", True),
        ("What accuracy does FoldNet reach on ImageNet, and why not on speech?", False),
        ("How do FoldNet and others differ on speech?", False),
        ("What is FoldNet?", False),
    ],
)
def test_a_thing_does_what_its_paper_speaks_of(question: str, missing: bool) -> None:
    assert silent(question, FOLD) == missing


def test_another_paper_on_the_thing_may_speak_of_it() -> None:
    other = Paper("d", "Speech", "FoldNet works on speech.")
    assert silent("Does FoldNet work on speech?", FOLD, other) == 0
    assert silent("Does FoldNet work on speech?", FOLD, Paper("e", "Speech", "Speech is hard.")) == 1


def test_what_comes_near_may_be_meant() -> None:
    assert silent("Does FoldNet work on speech?", FOLD, near=0.9) == 0


def test_of_a_paper_without_token_vectors_nothing_is_known() -> None:
    assert object_missing(ask("Does FoldNet work on speech?"), [weighed(FOLD, [0.5, 0.5], 1.0).reading]) == 0


def test_the_paper_that_proposes_a_thing_is_its_own() -> None:
    assert silent("Does FoldNet work on speech?", SAID) == 1
    assert silent("Does FoldNet work on speech?", Paper("c", "Others", "We compare with FoldNet.")) == 0
