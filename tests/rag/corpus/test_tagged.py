from __future__ import annotations

import io

import pytest

from rag.corpus import detect, read_papers
from rag.corpus.tagged import ENDNOTE, MEDLINE, RIS, WEB_OF_SCIENCE
from rag.types import Paper, Rejection
from tests.rag.corpus.contract import ReaderContract, Texts


class TestRis(ReaderContract):
    reader = RIS
    preamble_lines = 0
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        return [
            line.encode()
            for title, abstract in texts
            for line in ("TY  - JOUR", f"TI  - {title}", f"AB  - {abstract}", "ER  - ")
        ]


class TestEndnote(ReaderContract):
    reader = ENDNOTE
    preamble_lines = 0
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        return [
            line.encode()
            for title, abstract in texts
            for line in ("%0 Journal Article", f"%T {title}", f"%X {abstract}", "")
        ]


class TestMedline(ReaderContract):
    reader = MEDLINE
    preamble_lines = 0
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        return [
            line.encode()
            for title, abstract in texts
            for line in ("PMID- ", f"TI  - {title}", f"AB  - {abstract}", "")
        ]


class TestWebOfScience(ReaderContract):
    reader = WEB_OF_SCIENCE
    preamble_lines = 2
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        records = [
            line for title, abstract in texts for line in ("PT J", f"TI {title}", f"AB {abstract}", "ER")
        ]
        return [line.encode() for line in ("FN Clarivate Analytics Web of Science", "VR 1.0", *records)]


RIS_EXPORT = """\
Provider: a reference manager

TY  - JOUR
AU  - Marks, Ada
AU  - Owen, Bo, Jr.
PY  - 2021/03/04/
TI  - Sleep and
  memory
AB  - We asked forty adults.
Half of them slept.
KW  - sleep
KW  - memory
DO  - https://doi.org/10.1000/ABC.123
UR  - not an address
ER  -

TY  - BOOK
T1  - No abstract here
ER  -
AB  - A line that belongs to nothing.
TY  - JOUR
T1  - Older tags
N2  - They are read as well.
Y1  - 1998//
ER  -
"""

PUBMED_EXPORT = """\

PMID- 31452104
OWN - NLM
DP  - 2019 Aug 26
TI  - A title that goes on over
      two lines.
LID - 10.1000/xyz-9 [doi]
AB  - BACKGROUND: Something was unknown. METHODS: We looked at 40
      patients. CONCLUSION: It is known.
FAU - Marks, Ada
AU  - Marks A
MH  - Adult
MH  - *Sleep/physiology
OT  - memory

PMID- 31452105
TI  - Another one.
AB  - Its abstract.
DP  - 2018 Winter
"""


WEB_OF_SCIENCE_EXPORT = """\
FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Marks, A
   Owen, B
AF Marks, Ada
   Owen, Bo
TI Sleep and
   memory
DE sleep; working
   memory
AB We asked forty adults.
   Half of them slept.
PY 2021
DI 10.1000/xyz
ER

PT J
TI Nothing to cite
AB [No abstract available]
ER

EF
"""


def read(text: str, name: str) -> list[Paper | Rejection]:
    return list(read_papers(io.BytesIO(text.encode()), name=name))


def test_an_export_of_a_reference_manager() -> None:
    first, no_abstract, stray, older = read(RIS_EXPORT, "export.ris")
    assert first == Paper(
        id="10.1000/abc.123",
        title="Sleep and memory",
        abstract="We asked forty adults. Half of them slept.",
        authors=("Ada Marks", "Bo Owen Jr."),
        year=2021,
        url="https://doi.org/10.1000/abc.123",
        sources=("export.ris",),
        categories=("sleep", "memory"),
    )
    assert isinstance(no_abstract, Rejection)
    assert no_abstract.where == "export.ris:17:abstract"
    assert isinstance(stray, Rejection)
    assert (stray.where, "begin with TY" in stray.why) == ("export.ris:20", True)
    assert isinstance(older, Paper)
    assert (older.title, older.abstract, older.year) == ("Older tags", "They are read as well.", 1998)


def test_an_export_of_pubmed() -> None:
    first, second = read(PUBMED_EXPORT, "set.nbib")
    assert first == Paper(
        id="31452104",
        title="A title that goes on over two lines.",
        abstract="BACKGROUND: Something was unknown. METHODS: We looked at 40 patients. "
        "CONCLUSION: It is known.",
        authors=("Ada Marks",),
        year=2019,
        url="https://pubmed.ncbi.nlm.nih.gov/31452104/",
        sources=("set.nbib",),
        categories=("Adult", "Sleep/physiology", "memory"),
    )
    assert isinstance(second, Paper)
    assert (second.id, second.year) == ("31452105", 2018)


def test_an_export_of_endnote() -> None:
    (paper,) = read(
        "%0 Journal Article\n%T Sleep and memory\n%A Marks, Ada\n%A Owen, Bo\n%D 2021\n"
        "%X We asked forty adults.\n%K sleep\nmemory\n%R 10.1000/xyz\n%U https://example.org/a\n",
        "library.enw",
    )
    assert paper == Paper(
        id="10.1000/xyz",
        title="Sleep and memory",
        abstract="We asked forty adults.",
        authors=("Ada Marks", "Bo Owen"),
        year=2021,
        url="https://example.org/a",
        sources=("library.enw",),
        categories=("sleep", "memory"),
    )


def test_an_export_of_web_of_science() -> None:
    first, nothing = read(WEB_OF_SCIENCE_EXPORT, "savedrecs.txt")
    assert first == Paper(
        id="10.1000/xyz",
        title="Sleep and memory",
        abstract="We asked forty adults. Half of them slept.",
        authors=("Ada Marks", "Bo Owen"),
        year=2021,
        url="https://doi.org/10.1000/xyz",
        sources=("savedrecs.txt",),
        categories=("sleep", "working memory"),
    )
    assert isinstance(nothing, Rejection)
    assert nothing.where == "savedrecs.txt:18:abstract"


def test_a_tag_without_a_value_is_empty() -> None:
    (paper,) = read("TY  - JOUR\nTI  - T\nAU  -\nAB  - Text.\nER  -\n", "x.ris")
    assert isinstance(paper, Paper)
    assert paper.authors == ()


@pytest.mark.parametrize(("line", "times"), [("AB  - more and more\n", 80_000), ("a line\n", 180_000)])
def test_a_record_without_end_is_not_held(line: str, times: int) -> None:
    endless = "TY  - JOUR\nTI  - T\n" + line * times + "ER  - \nTY  - JOUR\nTI  - N\nAB  - Next.\nER  - \n"
    over, after = read(endless, "export.ris")
    assert isinstance(over, Rejection)
    assert (over.where, "longer" in over.why) == ("export.ris:1", True)
    assert isinstance(after, Paper)


def test_neither_is_taken_for_the_other() -> None:
    assert detect(RIS_EXPORT.split("\n\n", 1)[1].encode(), "x") is RIS
    assert detect(PUBMED_EXPORT.encode(), "x") is MEDLINE
