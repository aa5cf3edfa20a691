from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import parse_string

from rag.errors import InvalidInput
from rag.export import FORMATS, export
from rag.export.markdown import escaped as markdown
from rag.export.reference import Name, one_line, split_name, web_address
from rag.types import Answer, Paper
from tests.rag.saved.sample import answer

LATEX = {
    r"{\textbackslash}": "\\",
    r"{\textbraceleft}": "{",
    r"{\textbraceright}": "}",
    r"{\textasciitilde}": "~",
    r"{\textasciicircum}": "^",
    r"\$": "$",
    r"\&": "&",
    r"\%": "%",
    r"\#": "#",
    r"\_": "_",
}
HOSTILE = (
    "100% {unbalanced",
    "}, author = {Forged} @misc{other, title={",
    "a \\input{/etc/passwd} $x_1^2$ & co~#1",
    "line\nER  - \nTY  - JOUR\r\nTI  - forged",
    "<script>alert(1)</script> ![x](http://evil.example/?q) [a](javascript:alert(1))",
    "# 1. - + > `code` *bold* _under_ |a|b| &lt; www.evil.example http://evil.example a@evil.example",
    "1. first", "- item", "+ item", "= x", "12) twelve", "---", "[^1] [1]: http://evil.example", "@everyone",
    "\N{RIGHT-TO-LEFT OVERRIDE}reversed \N{NULL}nul \x1b[31m",
    "Über 雑音 — naïve “quotes” 'single' \"double\"",
    "   ",
    "",
)  # fmt: skip
BARE = Paper("bare", "No one knows when", "Six by six.")
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


def of(*papers: Paper) -> Answer:
    return answer("a" * 24, cited=papers)


def papers_of(text: str) -> Paper:
    return Paper("x", text, f"{text} is six.", (text, f"{text}, {text}"), 2001, f"https://x.org/{text}")


def bibtex(one: Answer) -> Any:
    return parse_string(export(one, "bibtex"), "bibtex").entries


def unlatex(text: str) -> str:
    return re.sub("|".join(map(re.escape, LATEX)), lambda found: LATEX[found.group()], text)


