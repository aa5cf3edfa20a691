from __future__ import annotations

from pathlib import Path

import pytest

from rag.index.lexical import LexicalBuilder, LexicalIndex, LexicalOptions, Postings
from rag.index.words import Words
from rag.retrieve.query import Asked, understand, words_of
from rag.types import Paper

_PAPER = Paper(
    "p", "Sparse Attention: for Machine Translation", "We study the “hard” cases, e.g. long sentences."
)


def _nothing(_: str) -> bool:
    return False


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    words = Words()
    builder = LexicalBuilder(words, LexicalOptions())
    for _ in range(3):
        builder.add("Sparse attention", "Transformers translate sentences with attention.")
    builder.add("Rare tension", "A network recognises speech.")
    builder.save(tmp_path / "lexical")
    return LexicalIndex([Postings(tmp_path / "lexical")], words, LexicalOptions())


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("atention", "attention"),
        ("attenttion", "attention"),
        ("attentoin", "attention"),
        ("atzention", "attention"),
        ("Transfomers", "transformers"),
    ],
)
def test_a_slip_of_one_letter_is_mended(lexical: LexicalIndex, slip: str, meant: str) -> None:
    asked = understand(f"what about {slip} then?", lexical, _nothing)
    assert lexical.terms(asked.text) == lexical.terms(f"what about {meant} then?")
    assert list(asked.mended) == [slip.casefold()]


def test_of_equally_common_words_one_that_is_a_word_is_taken(lexical: LexicalIndex) -> None:
    assert understand("translatez", lexical, "translated".__eq__).mended == {"translatez": "translated"}


def test_a_word_that_no_paper_has_is_not_taken_for_a_slip(lexical: LexicalIndex) -> None:
    assert understand("a traction, a tentsion", lexical, "traction".__eq__).mended == {"tentsion": "tension"}


@pytest.mark.parametrize(
    "query", ["attention", "xylophone quintets", "LTC cell", "", "注意", "a1b2c3 GPT-9", "attentión"]
)
def test_what_is_known_or_near_nothing_stays(lexical: LexicalIndex, query: str) -> None:
    assert understand(query, lexical, _nothing) == Asked(query)


@pytest.mark.parametrize(
    "query",
    [
        "Sparse Attention: for Machine Translation",
        "sparse attention for machine translation",
        "What does Sparse Attention for machine translation report?",
        'Who wrote "sparse attention for machine translation"?',
    ],
)
def test_a_title_names_its_paper(query: str) -> None:
    assert Asked(query).names(_PAPER)


def test_a_short_title_names_its_paper_only_alone_or_quoted() -> None:
    paper = Paper("p", "Deep learning", "Nets.")
    assert Asked("deep learning").names(paper)
    assert Asked('what is in "Deep Learning"?').names(paper)
    assert not Asked("how does deep learning work?").names(paper)


def test_a_paper_without_a_title_is_never_named() -> None:
    assert not Asked("").names(Paper("p", "", "Nets."))


@pytest.mark.parametrize(
    "query", ['"long sentences"', "“Long  Sentences”", "«machine translation» «long sentences»"]
)
def test_a_quoted_phrase_is_looked_for_as_it_stands(query: str) -> None:
    assert Asked(query).quotes(_PAPER)
    assert not Asked(query).quotes(Paper("p", "Sentences", "long ones of sentences"))


def test_a_single_quoted_word_is_no_phrase() -> None:
    assert Asked('the "attention" of "readers"').quotes(Paper("p", "", "something else"))


def test_words_are_folded_and_spaced() -> None:
    assert words_of("  Ｄeep—Learning,\nfor You ") == "deep learning for you"
