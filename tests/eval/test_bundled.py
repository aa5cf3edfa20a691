"""The bundled question sets say only what the bundled abstracts say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from eval.cases import Case, load_bundled
from eval.metrics.facts import words
from eval.suite import bundled_papers
from rag.corpus import read_papers
from rag.types import Paper

COMMON_WORDS = """
    a an the of for to in on at by with and or is are was were be do does did how what which why when who whom
    whose that this these those it its as from into than not no any all can could may might will would should
    has have had their there they we our you your i via using use used based new approach method model models
    network networks learning neural paper data one two three between more most under over linear nonlinear
    towards toward about such each other without show
"""
COMMON = frozenset(COMMON_WORDS.split())
STEM = 6


def _papers() -> Iterator[Paper]:
    for path in bundled_papers():
        with path.open("rb") as stream:
            for item in read_papers(stream, name=path.name):
                assert isinstance(item, Paper)
                yield item


@pytest.fixture(scope="module")
def papers() -> dict[str, Paper]:
    return {paper.id: paper for paper in _papers()}


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_bundled()


def test_sets_have_the_sizes_promised(cases: tuple[Case, ...]) -> None:
    kinds = Counter(case.kind for case in cases)
    assert kinds["answerable"] >= 250
    assert (kinds["multi"], kinds["unanswerable"], kinds["conversation"], kinds["robustness"]) == (
        30,
        157,
        30,
        20,
    )
    styles = Counter(case.style for case in cases if case.kind == "answerable")
    assert styles["own_words"] == styles["ordinary"]


def test_ids_are_unique_across_sets(cases: tuple[Case, ...]) -> None:
    assert len({case.id for case in cases}) == len(cases)


def test_every_paper_is_asked_about(cases: tuple[Case, ...], papers: dict[str, Paper]) -> None:
    asked = {paper for case in cases if case.kind == "answerable" for paper in case.gold_papers}
    assert len(papers) == 214
    assert asked == set(papers)


def test_every_quote_stands_verbatim_in_its_abstract(
    cases: tuple[Case, ...], papers: dict[str, Paper]
) -> None:
    wrong = [
        (case.id, quote.quote)
        for case in cases
        for quote in (*case.gold_quotes, *case.corrections)
        if quote.quote not in papers[quote.paper_id].abstract
    ]
    assert wrong == []


def test_every_paper_named_is_a_bundled_one(cases: tuple[Case, ...], papers: dict[str, Paper]) -> None:
    assert {paper for case in cases for paper in (*case.gold_papers, *case.about)} <= set(papers)


def test_every_answerable_case_has_its_gold(cases: tuple[Case, ...]) -> None:
    bare = [
        case.id
        for case in cases
        if case.expect == "answered"
        and not case.small_talk
        and not (case.gold_papers and case.gold_quotes and case.key_facts and case.reference_answer)
    ]
    assert bare == []


def test_every_key_fact_stands_in_a_gold_quote(cases: tuple[Case, ...]) -> None:
    stray = [
        (case.id, fact)
        for case in cases
        for fact in case.key_facts
        if not any(f" {words(fact)} " in f" {words(quote.quote)} " for quote in case.gold_quotes)
    ]
    assert stray == []


def test_multi_paper_questions_need_two_to_five_papers(cases: tuple[Case, ...]) -> None:
    assert all(2 <= len(case.gold_papers) <= 5 for case in cases if case.kind == "multi")


def test_unanswerable_questions_cover_every_way_of_having_no_answer(cases: tuple[Case, ...]) -> None:
    ways = Counter(case.category for case in cases if case.kind == "unanswerable")
    assert set(ways) == {"off_corpus", "off_domain", "withheld_detail", "false_premise", "nonsense"}
    assert all(case.expect == "refused" for case in cases if case.kind == "unanswerable")


def test_conversations_have_two_to_four_turns(cases: tuple[Case, ...]) -> None:
    turns = [
        1 + sum(turn.role == "user" for turn in case.history) for case in cases if case.kind == "conversation"
    ]
    assert set(turns) == {2, 3, 4}


def test_a_paper_is_asked_about_on_one_side_of_the_split(cases: tuple[Case, ...]) -> None:
    sides: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        if len(case.gold_papers or case.about) == 1:
            sides[(case.gold_papers or case.about)[0]].add(case.split)
    assert [paper for paper, split in sides.items() if len(split) > 1] == []


def test_a_question_over_several_papers_is_on_their_side_where_they_share_one(
    cases: tuple[Case, ...],
) -> None:
    side = {case.gold_papers[0]: case.split for case in cases if case.kind == "answerable"}
    wrong = [
        case.id
        for case in cases
        if case.kind == "multi" and {side[paper] for paper in case.gold_papers} in ({"dev"}, {"test"})
        if side[case.gold_papers[0]] != case.split
    ]
    assert wrong == []


def test_questions_in_the_readers_own_words_avoid_the_title(
    cases: tuple[Case, ...], papers: dict[str, Paper]
) -> None:
    shared = {
        case.id: common
        for case in cases
        if case.style == "own_words" and case.kind == "answerable"
        if (common := _shared(case.question, papers[case.gold_papers[0]].title))
    }
    assert shared == {}


def _shared(question: str, title: str) -> set[str]:
    names = {word for word in _folded(title) if word not in COMMON and len(word) > 2}
    stems = {word[:STEM] for word in names if len(word) >= STEM}
    return {
        word for word in _folded(question) if word in names or (len(word) >= STEM and word[:STEM] in stems)
    }


def _folded(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
