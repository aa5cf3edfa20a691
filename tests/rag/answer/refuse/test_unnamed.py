from __future__ import annotations

import pytest

from rag.types import Paper
from tests.rag.answer.sample import lacking

ON_WHAT = "On which data sets is QuickNet evaluated?"


def missing(question: str, abstract: str, title: str = "QuickNet: a network") -> float:
    return lacking(question, paper=Paper("p", title, f"{abstract} It ends."))["name_missing"]


@pytest.mark.parametrize(
    ("abstract", "lacks"),
    [
        ("Experiments show that QuickNet is fast.", 1.0),
        ("QuickNet is evaluated on several real-world data sets.", 1.0),
        ("A quick network (QN) is proposed. Experiments on benchmarks show that QN is fast.", 1.0),
        ("Based on LSTM, QuickNet learns quickly.", 1.0),  # a name of something else
        ("Experiments on 39 data sets show a lower MSE and MAE.", 1.0),  # figures, and no names
        ("QuickNet is evaluated on CIFAR-10.", 0.0),
        ("We evaluate QuickNet on the iris data set.", 0.0),
        ("Experiments on a corpus of letters show that QuickNet is fast.", 0.0),
    ],
)
def test_which_data_sets_is_told_by_a_name_or_by_what_is_in_them(abstract: str, lacks: float) -> None:
    assert missing(ON_WHAT, abstract) == lacks


def test_what_the_question_says_of_the_data_tells_nothing_more() -> None:
    said = "We evaluate QuickNet on facial expression recognition data sets."
    assert missing("Which facial expression data sets is QuickNet evaluated on?", said) == 1.0
    assert missing(ON_WHAT, said) == 0.0


def test_data_sets_that_a_paper_makes_are_not_asked_for_so() -> None:
    assert missing("Which data set do the authors present?", "We present MFT25, a data set.", "Fish") == 0.0


@pytest.mark.parametrize(
    ("question", "abstract", "title", "lacks"),
    [
        ("In which country was it tested?", "We asked 50 patients.", "Sleep in nurses", 1.0),
        ("In which country was it tested?", "We asked 50 patients in Ghana.", "Sleep in nurses", 0.0),
        ("In which country was it tested?", "We asked 50 patients.", "Sleep in nurses of Ghana", 0.0),
        (
            "In which country was it tested?",
            "We asked them.",
            "Sleep: A Model of External Signals",
            1.0,
        ),
        ("Which LLMs were tested?", "Large language models (LLMs) fail. LLMs add.", "Addition", 1.0),
        ("Which LLMs were tested?", "Large language models (LLMs) such as Llama-3 fail.", "Addition", 0.0),
        ("Which spacecraft recorded the wind?", "Various spacecraft saw it.", "The Lagrange point L1", 1.0),
        ("Which spacecraft recorded the wind?", "It was seen by Wind and ACE.", "The Lagrange point L1", 0.0),
    ],
)
def test_places_models_and_spacecraft_go_by_their_names(
    question: str, abstract: str, title: str, lacks: float
) -> None:
    assert missing(question, abstract, title) == lacks
