from __future__ import annotations

import pytest

from rag.answer.question.picked import among_listed, item_meant
from rag.types import Turn

LISTED = (
    Turn("user", "Which papers study nets?"),
    Turn("assistant", "- “Alpha nets”: x [1]\n- “Beta waves”: y [2]"),
)
NAMES = ("“Alpha nets”", "“Beta waves”")


@pytest.mark.parametrize(
    ("question", "said", "several"),
    [
        ("Which of these use waves?", "of these", True),
        ("do any of them share code?", "of them", True),
        ("which ones are fast?", "which ones", True),
        ("Which one is fast?", "Which one", False),
        ("Which of the two is the fastest?", "of the two", False),
        ("How many of the papers you listed need labels?", "of the papers you listed", True),
    ],
)
def test_what_is_asked_of_papers_listed_before(question: str, said: str, several: bool) -> None:
    found = among_listed(question, LISTED)
    assert found is not None
    assert (found.names, found.said, found.several) == (NAMES, said, several)


@pytest.mark.parametrize(
    "question", ["Which papers use waves?", "Which of the methods is best?", "And waves?"]
)
def test_any_other_question_is_asked_of_all_papers(question: str) -> None:
    assert among_listed(question, LISTED) is None


def test_a_list_lasts_while_nothing_but_its_papers_is_asked_about() -> None:
    one = (Turn("user", "Which of these use waves?"), Turn("assistant", "“Beta waves”: y [1]"))
    found = among_listed("And which of them share code?", [*LISTED, *one])
    assert found is not None
    assert found.names == NAMES
    other = (Turn("user", "What is a wave?"), Turn("assistant", "“Beta waves”: y [1]"))
    assert among_listed("And which of them share code?", [*LISTED, *other]) is None


@pytest.mark.parametrize(
    ("question", "picked"),
    [
        ("What is the loss of the beta one?", "Beta waves"),
        ("What is the loss of the alpha nets paper?", "Alpha nets"),
        ("What is the loss of the best one?", ""),  # "of" and "the" pick nothing
    ],
)
def test_the_one_that_words_tell_is_picked(question: str, picked: str) -> None:
    assert item_meant(question, LISTED) == picked


def test_a_place_is_counted_in_the_last_list_that_has_as_many() -> None:
    longer = (
        Turn("user", "Which papers?"),
        Turn("assistant", "- “Ants”: x [1]\n- “Bees”: y [2]\n- “Cats”: z [3]"),
    )
    talk = (*longer, *LISTED)
    assert item_meant("And the second?", talk) == "Beta waves"
    assert item_meant("And the third?", talk) == "Cats"


def test_papers_without_a_title_are_listed_by_their_ids() -> None:
    listed = [LISTED[0], Turn("assistant", "- Untitled paper 371: x [1]\n- “Beta waves”: y [2]")]
    found = among_listed("Which of these use waves?", listed)
    assert found is not None
    assert found.names == ("Untitled paper 371", "“Beta waves”")


def test_a_list_without_end_is_cut() -> None:
    endless = Turn("assistant", " ".join(f"“Nets {n}”" for n in range(1000)))
    found = among_listed("Which of these use waves?", [LISTED[0], endless])
    assert found is not None
    assert len(found.names) == 12


def test_papers_that_a_refusal_only_names_as_nearest_are_no_list() -> None:
    refused = Turn("assistant", "None answers this. Nearest: “Alpha nets”; “Beta waves”. Ask in other words.")
    assert among_listed("Which of these use waves?", [LISTED[0], refused]) is None
