from __future__ import annotations

from dataclasses import replace

from rag.retrieve.collapse import distinct
from rag.types import Paper

_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_PAPER = Paper("a", "On Counting", f"We count: {_WORDS}.")


def test_the_same_abstract_is_the_same_paper_whatever_its_layout() -> None:
    copy = Paper("b", "On counting (extended)", f"we  count — {_WORDS.upper()}")
    assert distinct([_PAPER, copy], 9) == [0]


def test_the_same_title_over_nearly_the_same_words_is_the_same_paper() -> None:
    copy = replace(_PAPER, id="b", title="On counting.", abstract=_PAPER.abstract.replace("seven", "7"))
    assert distinct([_PAPER, copy], 9) == [0]


def test_the_same_title_over_other_words_is_another_paper() -> None:
    other = replace(_PAPER, id="b", abstract="A reply to all who count.")
    assert distinct([_PAPER, other], 9) == [0, 1]


def test_papers_without_a_title_or_an_abstract_are_not_copies_of_each_other() -> None:
    papers = [
        Paper("a", "", "First."),
        Paper("b", "", "Second."),
        Paper("c", "Third", ""),
        Paper("d", "Fourth", ""),
    ]
    assert distinct(papers, 9) == [0, 1, 2, 3]


def test_the_first_of_several_copies_is_kept() -> None:
    other = Paper("z", "Other", "Words of its own.")
    assert distinct([_PAPER, other, replace(_PAPER, id="b"), replace(_PAPER, id="c")], 9) == [0, 1]


def test_no_more_are_looked_for_than_are_wanted() -> None:
    papers = [replace(_PAPER, id="b"), _PAPER, Paper("c", "Third", "Three."), Paper("d", "Fourth", "Four.")]
    assert distinct(papers, 2) == [0, 2]
