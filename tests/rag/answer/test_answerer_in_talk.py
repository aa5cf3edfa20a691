"""A question with a talk before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answer import Answerer
from rag.types import Answer, Paper, Request, Turn
from tests.rag.answer.sample import calibration, checked
from tests.rag.retrieve.world import PAPERS, world


def test_what_else_the_authors_of_a_paper_wrote_is_asked_of_their_papers(tmp_path: Path) -> None:
    other = Paper("other", "Owls at night", "Owls hunt at night.", authors=("Ada Example",), year=2011)
    with world(tmp_path, (*PAPERS, other)) as papers:
        answerer = Answerer(papers.search(), papers.library)
        history = tuple[Turn, ...]()
        for question in ("Who wrote “Sparse attention”?", "What else did they write?"):
            answer = checked(answerer.answer(Request(question, history)))
            history = (*history, Turn("user", question), Turn("assistant", answer.answer))
    assert [citation.paper.id for citation in answer.citations] == ["other"]
    assert answer.standalone_question == "What else did they write? (Ada Example)"


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("What about triangles?", "graphs"),
        ("What about translation?", "sparse"),
        ("What about it?", "sparse"),
    ],
)
def test_what_about_a_thing_may_be_asked_of_that_alone(answerer: Answerer, question: str, cited: str) -> None:
    history = (Turn("user", "How is attention made sparse?"), Turn("assistant", "By a new function. [1]"))
    answer = checked(answerer.answer(Request(question, history)))
    assert answer.citations[0].paper.id == cited


def test_that_authors_wrote_nothing_else_is_told(answerer: Answerer) -> None:
    (sparse,) = (paper for paper in PAPERS if paper.id == "sparse")
    history = (Turn("user", "What is it?"), Turn("assistant", f"{sparse.name}: Text. [1]"))
    answer = checked(answerer.answer(Request("Are there other papers by the same authors?", history)))
    assert (answer.status, answer.confidence) == ("insufficient_evidence", 0.0)
    assert "No other stored paper is by Ada Example." in answer.answer


def test_a_follow_up_to_an_authors_papers_is_answered_from_them(answerer: Answerer) -> None:
    first = answerer.answer(Request("papers by Ada Example"))
    history = (Turn("user", first.question), Turn("assistant", first.answer))
    answer = checked(answerer.answer(Request("and what does it improve?", history)))
    assert {hit.paper.id for hit in answer.retrieved} == {"sparse"}
    assert "(Ada Example)" in answer.standalone_question


def test_the_same_may_be_asked_of_other_years(answerer: Answerer) -> None:
    history = (Turn("user", "papers since 2021"), Turn("assistant", "“Parsing”: Text. [1]"))
    answer = checked(answerer.answer(Request("and before 2019?", history)))
    assert [citation.paper.id for citation in answer.citations] == ["graphs"]


def test_other_papers_leave_out_those_told_of(answerer: Answerer) -> None:
    question = "Which papers are on attention and translation?"
    first = checked(answerer.answer(Request(question)))
    assert first.status == "answered"
    history = (Turn("user", question), Turn("assistant", first.answer))
    other = checked(answerer.answer(Request("Any other papers?", history)))
    told = {citation.paper.id for citation in first.citations}
    assert not told & {citation.paper.id for citation in other.citations}


def test_where_all_papers_were_told_of_there_are_no_others(answerer: Answerer) -> None:
    question = "Which papers are on attention and translation?"
    listed = " ".join(paper.name for paper in PAPERS)

    def after(answer: str) -> Answer:
        history = (Turn("user", question), Turn("assistant", answer))
        return checked(answerer.answer(Request("Any other papers?", history)))

    assert after(listed).status == "insufficient_evidence"
    assert after(f"None of the stored papers answers this. Nearest: {listed}").status == "answered"


def test_thanks_get_a_line_and_no_search(answerer: Answerer) -> None:
    answer = checked(answerer.answer(Request("Thanks a lot!")))
    assert answer.status == "answered"
    assert not answer.retrieved
    assert not answer.sentences


def test_a_follow_up_is_searched_with_what_it_refers_to(answerer: Answerer) -> None:
    talk = (Turn("user", "What is sparse attention for translation?"), Turn("assistant", "A new function."))
    answer = checked(answerer.answer(Request("By how much does it improve?", history=talk)))
    assert "translation" in answer.standalone_question
    assert answer.question == "By how much does it improve?"
    assert {citation.paper.id for citation in answer.citations} == {"sparse"}


def test_a_change_of_subject_is_not_held_back_by_the_history(answerer: Answerer) -> None:
    talk = (Turn("user", "What is sparse attention for translation?"), Turn("assistant", "A new function."))
    answer = checked(
        answerer.answer(Request("What does the network predict of protein structures?", history=talk))
    )
    assert answer.retrieved[0].paper.id == "proteins"


LISTED = (
    Turn("user", "Which papers use a neural network?"),
    Turn("assistant", "- “Folding proteins”: It reads. [1]\n- “Speech in noise”: It removes. [2]"),
)


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("Which of these are about noise?", {"speech"}),
        ("Which of them reads sequences of amino acids?", {"proteins"}),
        ("Which of these count triangles?", set()),  # another stored paper does
        ("Which one is the newest?", {"proteins"}),  # the only one with a year
    ],
)
def test_which_of_these_is_asked_of_the_papers_listed_alone(
    answerer: Answerer, question: str, cited: set[str]
) -> None:
    answer = checked(answerer.answer(Request(question, history=LISTED)))
    assert {citation.paper.id for citation in answer.citations} == cited
    assert {hit.paper.id for hit in answer.retrieved} <= {"proteins", "speech"}
    if answer.refusal:
        assert answer.refusal.reason == "filtered_out"
        assert "Only the papers listed before were asked. Ask without “of these”: " in answer.answer


def test_the_same_again_is_asked_of_the_same_papers(answerer: Answerer) -> None:
    before = answerer.answer(Request("Which of these are about noise?", history=LISTED))
    talk = (*LISTED, Turn("user", before.question), Turn("assistant", before.answer))
    again = checked(answerer.answer(Request("In one sentence, please.", history=talk)))
    assert [citation.paper.id for citation in again.citations] == ["speech"]
    assert {hit.paper.id for hit in again.retrieved} <= {"proteins", "speech"}


REPORTS = tuple(
    Paper(f"report-{n}", f"Report {n}", f"Results of a method on data number{n} are reported.")
    for n in range(50)
)
"""So many that a word of one other paper is rare."""


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("Is the function of the method new or old?", {"sparse"}),  # the talk's paper has a function
        ("How does photosynthesis work?", set()),  # and no photosynthesis, however much else it has
    ],
)
def test_a_question_is_read_with_the_talk_only_where_that_finds_what_it_names(
    tmp_path: Path, question: str, cited: set[str]
) -> None:
    talk = (Turn("user", "What is sparse attention for translation?"), Turn("assistant", "A new function."))
    with world(tmp_path, papers=(*PAPERS, *REPORTS)) as made:
        answerer = Answerer(made.search(), made.library, calibration=calibration())
        alone, answer = (checked(answerer.answer(Request(question, turns))) for turns in ((), talk))
    assert alone.status == "insufficient_evidence"
    assert {citation.paper.id for citation in answer.citations} == cited
    assert ("translation" in answer.standalone_question) == bool(cited)


def test_papers_like_the_one_spoken_of_are_those_nearest_to_it(tmp_path: Path) -> None:
    (sparse,) = (paper for paper in PAPERS if paper.id == "sparse")
    twin = Paper("twin", "Dense attention", sparse.abstract + " We propose to make it dense.")
    with world(tmp_path, (*PAPERS, twin)) as papers:
        answerer = Answerer(papers.search(), papers.library)
        history = (Turn("user", "What is it?"), Turn("assistant", f"{sparse.name}: Text. [1]"))
        for question, talk in (
            (f"Which papers are similar to {sparse.name}?", ()),
            ("more like this", history),
        ):
            answer = checked(answerer.answer(Request(question, talk)))
            assert [citation.paper.id for citation in answer.citations] == ["twin"]
            assert sparse.name in answer.standalone_question


def test_that_no_paper_is_like_one_is_told(answerer: Answerer) -> None:
    answer = checked(answerer.answer(Request("papers like “Counting in graphs”")))
    assert (answer.status, answer.confidence) == ("insufficient_evidence", 0.0)
    assert "No stored paper is much like “Counting in graphs”." in answer.answer
