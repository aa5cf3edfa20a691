from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.question.language import is_english, without_little_words


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("Wie funktioniert SimCLR?", "SimCLR?"),
        ("Was ist ein Graph Neural Network?", "Graph Neural Network?"),
        ("¿Qué es SimCLR?", "SimCLR?"),
        ("que es el batch normalization", "batch normalization"),
        ("Qu'est-ce que l’apprentissage contrastif ?", "apprentissage contrastif ?"),
        ("Comment fonctionne LightGCN ?", "LightGCN ?"),
        ("Che cos'è il deep learning?", "deep learning?"),
        ("O que é uma rede neural?", "rede neural?"),
        ("Wat is batch normalisatie?", "batch normalisatie?"),
        ("Wie wirkt ALS?", "wirkt ALS?"),
        ("SimCLRとは何ですか", "SimCLR とは何ですか"),
    ],
)
def test_of_a_question_in_another_language_what_names_a_subject_is_kept(question: str, bare: str) -> None:
    assert not is_english(question)
    assert without_little_words(question) == bare


@pytest.mark.parametrize(
    "question",
    [
        "What is SimCLR?",
        "als treatment",
        "wat thermogenesis",
        "chi square test in a cohort",
        "Are de novo mutations more common in autism?",
        "Comment on: Chan KL, Palmai-Pallag T, Ying S.",
        "Does β-carotene help in Sjögren's syndrome?",
        "como lake plankton",
        "",
    ],
)
def test_english_is_left_alone(question: str) -> None:
    assert is_english(question)
    assert without_little_words(question) == question


def test_where_nothing_would_be_left_the_text_stays() -> None:
    assert without_little_words("Wie ist das?") == "Wie ist das?"


@given(st.text())
def test_no_word_is_made_up(text: str) -> None:
    assert set("".join(without_little_words(text).split())) <= set(text)
