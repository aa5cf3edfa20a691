from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import read_papers
from rag.corpus.json_list import JSON_LIST, _Cutter
from rag.types import Paper, Rejection
from tests.rag.corpus.contract import ReaderContract, Texts


class TestJsonList(ReaderContract):
    reader = JSON_LIST
    preamble_lines = 1
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        records = [
            line
            for title, abstract in texts
            for line in (
                " {",
                f'"title": {json.dumps(title, ensure_ascii=False)},',
                f'"abstract": {json.dumps(abstract)}',
                "},",
            )
        ]
        return [line.encode() for line in ("[", *records)]


CSL = """\
[
  {"id": "marks2021", "type": "article-journal", "title": "Sleep {and} memory",
   "abstract": "<jats:p>We asked \\"forty\\".</jats:p>",
   "author": [{"family": "Marks", "given": "Ada"}, {"literal": "The Sleep Group"}],
   "issued": {"date-parts": [["2021", 3]]}, "DOI": "10.1000/XYZ", "keyword": "sleep, memory"},
  {"title": "Bad", "abstract": tru},
  {"title": "Two on", "text": "a line."}, {"title": "One", "text": "more.", "authors": [{"name": "Bo Owen"}],
   "year": 2019, "publicationDate": "2020-01-01", "url": "https://example.org/one"},
  {"title": "Cut off",
"""


def read(text: str) -> list[Paper | Rejection]:
    return list(read_papers(io.BytesIO(text.encode()), name="library.json"))


def test_an_export_of_a_reference_manager() -> None:
    marks, bad, two, one, cut = read(CSL)
    assert marks == Paper(
        id="marks2021",
        title="Sleep {and} memory",
        abstract='We asked "forty".',
        authors=("Ada Marks", "The Sleep Group"),
        year=2021,
        url="https://doi.org/10.1000/xyz",
        sources=("library.json",),
        categories=("sleep", "memory"),
    )
    assert isinstance(bad, Rejection)
    assert bad.where == "library.json:6"
    assert isinstance(two, Paper)
    assert isinstance(one, Paper)
    assert (one.authors, one.year, one.url) == (("Bo Owen",), 2019, "https://example.org/one")
    assert isinstance(cut, Rejection)
    assert (cut.where, "never closed" in cut.why) == ("library.json:9", True)


SERVICES = {
    "Semantic Scholar": """{"total": 2, "token": null, "data": [{"paperId": "ab12",
        "references": [{"title": "No"}], "title": "Sleep and memory", "abstract": "We slept.", "year": 2021,
        "authors": [{"name": "Ada Marks"}]}]}""",
    "OpenAlex": """{"meta": {"count": 1}, "results": [{"doi": "https://doi.org/10.1000/XYZ",
        "title": "Sleep and memory", "publication_year": 2021,
        "authorships": [{"author_position": "first", "author": {"display_name": "Ada Marks"}}],
        "abstract_inverted_index": {"slept.": [1], "We": [0]}}], "group_by": []}""",
    "Crossref": """{"status": "ok", "message": {"facets": {}, "items": [
      {"DOI": "10.1000/XYZ", "title": ["Sleep and memory"], "abstract": "<jats:p>We slept.</jats:p>",
       "author": [{"given": "Ada", "family": "Marks"}], "issued": {"date-parts": [[2021, 3]]}}
    ], "items-per-page": 20, "query": {"start-index": 0}}}""",
    "Europe PMC": """{
      "version": "6.9",
      "resultList": {
        "result": [
          {
            "id": "123", "title": "Sleep and memory", "abstractText": "<h4>Aim</h4>We slept.",
            "authorString": "Marks A.", "pubYear": "2021"
          }
        ]
      }
    }""",
    "one object": """{
      "title": "Sleep and memory",
      "abstract": "We slept.",
      "authors": ["Ada Marks"], "year": 2021, "tables": {"a": [{"data": [{}]}]}
    }""",
}
"""Answers as scholarly services give them, cut down."""


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("pages", [1, 2])
def test_the_answer_of_a_service_is_read_as_it_came(service: str, pages: int) -> None:
    found = read("\n".join([SERVICES[service]] * pages))
    assert len(found) == pages
    for paper in found:
        assert isinstance(paper, Paper), paper
        assert (paper.title, paper.year) == ("Sleep and memory", 2021)
        assert paper.abstract in {"We slept.", "Aim We slept."}
        assert paper.authors in {("Ada Marks",), ("Marks A.",)}


def test_a_paper_without_an_id_of_its_own_is_known_by_its_doi() -> None:
    papers = [paper for service in ("OpenAlex", "Crossref") for paper in read(SERVICES[service])]
    assert [paper.id for paper in papers if isinstance(paper, Paper)] == ["10.1000/xyz", "10.1000/xyz"]


@pytest.mark.parametrize("text", ["[]", "[\n]", "[1, 2]", ""])
def test_a_list_of_nothing_holds_no_papers(text: str) -> None:
    assert list(read_papers(io.BytesIO(text.encode()), name="x", format="json")) == []


@pytest.mark.parametrize("times", [3, 30_000])
def test_a_list_on_one_line_is_read_however_long(times: int) -> None:
    texts = [f'{n}: "quoted", {{braces}}, a backslash \\ and an é' for n in range(times)]
    items = read(json.dumps([{"title": f"T{n}", "abstract": text} for n, text in enumerate(texts)]))
    assert [item.abstract for item in items if isinstance(item, Paper)] == texts


@pytest.mark.parametrize("within", ["%s", '{"meta": {"n": 1}, "data": %s, "links": {"next": null}}'])
@given(
    texts=st.lists(st.text(st.sampled_from('a"\\{}[],: \n'), max_size=20), max_size=6), size=st.integers(1, 9)
)
def test_pieces_may_end_anywhere(within: str, texts: list[str], size: int) -> None:
    values = [{"title": f"T{n}", "abstract": f"A{text}."} for n, text in enumerate(texts)]
    whole = within % json.dumps(values or [{}])
    cutter = _Cutter()
    cut = [text for at in range(0, len(whole), size) for _, text in cutter.take(whole[at : at + size], "x")]
    assert [json.loads(text) for text in cut] == (values or [{}])


def test_an_object_that_never_ends_is_not_held() -> None:
    over = '[{"title": "T", "abstract": "' + "a" * 1_100_000
    assert [item.where for item in read(over) if isinstance(item, Rejection)] == ["library.json:1"]
