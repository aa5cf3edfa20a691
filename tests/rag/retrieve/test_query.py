from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.index.lexical import LexicalBuilder, LexicalIndex, LexicalOptions, Postings
from rag.index.words import Words
from rag.retrieve.query import Asked, Known, understand, words_of
from rag.types import Paper

_PAPER = Paper(
    "p", "Sparse Attention: for Machine Translation", "We study the “hard” cases, e.g. long sentences."
)


_TEXTS = [
    *["Sparse attention. Transformers translate sentences with attention."] * 3,
    "Translated shaps. Shap explains, they translated it.",
    "Rare tension. A network recognises speech while switching.",
]


_PAPERS = [
    Paper(str(row), title, abstract)
    for row, (title, _, abstract) in enumerate(text.partition(". ") for text in _TEXTS)
]


def _known(folder: Path, papers: Sequence[Paper], *whole: str) -> Known:
    """What there is to know of some papers; the model knows some words whole."""
    words = Words()
    builder = LexicalBuilder(words, LexicalOptions())
    for paper in papers:
        builder.add(paper.title, paper.abstract)
    builder.save(folder)
    lexical = LexicalIndex([Postings(folder)], words, LexicalOptions())
    everywhere = range(len(papers))
    return Known(
        lexical, whole.__contains__, lambda rows: [papers[row] for row in rows], lambda _: everywhere
    )


@pytest.fixture
def known(tmp_path: Path) -> Known:
    return _known(tmp_path / "lexical", _PAPERS)


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
def test_a_slip_of_one_letter_is_mended(known: Known, slip: str, meant: str) -> None:
    asked = understand(f"what about {slip} then?", known)
    assert asked == Asked(f"what about {meant} then?", {slip.casefold(): meant})


@pytest.mark.parametrize("name", ["AttenXtion", "AtXention", "ATXENTION"])
def test_a_capital_within_a_name_is_no_slip(known: Known, name: str) -> None:
    assert understand(f"what about {name} then?", known).mended == {}
    shouted = understand("WHAT ABOUT ATZENTION THEN?", known)
    assert shouted.mended == {"atzention": "attention"}


def test_of_a_stems_forms_the_one_is_taken_that_papers_write_most(known: Known) -> None:
    assert understand("translatex", known).mended == {"translatex": "translate"}


@pytest.mark.parametrize("word", ["shapping", "swapping", "attentions"])
def test_no_word_is_made_that_no_paper_writes(known: Known, word: str) -> None:
    """The stem of "shapping" is that of "shap", which papers have; nobody writes "shapping"."""
    assert understand(f"{word} pairs", known) == Asked(f"{word} pairs")


@pytest.mark.parametrize("word", ["stitching", "stitch"])
def test_a_word_that_no_paper_has_is_not_taken_for_a_slip(known: Known, word: str) -> None:
    asked = understand("stitching, a tentsion", replace(known, is_word=word.__eq__))
    assert asked.mended == {"tentsion": "tension"}
    assert understand("stitching", known).mended == {"stitching": "switching"}


@pytest.mark.parametrize(
    "query", ["attention", "xylophone quintets", "LTC cell", "", "注意", "a1b2c3 GPT-9", "attentión"]
)
def test_what_is_known_or_near_nothing_stays(known: Known, query: str) -> None:
    assert understand(query, known) == Asked(query)


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


_FOURIER = Paper(
    "fno", "A Fourier Neural Operator for Flows", "Our Fourier neural operator is faster than other solvers."
)
_OTHERS = [Paper(str(i), f"Kites {i}", "Kites fly.") for i in range(60)]


@pytest.mark.parametrize(
    ("query", "searched"),
    [
        ("What is FNO?", "What is Fourier Neural Operator?"),
        ("how do FNOs work", "how do Fourier Neural Operator work"),
        ("what is fno", "what is Fourier Neural Operator"),
        ("Which is faster, FNO or solvers?", "Which is faster, Fourier Neural Operator or solvers?"),
    ],
)
def test_an_acronym_that_no_paper_has_is_spelt_out(tmp_path: Path, query: str, searched: str) -> None:
    assert understand(query, _known(tmp_path / "lexical", [*_OTHERS, _FOURIER])).text == searched


@pytest.mark.parametrize(
    ("papers", "query"),
    [
        ([replace(_FOURIER, abstract="It is faster than other solvers.")], "What is FNO?"),
        ([_FOURIER, replace(_FOURIER, abstract="FNO is faster.")], "What is FNO?"),
        ([replace(_FOURIER, title="The fourier neural operator")], "what is fno"),
        ([_FOURIER], "What is FN?"),
        ([_FOURIER, Paper("z", "Zeppelins", "They float.")], "Which zeppelins have an FNO?"),
        ([_FOURIER], "What is FNO, Fish Need Oxygen?"),
        (
            [
                _FOURIER,
                *(Paper(w, f"Fast {w} Oxen", f"Fast {w} oxen run.") for w in ("Nice", "Nine", "Neat")),
            ],
            "What is FNO?",
        ),
    ],
    ids=["title alone", "a paper has it", "small", "two letters", "rare words", "spelt by the query", "many"],
)
def test_an_acronym_stays_where_nothing_makes_sure_of_it(
    tmp_path: Path, papers: list[Paper], query: str
) -> None:
    assert understand(query, _known(tmp_path / "lexical", [*_OTHERS, *papers])).text == query


def test_an_acronym_that_is_a_word_stays_in_small_letters(tmp_path: Path) -> None:
    papers = [*_OTHERS, Paper("fog", "Fields of Gold", "Fields of Gold are wide.")]
    assert understand("what is fog", _known(tmp_path / "lexical", papers, "fog")).text == "what is fog"
    assert (
        understand("what is FOG", _known(tmp_path / "again", papers, "fog")).text == "what is Fields of Gold"
    )
