from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from rag.answer.question.narrowed import Narrowed
from rag.answer.refuse.refusal import Case, refusal_text, refuse
from rag.retrieve import Retrieved
from rag.types import Filters, IndexInfo, Paper
from tests.rag.answer.sample import WORDS, ask, even, weighed

PAPER = Paper("a", "Sparse nets", "Sparse nets are small. They are fast.", url="https://example.org/a")
SURE = {"about": 0.9, "found": 0.9, "said": 0.9}


def _case(
    question: str,
    through: Mapping[str, float],
    *,
    papers: int = 1,
    hidden: int = 0,
    filters: Filters | None = None,
    unknown: tuple[str, ...] = (),
    idf: Callable[[str], float] = even,
    english: bool = True,
) -> Case:
    info = IndexInfo(1, papers, "model")
    found = Retrieved(question, None, (), (), info, idf, unknown=unknown, hidden=hidden)
    read = [weighed(PAPER, [0.5, 0.5], 1.0)] if papers else []
    return Case(ask(question), found, read, through, Narrowed(question, filters or Filters()), english)


@pytest.mark.parametrize(
    ("held_back", "reason"),
    [
        ({"about": 0.1}, "off_domain"),
        ({"found": 0.1}, "not_in_corpus"),
        ({"said": 0.1}, "detail_not_in_abstract"),
        ({"about": 0.4, "found": 0.1}, "off_domain"),
        ({"about": 0.7, "found": 0.6, "said": 0.65}, "not_in_corpus"),
    ],
)
def test_the_reason_is_the_first_gate_that_held_the_question_back(
    held_back: dict[str, float], reason: str
) -> None:
    refusal = refuse(_case("How many GPUs trained the sparse nets?", SURE | held_back), WORDS)
    assert refusal.reason == reason
    assert refusal.nearest == (PAPER,)
    assert refusal.suggestions


@pytest.mark.parametrize("gate", SURE)
def test_of_a_question_in_another_language_is_not_said_what_the_papers_are_about(gate: str) -> None:
    refusal = refuse(_case("Was sind sparse nets?", SURE | {gate: 0.1}, english=False), WORDS)
    assert refusal.reason == "other_language"
    assert refusal.nearest == (PAPER,)
    assert "English" in refusal.suggestions[0]


def test_a_missing_detail_is_named_with_the_way_to_the_full_text() -> None:
    refusal = refuse(_case("How many GPUs trained the sparse nets?", SURE | {"said": 0.1}), WORDS)
    assert refusal.missing == ("how many GPUs", "trained")
    assert refusal.suggestions == (
        "The abstract of “Sparse nets” does not say “how many GPUs”, “trained”; its full text may: "
        "https://example.org/a",
    )


def test_what_is_asked_for_is_named_only_where_a_paper_is_about_it() -> None:
    refusal = refuse(_case("How many GPUs trained the sparse nets?", SURE | {"about": 0.1}), WORDS)
    assert refusal.missing == ("gpus", "trained")


def test_verbs_that_go_with_any_question_are_not_told_as_missing() -> None:
    refusal = refuse(_case("Do sparse nets get bronze and reach tin?", SURE | {"found": 0.1}), WORDS)
    assert refusal.missing == ("bronze", "tin")


def test_a_detail_is_named_by_its_phrase() -> None:
    refusal = refuse(_case("Which learning rate trains sparse nets?", SURE | {"said": 0.1}), WORDS)
    assert refusal.missing[0] == "learning rate"
    assert not {"learning", "rate"} & set(refusal.missing)


def test_what_another_of_the_nearest_papers_has_is_not_told_as_missing() -> None:
    other = weighed(Paper("b", "Dense nets of bronze", "Dense nets are large."), [1.0], 0.1)
    case = _case("Are sparse nets made of bronze and tin?", SURE | {"found": 0.1})
    assert refuse(case, WORDS).missing == ("made", "bronze", "tin")
    assert refuse(replace(case, weighed=[*case.weighed, other]), WORDS).missing == ("made", "tin")


