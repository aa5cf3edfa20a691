"""What the tokenizer keeps findable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.index.words import STOPWORDS, Words


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("k means", "k-means"),
        ("kmeans", "k-means"),
        ("GPT3.5", "GPT-3.5"),
        ("ResNet50", "ResNet-50"),
        ("1000", "1,000"),
        ("3.5", "3.5%"),
        ("usa", "U.S.A."),
        ("LLM", "LLMs"),
        ("GNN", "GNNs"),
        ("bert", r"\textbf{BERT}"),
        ("k-means", r"$k$-means"),
        ("ell_1", r"$\ell_{1}$-norm"),
        ("Scholkopf", "Schölkopf"),
        ("fine-tuning", "fine\u2011tuning"),
        ("pretraining", "pre-training"),
        ("model", "models'"),
        ("C++", "c++,"),
        ("1612.08083", "arXiv:1612.08083"),
        ("fisher", "\ufb01sher"),
        ("α", "α-synuclein"),
        ("TNF-alpha", "TNF-α"),
        ("TNFalpha", "TNFα"),
        ("IL-1beta", "IL-1β"),
        ("α-stable", r"$\alpha$-stable"),
        ("λόγος", "ΛΌΓΟΣ"),
    ],
)
def test_a_spelling_finds_the_other(asked: str, written: str) -> None:
    words = Words()
    assert set(words.terms(asked)) & set(words.terms(f"We use {written} here"))


@pytest.mark.parametrize(("one", "other"), [("3.5", "35"), ("C++", "C#"), ("10", "100"), ("C", "C++")])
def test_different_things_stay_apart(one: str, other: str) -> None:
    words = Words()
    assert not set(words.terms(one)) & set(words.terms(other))


@pytest.mark.parametrize(
    "text", ["", " \n", "?!", "what is it", "$\\textbf{}$", "____", "the of and", "what's", "can't they’re"]
)
def test_text_without_content_has_no_terms(text: str) -> None:
    assert Words().terms(text) == []


@given(st.text())
def test_terms_are_never_empty_nor_stopwords_and_words_give_the_same(text: str) -> None:
    words = Words()
    terms = words.terms(text)
    assert "" not in terms
    assert [term for word in words.words(text) for term in word.terms] == terms
    assert words.terms(text) == terms


@example("{", "0}0")
@example("a\\text", "b")
@given(st.text(), st.text())
def test_a_text_has_the_terms_of_its_lines(one: str, other: str) -> None:
    words = Words()
    assert words.terms(f"{one}\n{other}") == words.terms(one) + words.terms(other)


def test_stopwords_inside_compounds_are_dropped_but_their_joined_form_is_kept() -> None:
    assert Words().terms("state-of-the-art") == ["state", "art", "stateoftheart"]
    assert "of" in STOPWORDS


def test_threads_share_a_tokenizer() -> None:
    words, text = Words(), " ".join(f"pre-training{i} models{i}" for i in range(400))
    expected = Words().terms(text)
    with ThreadPoolExecutor(8) as pool:
        assert all(terms == expected for terms in pool.map(words.terms, [text] * 16))
