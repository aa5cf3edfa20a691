"""What a talk was limited to before a question."""

from __future__ import annotations

import pytest

from rag.answer.question.narrowed import Narrowed
from rag.answer.question.talk import Talk, talked, turned, within_talk
from rag.types import Filters, Turn
from tests.rag.answer.question.shelf import Stored
from tests.rag.answer.sample import WORDS

HINTON = ("geoffrey hinton", "hinton ge")
OPEN = Filters()


def talk(*said: str, filters: Filters = OPEN) -> Talk:
    """Questions and answers in turns."""
    history = [Turn("assistant" if at % 2 else "user", text) for at, text in enumerate(said)]
    return talked(history, filters, Stored(), WORDS)


def then(question: str, before: Talk) -> Narrowed:
    """How a follow-up is searched."""
    again = turned(question, before, OPEN, Stored(), WORDS)
    return again or within_talk(question, before, OPEN, Stored(), WORDS)


def test_a_follow_up_stays_within_what_the_talk_was_limited_to() -> None:
    before = talk("papers by Hinton on capsules since 2015", "“A”: Text. [1]")
    assert before.turns[0].content == "papers on capsules"
    found = then("are they fast?", before)
    assert found.filters == Filters(authors=HINTON, year_from=2015)
    assert found.question == "are they fast? (Hinton, since 2015)"


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("and before 2010?", Filters(authors=HINTON, year_to=2009)),
        ("What about those from 2012?", Filters(authors=HINTON, year_from=2012, year_to=2012)),
        ("what about Vaswani?", Filters(authors=("ashish vaswani",), year_from=2015)),
        ("and by Kaiming He?", Filters(authors=("k. he",), year_from=2015)),
    ],
)
def test_the_same_may_be_asked_of_other_authors_and_years(question: str, filters: Filters) -> None:
    before = talk("papers by Hinton on capsules since 2015", "“A”: Text. [1]")
    found = then(question, before)
    assert (found.text, found.filters) == ("papers on capsules", filters)
    assert found.question == f"{question} (papers by Hinton on capsules since 2015)"


@pytest.mark.parametrize("question", ["what about their speed?", "and why?", "only on graphs?"])
def test_what_names_no_author_or_year_turns_to_none(question: str) -> None:
    before = talk("papers by Hinton on capsules", "“A”: Text. [1]")
    assert turned(question, before, OPEN, Stored(), WORDS) is None


def test_a_turn_to_other_years_counts_for_what_follows() -> None:
    before = talk("papers by Hinton on capsules", "“A”: Text.", "and before 2010?", "“B”: Text.")
    assert then("are they fast?", before).filters == Filters(authors=HINTON, year_to=2009)
    assert then("and since 2018?", before).question == "and since 2018? (papers by Hinton on capsules)"


def test_a_subject_of_its_own_leaves_the_limits_behind() -> None:
    begun = ("papers by Hinton on capsules", "“A”: Text.")
    between = "Which optimizer trains graph networks on protein structures in streams?"
    assert then("are they fast?", talk(*begun, between, "“B”: Text.")).filters == OPEN


def test_where_one_paper_answers_a_question_for_papers_the_talk_is_on_it() -> None:
    one = talk("papers by Hinton", "“Capsules that route”: Text. [1]")
    assert one.turns[0].content == "papers Capsules that route"
    two = talk("papers by Hinton", "- “Capsules that route”: Text. [1]\n- “Distilling nets”: Text. [2]")
    assert two.turns[0].content == "papers"


def test_an_answer_before_any_question_is_no_matter() -> None:
    history = (Turn("assistant", "“A”: Text."), Turn("user", "papers by Hinton"))
    assert talked(history, OPEN, Stored(), WORDS).last.filters.authors == HINTON


def test_filters_given_beside_the_question_hold_throughout() -> None:
    given = Filters(sources=("a.txt",))
    before = talk("papers by Hinton on capsules", "“A”: Text.", filters=given)
    assert before.last.filters == Filters(sources=("a.txt",), authors=HINTON)


def test_a_talk_without_limits_changes_nothing() -> None:
    before = talk("What are capsules?", "“A”: Text.")
    assert before.turns[0].content == "What are capsules?"
    assert then("are they fast?", before) == Narrowed("are they fast?", OPEN)