def visible(text: str) -> str:
    """What a reader of this Markdown sees, if nothing in it is markup."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    inline = [token for token in parser.parse(text) if token.type == "inline"]
    children = [child for token in inline for child in token.children or ()]
    assert {child.type for child in children} <= {"text", "text_special"}
    assert {token.type for token in parser.parse(text)} <= {"paragraph_open", "inline", "paragraph_close"}
    return "".join(child.content for child in children)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_paper_without_people_year_or_address_is_written_validly(name: str) -> None:
    text = export(of(BARE), name)
    assert "No one knows when" in text
    assert "None" not in text
    assert "Six by" in text


def test_a_format_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidInput, match="bibtex, ris, csl, markdown"):
        export(of(BARE), "endnote")


@pytest.mark.parametrize("title", HOSTILE)
def test_bibtex_is_one_entry_whose_title_prints_as_it_was(title: str) -> None:
    (entry,) = bibtex(of(papers_of(title))).values()
    assert entry.type == "misc"
    shown = entry.fields["title"]
    assert unlatex(shown[1:-1]) == " ".join((one_line(title) or "Untitled").split())
    assert set(entry.fields) <= {"title", "year", "doi", "url", "annote"}


@settings(max_examples=40)
@given(text=TEXT)
def test_bibtex_reads_back_whatever_a_paper_holds(text: str) -> None:
    entries = bibtex(of(papers_of(text), papers_of(f"{text} second")))
    assert len(entries) in (1, 2)  # the same id, the same paper
    for entry in entries.values():
        assert unlatex(entry.fields["title"][1:-1]).startswith(one_line(text)[:10].strip())


def test_bibtex_keeps_people_apart() -> None:
    people = ("Ada Lovelace", "van der Berg, Jan", "Barnes and Noble", "Aristotle", "Jan van der Berg")
    (entry,) = bibtex(of(Paper("x", "T", "Six by six.", people))).values()
    assert [" ".join(person.last_names) for person in entry.persons["author"]] == [
        "Lovelace", "Berg", "Noble", "{Aristotle}", "Berg",
    ]  # fmt: skip
    assert [" ".join(person.prelast_names) for person in entry.persons["author"]][1] == "van der"


@pytest.mark.parametrize("title", HOSTILE)
def test_ris_is_one_reference_a_tag_a_line(title: str) -> None:
    text = export(of(papers_of(title)), "ris")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", row) for row in text.split("\r\n")[:-1])
    (entry,) = rispy.loads(text)
    assert entry["type_of_reference"] == "GEN"
    assert entry["title"] == (one_line(title) or "Untitled")
    assert entry["year"] == "2001"
    assert all("*" not in author for author in entry.get("authors", ()))


@pytest.mark.parametrize("title", HOSTILE)
def test_csl_is_a_list_of_items_with_what_is_known(title: str) -> None:
    first, second = json.loads(export(of(papers_of(title), BARE), "csl"))
    assert first["title"] == (one_line(title) or "Untitled")
    assert first["issued"] == {"date-parts": [[2001]]}
    assert all(set(person) in ({"family", "given"}, {"literal"}) for person in first.get("author", ()))
    assert set(second) == {"id", "type", "title", "note"}
    assert first["id"] != second["id"]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_text_as_it_is(text: str) -> None:
    assert visible(markdown(text)) == one_line(text)


@settings(max_examples=60)
@given(text=TEXT)
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    assert visible(markdown(text)) == one_line(text)


@pytest.mark.parametrize("title", HOSTILE)
def test_markdown_has_no_link_image_or_html_but_the_papers_own_addresses(title: str) -> None:
    one = of(papers_of(title), Paper("y", title, "Six by six.", url="javascript:alert(1)"))
    tokens = MarkdownIt("commonmark").parse(export(one, "markdown"))
    children = [child for token in tokens for child in token.children or ()]
    assert not {child.type for child in children} & {"image", "html_inline", "code_inline", "em", "strong"}
    assert all(token.type != "html_block" for token in tokens)
    links = [child.attrs["href"] for child in children if child.type == "link_open"]
    assert len(links) == 1
    assert str(links[0]).startswith("https://x.org/")


def test_markers_stay_readable_and_are_no_links() -> None:
    paper = Paper("x", "T", "[1](http://evil.example) [2][3] [1]: http://evil.example")
    text = export(answer(cited=(paper,)), "markdown")
    assert "[1] “\\[1\\](" in text
    assert " [1]" in text.splitlines()[2]


def test_an_answer_in_a_list_stays_one() -> None:
    text = "Two papers do:\n\n- “A”: It *is*. [1]\n- “B”: # So. [2]"
    shown = export(replace(of(BARE), answer=text), "markdown").splitlines()
    assert shown[2:6] == ["Two papers do:", "", r"- “A”: It \*is\*. [1]", "- “B”: # So. [2]"]


def test_an_answer_without_citations_has_no_references_and_a_readable_page() -> None:
    assert export(of(), "bibtex") == export(of(), "ris") == ""
    assert json.loads(export(of(), "csl")) == []
    assert export(of(), "markdown").startswith("# Is it?\n")


def test_a_paper_cited_twice_is_one_reference_with_both_quotes() -> None:
    (entry,) = rispy.loads(export(of(BARE, BARE), "ris"))
    assert entry["notes"] == ["[1] “Six by”", "[2] “Six by”"]


def test_keys_are_told_apart_and_plain() -> None:
    papers = [Paper(str(n), "Überall Straßen", "Six by six.", ("Zoë Ørsted",), 2001) for n in range(3)]
    keys = list(bibtex(of(*papers)))
    assert len(set(keys)) == 3
    assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in keys)


def test_a_key_takes_the_first_word_of_the_title_that_says_something() -> None:
    papers = [Paper("1", "GAN with Towers", "Six by six."), Paper("2", "Does This Work?", "Six by six.")]
    assert list(bibtex(of(*papers))) == ["towers", "work"]


def test_dois_are_told_from_ids_and_addresses() -> None:
    papers = (
        Paper("10.1000/x(1)", "A", "Six by six."),
        Paper("b", "B", "Six by six.", url="https://doi.org/10.1000/y"),
        Paper("10.1/z", "C", "Six by six.", url="https://example.org/10.1000/z"),
        Paper("d", "D", "Six by six.", url="https://doi.org/10.1000/w%28a%29"),
    )
    found = [entry.fields.get("doi") for entry in bibtex(of(*papers)).values()]
    assert found == ["10.1000/x(1)", "10.1000/y", None, "10.1000/w(a)"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.org/a?b=1&c=2#d", "https://x.org/a?b=1&c=2#d"),
        ("http://x.org/a b{c}\\<d>", "http://x.org/a%20b%7Bc%7D%5C%3Cd%3E"),
        ("https://x.org/%20", "https://x.org/%20"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://", ""),
        ("http://[bad", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_given(url: str, expected: str) -> None:
    assert web_address(url) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", Name("Lovelace", "Ada")),
        ("Lovelace, Ada King", Name("Lovelace", "Ada King")),
        ("Jan van der Berg", Name("van der Berg", "Jan")),
        ("Martin L. King Jr.", Name("King Jr.", "Martin L.")),
        ("Aristotle", Name("Aristotle")),
        (", Ada", Name("Ada")),
        ("Ada,", Name("Ada")),
    ],
)
def test_names_are_taken_apart(name: str, expected: Name) -> None:
    assert split_name(name) == expected
