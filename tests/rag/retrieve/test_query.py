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


_TEXTS = [
    *["Sparse attention. Transformers translate sentences with attention."] * 3,
    "Translated shaps. Shap explains, they translated it.",
    "Rare tension. A network recognises speech while switching.",
]


def _nothing(_: str) -> bool:
    return False


def _read(rows: list[int]) -> list[str]:
    return [_TEXTS[row] for row in rows]


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    words = Words()
    builder = LexicalBuilder(words, LexicalOptions())
    for text in _TEXTS:
        builder.add(*text.split(". ", 1))
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
        ("waht", "what"),
        ("AtTenttion", "attention"),
    ],
)
def test_a_slip_of_one_letter_is_mended(lexical: LexicalIndex, slip: str, meant: str) -> None:
    asked = understand(f"what about {slip} then?", lexical, _nothing, _read)
    assert asked == Asked(f"what about {meant} then?", {slip.casefold(): meant})


@pytest.mark.parametrize("name", ["AttenXtion", "AtXention", "ATXENTION"])
def test_a_capital_within_a_name_is_no_slip(lexical: LexicalIndex, name: str) -> None:
    assert understand(f"what about {name} then?", lexical, _nothing, _read).mended == {}
    shouted = understand("WHAT ABOUT ATZENTION THEN?", lexical, _nothing, _read)
    assert shouted.mended == {"atzention": "attention"}


def test_of_a_stems_forms_the_one_is_taken_that_papers_write_most(lexical: LexicalIndex) -> None:
    assert understand("translatex", lexical, _nothing, _read).mended == {"translatex": "translate"}


@pytest.mark.parametrize("word", ["shapping", "swapping", "attentions"])
def test_no_word_is_made_that_no_paper_writes(lexical: LexicalIndex, word: str) -> None:
    """The stem of "shapping" is that of "shap", which papers have; nobody writes "shapping"."""
    assert understand(f"{word} pairs", lexical, _nothing, _read) == Asked(f"{word} pairs")


@pytest.mark.parametrize("known", ["stitching", "stitch"])
def test_a_word_that_no_paper_has_is_not_taken_for_a_slip(lexical: LexicalIndex, known: str) -> None:
    asked = understand("stitching, a tentsion", lexical, known.__eq__, _read)
    assert asked.mended == {"tentsion": "tension"}
    assert understand("stitching", lexical, _nothing, _read).mended == {"stitching": "switching"}


@pytest.mark.parametrize(
    "query", ["attention", "xylophone quintets", "LTC cell", "", "注意", "a1b2c3 GPT-9", "attentión"]
)
def test_what_is_known_or_near_nothing_stays(lexical: LexicalIndex, query: str) -> None:
    assert understand(query, lexical, _nothing, _read) == Asked(query)


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
