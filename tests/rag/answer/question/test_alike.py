from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.question.alike import is_described, is_meant, like_what, text_of
from rag.types import Paper


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("papers similar to LightGCN", "LightGCN"),
        ("Which papers are closest to the SimCLR paper?", "the SimCLR paper"),
        ("Can you find me related work to “Neural Spline Flows”?", "Neural Spline Flows"),
        ("papers like the paper on HERMES", "the paper on HERMES"),
        ("Show me other papers like this one", ""),
        ("and similar papers?", ""),
        ("any related work", ""),
        ("Is there a follow-up study?", ""),
        ("more like this", ""),
        ("anything similar?", ""),
        ("Are there any others related?", ""),
        ("papers like the second one", ""),
        ("Is there anything similar to it?", ""),
        ("What methods are similar to attention?", None),
        ("Which papers use a loss related to contrast?", None),
        ("What is LightGCN like?", None),
        ("How similar are LightGCN and UltraGCN?", None),
        ("Which papers treat similar data?", None),
    ],
)
def test_what_papers_are_wanted_like(question: str, said: str | None) -> None:
    assert like_what(question) == said


@given(st.text(max_size=80))
def test_any_message_can_be_read(message: str) -> None:
    said = like_what(f"papers like {message}")
    assert said is None or len(said) <= len(message)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Panda: a Model", True),
        ("panda a model", True),
        ("panda", True),
        ("PandaNet", True),
        ("the paper on PandaNet", True),
        ("the panda paper", True),
        ("pandas", False),
        ("model", False),
    ],
)
def test_a_paper_is_meant_by_its_title_its_word_or_what_it_proposes(said: str, meant: bool) -> None:
    assert is_meant(said, Paper("p", "Panda: a model", "We propose PandaNet.")) is meant


def test_a_title_may_begin_as_a_mention_does() -> None:
    assert is_meant("The work of nets", Paper("p", "The Work of Nets", "They work."))


@pytest.mark.parametrize(
    ("said", "described"),
    [("the one about owls", True), ("the paper that counts owls", True), ("owls", False), ("the owl", False)],
)
def test_a_paper_may_be_told_by_what_it_is_on(said: str, described: bool) -> None:
    assert is_described(said) is described


def test_a_subject_before_a_colon_means_no_paper() -> None:
    assert not is_meant("Activation functions", Paper("p", "Activation functions: a survey", "We count."))


def test_a_paper_is_compared_by_its_words_and_by_no_phrase() -> None:
    assert text_of(Paper("p", "On “phases”", 'The "catapult phase".')) == "On phases. The catapult phase."
