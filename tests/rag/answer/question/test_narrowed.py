"""Whose papers, and of which years, a question says it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.question.narrowed import Narrowed, narrowed, narrowed_search
from rag.types import Filters
from tests.rag.answer.question.shelf import AUTHORS, Stored
from tests.rag.answer.sample import WORDS


def limited(question: str, filters: Filters | None = None, stored: Stored | None = None) -> Narrowed:
    return narrowed(question, filters or Filters(), stored or Stored(), WORDS)


@pytest.mark.parametrize(
    ("question", "text", "authors"),
    [
        ("Which papers by Hinton are about capsules?", "Which papers are about capsules?", {0, 1}),
        ("papers by geoffrey hinton", "papers", {0, 1}),
        ("papers by Hinton GE on capsules", "papers on capsules", {0, 1}),
        ("What did G. Hinton find about capsules?", "What did the authors find about capsules?", {0, 1}),
        ("What did Geoffrey Hinton publish on capsules?", "which papers are on capsules?", {0, 1}),
        ("What do Vaswani et al. say of depth?", "What do the authors say of depth?", {2}),
        ("Is the model by Diaz faster than that of Vaswani and colleagues?", None, {2, 4}),
        ("Has Kaiming He written about depth?", "Has the authors written about depth?", {3}),
        ("van den Berg's papers on sleep", None, {5}),
        ("Who cites the work by Berg?", None, {5}),
        ("papers by Hinton, K. He and Vaswani on capsules", "papers on capsules", {0, 1, 2, 3}),
        ("papers by Hinton and their limits", "papers and their limits", {0, 1}),
        ("papers by young on sleep", "papers on sleep", {6}),
    ],
)
def test_an_author_that_the_wording_names_is_a_filter(
    question: str, text: str | None, authors: set[int]
) -> None:
    said = limited(question)
    assert set(said.filters.authors) == {AUTHORS[at] for at in authors}
    assert said.question == question
    assert text is None or said.text == text


@pytest.mark.parametrize(
    ("question", "text", "years"),
    [
        ("papers on flows since 2020", "papers on flows", (2020, None)),
        ("Which papers published between 2018 and 2020 use flows?", "Which papers use flows?", (2018, 2020)),
        ("list papers on flows published before 2016", "list papers on flows", (None, 2015)),
        ("studies from 2010 onwards on flows", "studies on flows", (2010, None)),
        ("which research from 2015-2018 is on flows", "which research is on flows", (2015, 2018)),
        ("articles published in 2020 on flows", "articles on flows", (2020, 2020)),
        ("papers after 2019 on flows", "papers on flows", (2020, None)),
        ("work published up to 2019 on flows", "work on flows", (None, 2019)),
        ("Which papers are from 2020?", "Which papers?", (2020, 2020)),
        ("Are there papers from 2020 on on flows?", "Are there papers on flows?", (2020, None)),
        ("What papers are there since 2020 on flows?", "What papers on flows?", (2020, None)),
    ],
)
def test_years_that_the_wording_gives_papers_are_a_filter(
    question: str, text: str, years: tuple[int | None, int | None]
) -> None:
    said = limited(question)
    assert (said.text, (said.filters.year_from, said.filters.year_to)) == (text, years)


@pytest.mark.parametrize(
    "question",
    [
        "Which studies report mortality since 1990?",
        "What was the mortality in 2019?",
        "papers on the 2008 crisis",
        "Is the Hinton diagram used?",
        "What do Smith et al. say of depth?",
        "papers by topic",
        "papers by K",
        "papers by young researchers",
        "What does young do, and does young show it?",
        "results by young",
        "Did the vaccine work in 2021?",
        "Did the study from 2010 to 2015 include children?",
        "Who answered the survey in 2016?",
        "How is accuracy affected by Vaswani?",
        "What was found in 2019 papers?",
        "Which studies were in 2015 cohorts?",
        "",
    ],
)
def test_years_and_names_of_the_matter_stay_in_the_question(question: str) -> None:
    assert limited(question) == Narrowed(question, Filters())


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("papers by Hinton", True),
        ("What has Hinton written?", True),
        ("Which papers since 2020?", True),
        ("Hinton's papers on capsules", False),
        ("papers since 2020 on capsules", False),
        ("the five newest papers", True),
        ("What are the oldest studies?", True),
        ("the newest papers on capsules", False),
        ("What papers are there?", False),
    ],
)
def test_a_question_for_the_papers_alone_is_told_from_one_on_them(question: str, alone: bool) -> None:
    assert limited(question).alone is alone


def test_no_paper_is_the_newest_where_none_has_a_year() -> None:
    assert limited("the newest papers", stored=Stored(dated=False)) == Narrowed(
        "the newest papers", Filters()
    )


def test_a_year_beside_a_name_counts_where_such_a_paper_is_there() -> None:
    question = "What do Vaswani et al. (2017) say of depth?"
    both = Filters(authors=("ashish vaswani",), year_from=2017, year_to=2017)
    assert limited(question).filters == both
    assert limited(question, stored=Stored(refused=both)).filters == Filters(authors=("ashish vaswani",))


def test_papers_without_years_leave_the_wording_as_it_is() -> None:
    question = "papers on flows since 2020"
    assert limited(question, stored=Stored(dated=False)) == Narrowed(question, Filters())


def test_filters_given_beside_it_are_narrowed_and_never_widened() -> None:
    given = Filters(authors=("ada example",), year_from=2015, year_to=2019, sources=("a.txt",))
    said = limited("papers by Hinton on flows published before 2030", given)
    assert said.filters == given
    later = limited("papers on flows since 2017", given)
    assert later.filters == Filters(
        authors=("ada example",), year_from=2017, year_to=2019, sources=("a.txt",)
    )


@given(st.text(max_size=80))
def test_without_known_authors_and_years_no_question_changes(question: str) -> None:
    assert limited(question, stored=Stored(names=(), dated=False)) == Narrowed(question, Filters())


@pytest.mark.parametrize(
    ("query", "known", "authors"),
    [
        ("Hinton", "", {0, 1}),
        ("ashish vaswani", "", {2}),
        ("papers by Vaswani on capsules", "capsules", {2}),
        ("Young", "young", set()),
        ("hinton capsules", "capsules", set()),
        ("nobody", "", set()),
        ("of the", "", set()),
    ],
)
def test_a_search_for_words_that_no_paper_has_may_be_for_an_author(
    query: str, known: str, authors: set[int]
) -> None:
    found = narrowed_search(query, Filters(), Stored(known=frozenset(known.split())), WORDS)
    assert set(found.filters.authors) == {AUTHORS[at] for at in authors}


@pytest.mark.parametrize(
    ("question", "strangers"),
    [
        ("papers by Curie", ("Curie",)),
        ("What did Marie Curie propose?", ("Marie Curie",)),
        ("What do Smith et al. say?", ("Smith",)),
        ("What did Curie find about radium?", ()),
        ("papers by Hinton", ()),
        ("papers by topic", ()),
        ("How do GANs work?", ()),
        ("What did Curie work on?", ("Curie",)),
        ("Is the Curie temperature reported?", ()),
    ],
)
def test_an_author_whom_no_paper_has_is_a_stranger_where_nothing_else_is_asked(
    question: str, strangers: tuple[str, ...]
) -> None:
    assert limited(question).strangers == strangers
    known = Stored(known=frozenset({"curie", "smith", "marie"}))
    assert limited(question, stored=known).strangers == ()
