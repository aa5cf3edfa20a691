from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.question.language import is_english, without_little_words


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("Wie funktioniert SimCLR?", "What is SimCLR?"),
        ("Was ist ein Graph Neural Network?", "What is Graph Neural Network?"),
        ("¿Qué es SimCLR?", "What is SimCLR?"),
        ("que es el batch normalization", "What is batch normalization"),
        ("Qu'est-ce que l’apprentissage contrastif ?", "What is apprentissage contrastif ?"),
        ("Comment fonctionne LightGCN ?", "What is LightGCN ?"),
        ("Che cos'è il deep learning?", "What is deep learning?"),
        ("O que é uma rede neural?", "What is rede neural?"),
        ("Wat is batch normalisatie?", "What is batch normalisatie?"),
        ("Como se modela a densidade de imagens?", "modela densidade imagens?"),
        ("Wie wirkt ALS?", "What is wirkt ALS?"),
        ("Wie genau ist SimCLR auf ImageNet?", "genau SimCLR ImageNet?"),
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
    assert set(without_little_words(text).removeprefix("What is ").replace(" ", "")) <= set(text)
