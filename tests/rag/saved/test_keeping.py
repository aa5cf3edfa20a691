from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import InvalidInput, NotFound, SavedUnavailable
from rag.saved import Feedback, Keeper, Saved
from rag.saved.keeper import NOT_KEPT
from rag.saved.record import answer_id, decode, encode
from rag.types import Answer, IndexInfo, Paper, Refusal
from tests.fakes.answers import MemoryAnswers
from tests.rag.saved.sample import CITED, MADE_BY, REQUEST, answer, saved

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


class Full(MemoryAnswers):
    """A store that fails, as on a full disk."""

    def put(self, saved: Saved) -> None:  # noqa: ARG002  # it keeps nothing
        raise SavedUnavailable("the disk is full")


def test_what_is_kept_is_what_goes_out() -> None:
    store = MemoryAnswers()
    sent = Keeper(MADE_BY, store).keep(REQUEST, answer())
    kept = store.get(sent.id)
    assert (kept.answer, kept.request, kept.made_by) == (sent, REQUEST, MADE_BY)


@pytest.mark.parametrize("store", [Full(), None])
def test_an_answer_goes_out_whether_it_is_kept_or_not(store: Full | None) -> None:
    kept, plain = Keeper(MADE_BY, MemoryAnswers()).keep(REQUEST, answer()), Keeper(MADE_BY, store)
    sent = plain.keep(REQUEST, answer())
    assert replace(sent, degraded=()) == kept
    assert sent.degraded == ((NOT_KEPT,) if store else ())


def test_an_answer_that_can_t_be_written_down_goes_out_and_what_was_asked_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    request = replace(REQUEST, question="Secret \ud800?")
    sent = Keeper(MADE_BY, MemoryAnswers()).keep(request, answer())
    assert sent.degraded == (NOT_KEPT,)
    assert "not kept" in caplog.text
    assert "Secret" not in caplog.text


def test_where_nothing_is_kept_it_says_which_setting_does_that() -> None:
    keeper = Keeper(MADE_BY)
    for call in (lambda: keeper.get("a" * 24), lambda: keeper.rate(Feedback("a" * 24, "up"))):
        with pytest.raises(NotFound, match="CITEWELL_KEEP_ANSWERS"):
            call()


def test_an_opinion_of_a_citation_that_is_not_there_is_refused() -> None:
    keeper = Keeper(MADE_BY, MemoryAnswers())
    sent = keeper.keep(REQUEST, answer())
    keeper.rate(Feedback(sent.id, "down", 1))
    with pytest.raises(InvalidInput, match="its citations are 1") as refused:
        keeper.rate(Feedback(sent.id, "down", 2))
    assert refused.value.field == "citation"


CHANGED = Paper(CITED.id, CITED.title, "It is! Is it?")


@pytest.mark.parametrize(
    "other",
    [
        replace(answer(), index=IndexInfo(5, 9, "words", 7)),
        replace(answer(), index=IndexInfo(4, 9, "words", 8)),
        replace(answer(), answer="It is, they say. [1]", mode="llm", model="m"),
        answer(cited=(CHANGED,)),
        answer(cited=(CITED, CHANGED)),
    ],
    ids=["another generation", "another revision", "other words", "other abstract", "more citations"],
)
def test_another_answer_to_the_same_question_has_another_id(other: Answer) -> None:
    assert answer_id(REQUEST, other, MADE_BY) != answer_id(REQUEST, answer(), MADE_BY)


def test_the_same_answer_has_the_same_id_however_long_it_took() -> None:
    slower = replace(answer("other"), timings_ms={"total": 99.0}, degraded=("dense",))
    assert answer_id(REQUEST, slower, MADE_BY) == answer_id(REQUEST, answer(), MADE_BY)
    assert answer_id(replace(REQUEST, top_k=4), answer(), MADE_BY) != answer_id(REQUEST, answer(), MADE_BY)


@settings(max_examples=30)
@given(
    title=TEXT,
    abstract=TEXT,
    question=TEXT,
    authors=st.lists(TEXT, max_size=3),
    year=st.none() | st.integers(0, 9999),
)
def test_any_answer_is_read_as_it_was_written(
    title: str, abstract: str, question: str, authors: list[str], year: int | None
) -> None:
    paper = Paper("id", title, abstract, tuple(authors), year)
    refusal = Refusal("about", (question,), (Paper("n", title, ""),), ("Try.",))
    one = replace(saved("a" * 24).answer, citations=answer(cited=(paper,)).citations, refusal=refusal)
    whole = replace(saved("a" * 24), answer=one, request=replace(REQUEST, question=question))
    assert decode(encode(whole)) == whole


def test_papers_that_are_not_cited_are_kept_without_their_abstracts() -> None:
    one = answer()
    hits = tuple(replace(hit, paper=CITED) for hit in one.retrieved)
    whole = replace(saved("a" * 24), answer=replace(one, retrieved=hits))
    assert encode(whole).count(CITED.abstract) == 1
