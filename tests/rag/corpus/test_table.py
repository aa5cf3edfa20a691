from __future__ import annotations

import csv
import io

import pytest

from rag.corpus import detect, read_papers
from rag.corpus.table import TABLE
from rag.errors import UnknownFormat
from rag.types import Paper, Rejection, paper_id_of
from tests.rag.corpus.contract import ReaderContract, Texts


class TestTable(ReaderContract):
    reader = TABLE
    preamble_lines = 1
    lines_per_record = 1

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        def row(*fields: str) -> bytes:
            out = io.StringIO()
            csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(fields)
            return out.getvalue().encode()

        return [row("Title", "Abstract"), *(row(title, abstract) for title, abstract in texts)]


def read(text: str, name: str = "papers.csv") -> list[Paper | Rejection]:
    return list(read_papers(io.BytesIO(text.encode()), name=name))


def test_an_export_with_many_columns() -> None:
    sleep, empty, wide, last = read(
        "Key,Publication Year,Author,Title,DOI,Url,Abstract Note,Manual Tags\n"
        'A,2021,"Marks, Ada; Owen, Bo","Sleep, and ""memory""",10.1000/X,,"We asked\n'
        '  forty adults, and more.",sleep; memory\n'
        "\n"
        "B,2020,,No abstract,,,,\n"
        "C,2020,,Too wide,,,Text.,,,\n"
        "D,,,Last,,https://example.org/d,Its text.\n"
    )
    assert sleep == Paper(
        id="10.1000/x",
        title='Sleep, and "memory"',
        abstract="We asked forty adults, and more.",
        authors=("Ada Marks", "Bo Owen"),
        year=2021,
        url="https://doi.org/10.1000/x",
        sources=("papers.csv",),
        categories=("sleep", "memory"),
    )
    assert isinstance(empty, Rejection)
    assert empty.where == "papers.csv:5:abstract"
    assert isinstance(wide, Rejection)
    assert (wide.where, "10 fields" in wide.why) == ("papers.csv:6", True)
    assert isinstance(last, Paper)
    assert last.url == "https://example.org/d"


def test_web_of_science_names_its_columns_by_tags() -> None:
    tags = ["PT", "AU", "AF", "TI", "DE", "AB", "PY", "DI"]
    row = ["J", "Marks, A", "Marks, Ada", "Sleep", "rest", "We slept.", "2021", "10.1000/X"]
    (paper,) = read("\ufeff" + "\t".join(tags) + "\n" + "\t".join(row) + "\n")
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.year) == ("Sleep", "We slept.", 2021)
    assert (paper.id, paper.authors, paper.categories) == ("10.1000/x", ("Ada Marks",), ("rest",))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_is_known_by_its_heading_whatever_parts_it(delimiter: str) -> None:
    text = (
        delimiter.join(["title", "abstract", "year"]) + "\n" + delimiter.join(["T", "Words.", "2020"]) + "\n"
    )
    assert detect(text.encode(), "upload") is TABLE
    (paper,) = read(text, "upload")
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.year) == ("T", "Words.", 2020)


def test_a_table_of_something_else_is_not_read() -> None:
    with pytest.raises(UnknownFormat):
        read("name,price\nx,1\n", "list.txt")
    (refused,) = read("name,price\nx,1\n", "list.csv")
    assert isinstance(refused, Rejection)
    assert (refused.where, "“title”" in refused.why) == ("list.csv:1", True)


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Marks, Ada", ("Ada Marks",)),
        ("Marks, Ada; Owen, Bo", ("Ada Marks", "Bo Owen")),
        ("Marks, Ada (57200000001); Owen, Bo (7003000000)", ("Ada Marks", "Bo Owen")),
        ("Ada Marks, Bo Owen and Cy Diaz", ("Ada Marks", "Bo Owen", "Cy Diaz")),
        ("", ()),
    ],
)
def test_authors_are_told_apart(cell: str, authors: tuple[str, ...]) -> None:
    (paper,) = read(f'title,abstract,authors\nT,Words.,"{cell}"\n')
    assert isinstance(paper, Paper)
    assert paper.authors == authors


@pytest.mark.parametrize(
    ("heading", "cell", "paper_id"),
    [
        ("pmid", "7", "7"),
        ("id", "W2100837269", "W2100837269"),
        ("id", "7", paper_id_of("T")),
        ("key", "marks2021", paper_id_of("T")),
    ],
)
def test_a_row_number_is_no_id(heading: str, cell: str, paper_id: str) -> None:
    (paper,) = read(f"title,abstract,{heading}\nT,Words.,{cell}\n")
    assert isinstance(paper, Paper)
    assert paper.id == paper_id


def test_an_open_quotation_mark_is_told_where_it_opens() -> None:
    whole, opened = read('title,abstract\nT,Words.\nU,"never closed\nV,More.\n')
    assert isinstance(whole, Paper)
    assert isinstance(opened, Rejection)
    assert (opened.where, "never closed" in opened.why) == ("papers.csv:3", True)
