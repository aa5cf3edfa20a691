from __future__ import annotations

import io
from pathlib import Path

import pytest

from rag.corpus import TextsSeen, read_papers
from rag.corpus.saved_page import SAVED_PAGE
from rag.types import Paper, Rejection
from tests.rag.corpus.contract import THREE, ReaderContract, Texts

PAGES = sorted((Path(__file__).parents[3] / "data" / "papers").glob("*.txt"))

HEADING = [
    b"Get trending papers in your email inbox once a day!",
    b"Get trending papers in your email inbox!",
]


class TestSavedPage(ReaderContract):
    reader = SAVED_PAGE
    preamble_lines = 2
    lines_per_record = 2

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        lines = [line.encode() for pair in texts for line in pair]
        return [*HEADING, *[b"Subscribe" + line for line in lines[:1]], *lines[1:]]


def read(*lines: str) -> list[Paper | Rejection]:
    data = "\n".join(lines).encode()
    return list(read_papers(io.BytesIO(data), name="page.txt", format="saved-page"))


def outcome(*lines: str) -> list[str]:
    """Titles of papers, and places of rejections."""
    return [item.title if isinstance(item, Paper) else item.where for item in read(*lines)]


TOP = [line.decode() for line in HEADING]


def test_the_bundled_pages_hold_238_records_of_214_papers_24_of_them_twice() -> None:
    seen = TextsSeen()
    sources: dict[str, list[str]] = {}
    for path in PAGES:
        with path.open("rb") as stream:
            items = list(read_papers(stream, name=str(path), seen=seen))
        assert len(items) == 119
        for item in items:
            assert isinstance(item, Paper), item
            sources.setdefault(item.id, []).extend(item.sources)
    assert len(sources) == 214
    assert sum(len(names) == 2 and len(set(names)) == 2 for names in sources.values()) == 24


def test_the_glued_word_goes_from_the_first_title_only() -> None:
    items = outcome(*TOP, "SubscribeTo Gate or Not", "We gate.", "Subscribe Now: a Study", "We ask.")
    assert items == ["To Gate or Not", "Subscribe Now: a Study"]


def test_a_title_left_over_is_reported_at_its_line() -> None:
    assert outcome(*TOP, "SubscribeOne", "Text.", "Two") == ["One", "page.txt:5"]


@pytest.mark.parametrize(
    ("title", "abstract", "why"), [("", "Text.", "title is empty"), ("Two", "  ", "abstract is empty")]
)
def test_an_empty_line_costs_its_record_only(title: str, abstract: str, why: str) -> None:
    items = read(*TOP, "SubscribeOne", "Text.", title, abstract, "Three", "More.")
    assert [type(item) for item in items] == [Paper, Rejection, Paper]
    assert isinstance(items[1], Rejection)
    assert items[1].where == "page.txt:5"
    assert why in items[1].why


def test_blank_lines_at_the_end_are_nothing() -> None:
    assert outcome(*TOP, "SubscribeOne", "Text.", "", "", "") == ["One"]


@pytest.mark.parametrize("kept", [TOP[:1], TOP[1:], []])
@pytest.mark.parametrize("button", ["Subscribe", ""])
def test_missing_heading_lines_are_reported_and_lose_no_paper(kept: list[str], button: str) -> None:
    assert outcome(*kept, f"{button}One", "Text.", "Two", "More.") == ["page.txt:1", "One", "Two"]


def test_any_two_lines_before_the_button_are_the_heading() -> None:
    assert outcome("My saved page", "of today", "SubscribeOne", "Text.") == ["One"]


def test_a_heading_line_that_is_no_text_is_reported() -> None:
    data = b"\xff\n" + "\n".join([TOP[1], "SubscribeOne", "Text."]).encode()
    items = list(read_papers(io.BytesIO(data), name="page.txt"))
    assert [item.title if isinstance(item, Paper) else item.where for item in items] == ["page.txt:1", "One"]


def test_lines_out_of_step_are_refused_rather_than_stored_as_titles() -> None:
    long = "A sentence of an abstract. " * 20
    items = read(*TOP, "SubscribeOne", long, "stray", "Two", long, "Three", long, "Four")
    assert [item.title for item in items if isinstance(item, Paper)] == ["One", "stray"]
    assert all("line is missing or too many" in item.why for item in items[2:] if isinstance(item, Rejection))
    assert len(items) == 4


def test_an_empty_file_is_a_page_without_its_heading() -> None:
    assert outcome("") == ["page.txt:1"]


def test_white_space_goes_around_an_abstract_and_within_a_title() -> None:
    (paper,) = read(*TOP, "Subscribe  One \t two ", "\u00a0 Some  text. ")
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == ("One two", "Some  text.")


def test_a_page_with_three_good_papers_needs_no_other_mark() -> None:
    assert len(read(*TOP, *[line for pair in THREE for line in pair])) == 3
