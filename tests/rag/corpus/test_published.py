"""What exports say of a paper, made plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.published import first_last, one_line, published, without_tags


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (
            "<jats:title>Abstract</jats:title><jats:p>We find H<jats:sub>2</jats:sub>O &lt; 5.</jats:p>"
            "<jats:p>It works.</jats:p>",
            "We find H2O < 5. It works.",
        ),
        ("<p>In <i>Mus musculus</i>,<br/>p&nbsp;&lt; 0.05</p>", "In Mus musculus, p < 0.05"),
        ("a < b and c > d, e <p f", "a < b and c > d, e <p f"),
        ("AT&amp;T, 5 &lt; 6 and <x>", "AT&amp;T, 5 &lt; 6 and <x>"),
    ],
)
def test_a_publishers_tags_are_no_words(written: str, plain: str) -> None:
    assert without_tags(written) == plain


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Marks, Ada", "Ada Marks"),
        ("Ada Marks", "Ada Marks"),
        ("Owen, Jr., Bo", "Bo Owen Jr."),
        ("Owen, Bo, III", "Bo Owen III"),
        ("van den Berg, Ludwig (57200000001)", "Ludwig van den Berg"),
        ("The Sleep Group", "The Sleep Group"),
        ("", ""),
        (",", ""),
    ],
)
def test_names_are_written_in_one_way(name: str, spoken: str) -> None:
    assert first_last(name) == spoken


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2019 Aug 26", 2019),
        ("03/2021", 2021),
        ("1998//", 1998),
        ("", None),
        ("in press", None),
        ("12021", None),
    ],
)
def test_the_year_is_found_in_a_date(date: str, year: int | None) -> None:
    assert published(title="T", abstract="A.", date=date)["year"] == year


@pytest.mark.parametrize("doi", ["10.1000/ABC.1", "https://doi.org/10.1000/abc.1", "doi: 10.1000/ABC.1."])
def test_a_doi_names_a_paper_however_it_is_written(doi: str) -> None:
    found = published(title="T", abstract="A.", doi=doi, urls=["no address"])
    assert (found["id"], found["url"]) == ("10.1000/abc.1", "https://doi.org/10.1000/abc.1")


def test_what_the_source_calls_a_paper_comes_before_its_doi() -> None:
    found = published(title="T", abstract="A.", doi="10.1000/1", known_as=" 7 ", urls=["https://a.org/x"])
    assert (found["id"], found["url"]) == ("7", "https://a.org/x")


@pytest.mark.parametrize("text", ["[No abstract available]", "No abstract available.", "no abstract"])
def test_what_stands_for_no_abstract_is_none(text: str) -> None:
    assert published(title="T", abstract=text)["abstract"] == ""


@given(st.text(st.characters(exclude_characters="\n", codec="utf-8")))
def test_a_text_on_one_line_keeps_every_character(text: str) -> None:
    assert one_line(f"a{text}b") == f"a{text}b"
