from __future__ import annotations

from dataclasses import replace

from rag.saved import replay
from rag.types import Answer, IndexInfo, Paper, Request
from tests.rag.saved.sample import CITED, MADE_BY, REQUEST, answer, saved


def test_the_same_answer_is_the_same_in_another_generation_and_that_is_told() -> None:
    now = replace(answer(), index=IndexInfo(5, 9, "words", 8), timings_ms={}, id="x")
    found = replay(saved("a" * 24), lambda _: now, replace(MADE_BY, code="d" * 64))
    assert found.same
    assert [told.partition(":")[0] for told in found.circumstances] == ["generation", "revision", "code"]


def test_what_differs_is_named() -> None:
    changed = Paper(CITED.id, CITED.title, "It is! Is it?")
    found = replay(saved("a" * 24), lambda _: answer(cited=(changed,)), MADE_BY)
    assert not found.same
    assert [told.partition(":")[0] for told in found.differences] == ["answer", "citations"]
    assert found.circumstances == ()


def test_it_is_asked_as_it_was_asked_and_quoted_where_it_was_quoted() -> None:
    asked: list[Request] = []

    def ask(request: Request) -> Answer:
        asked.append(request)
        return answer()

    auto, llm = replace(REQUEST, mode="auto"), replace(REQUEST, mode="llm")
    quoted = saved("a" * 24)
    written = replace(quoted, answer=replace(quoted.answer, mode="llm"))
    for before in (
        replace(quoted, request=auto),
        replace(written, request=auto),
        replace(written, request=llm),
    ):
        replay(before, ask, MADE_BY)
    assert asked == [REQUEST, auto, llm]