def test_papers_on_other_things_are_not_called_near() -> None:
    refusal = refuse(_case("Who won the cup?", SURE | {"about": 0.1}), WORDS)
    assert refusal.nearest == (PAPER,)
    assert "Nearest" not in refusal_text(refusal)
    assert "Nearest" in refusal_text(refuse(_case("Who won the cup?", SURE | {"found": 0.1}), WORDS))


def test_a_filter_that_hides_papers_is_named_with_their_number() -> None:
    case = _case("sparse nets?", SURE, hidden=7, filters=Filters(year_from=2020, authors=("Ada",)))
    refusal = refuse(case, WORDS)
    assert refusal.reason == "filtered_out"
    assert refusal.suggestions == (
        "Widen or drop the filters (year_from, authors): they hide 7 papers that match as well.",
    )


def test_few_missing_words_are_named_the_unknown_and_the_names_first() -> None:
    question = "alpha beta gamma delta epsilon zeta eta theta QRNN"
    refusal = refuse(_case(question, SURE | {"found": 0.1}, unknown=("theta",)), WORDS)
    assert len(refusal.missing) == 6
    assert {"theta", "QRNN"} <= set(refusal.missing)


def test_words_that_many_papers_have_are_not_told_as_missing() -> None:
    case = _case(
        "Is it made of bronze?", SURE | {"found": 0.1}, idf=lambda term: 6.0 - 4.5 * (term == "made")
    )
    assert refuse(case, WORDS).missing == ("bronze",)


def test_the_text_says_all_of_it() -> None:
    refusal = refuse(_case("How many GPUs trained the sparse nets?", SURE | {"said": 0.1}), WORDS)
    text = refusal_text(refusal)
    assert all(word in text for word in ("“how many GPUs”", "“Sparse nets”", "https://example.org/a"))


def test_an_empty_library_has_nothing_nearest() -> None:
    refusal = refuse(_case("sparse nets?", {}, papers=0), WORDS)
    assert (refusal.reason, refusal.nearest, refusal.missing) == ("empty_library", (), ())


@pytest.mark.parametrize("question", ["Who wrote the sparse nets paper?", "Who proposed sparse nets?"])
def test_who_wrote_a_paper_is_told_where_it_is_stored(question: str) -> None:
    paper = replace(PAPER, authors=("Ada Example", "Bo Owen"), year=2021)
    case = replace(
        _case(question, SURE | {"said": 0.1}),
        weighed=[weighed(paper, [0.5, 0.5], 1.0)],
    )
    assert refuse(case, WORDS).suggestions[-1] == (
        "Beside the abstract is stored that its authors are Ada Example and Bo Owen "
        "and that its year is 2021."
    )


def test_what_the_wording_limits_is_told_as_it_was_said() -> None:
    within = Narrowed(
        "papers on nets", Filters(year_from=2020), ("since 2020",), question="papers since 2020"
    )
    case = replace(_case("papers on nets", SURE | {"found": 0.1}, hidden=1), within=within)
    refusal = refuse(case, WORDS)
    assert refusal.reason == "filtered_out"
    assert refusal.suggestions == ("Ask without “since 2020”: 1 paper that matches as well lies beyond.",)


def test_papers_of_somebody_who_has_none_are_told_to_be_none() -> None:
    within = Narrowed("papers by Curie", Filters(), strangers=("Curie",))
    refusal = refuse(replace(_case("papers by Curie", SURE | {"about": 0.1}), within=within), WORDS)
    assert (refusal.reason, refusal.missing, refusal.nearest) == ("not_in_corpus", ("Curie",), ())
    assert refusal.suggestions == ("No stored paper has an author “Curie”, or speaks of one.",)
    empty = refuse(replace(_case("papers by Curie", {}, papers=0), within=within), WORDS)
    assert empty.reason == "empty_library"
