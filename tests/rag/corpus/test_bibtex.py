from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import detect, read_papers
from rag.corpus.bibtex import BIBTEX
from rag.corpus.latex import printed
from rag.export.bibtex import escaped
from rag.types import Paper, Rejection
from tests.rag.corpus.contract import ReaderContract, Texts


class TestBibtex(ReaderContract):
    reader = BIBTEX
    preamble_lines = 0
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        return [
            line.encode()
            for n, (title, abstract) in enumerate(texts)
            for line in (
                f"@article{{key{n},",
                f"  title = {{{written(title)}}},",
                f"  abstract = {{{written(abstract)}}},",
                "}",
            )
        ]


def written(text: str) -> str:
    """Text as LaTeX prints it: what it would print as something else is kept apart."""
    for pair in ("--", "``", "''", "!`", "?`", "<<", ">>", ",,"):
        text = text.replace(pair, f"{pair[0]}\x1f{pair[1]}").replace(pair, f"{pair[0]}\x1f{pair[1]}")
    return escaped(text).replace("\x1f", "{}")


EXPORT = r"""Automatically generated; everything outside of entries is a comment.

@string{conf = "Proceedings of a Conference"}
@comment{ @article{never, title={Read}} }

@inproceedings{marks2021,
  title     = {{Sleep} and {M}emory in G{\"o}ttingen},
  author    = {Marks, Ada and {The Sleep Group} and Bo Owen and Cy D{\'\i}az},
  booktitle = conf,
  year      = 2021,
  doi       = {10.1000/ABC_1},
  keywords  = {sleep; memory},
  abstract  = {We asked 40 adults: 50% slept, and 25\% dreamt ($p < 0.05$).
               They were
               \emph{not} told -- at $x_i^2$ -- why.},
}

@article{broken,
  title = {No end,
  abstract = {A brace too few.},

@article{plain, title = "In quotation marks", abstract = "Short.", date = {2019-05-01},
  url = {https://example.org/a\_b}, title = "Given again"}
@book{nothing, title = {Without an abstract}}
"""


def read(text: str, name: str = "library.bib") -> list[Paper | Rejection]:
    return list(read_papers(io.BytesIO(text.encode()), name=name))


def test_an_export_of_a_reference_manager() -> None:
    marks, broken, plain, nothing = read(EXPORT)
    assert marks == Paper(
        id="10.1000/abc_1",
        title="Sleep and Memory in Göttingen",
        abstract="We asked 40 adults: 50% slept, and 25% dreamt ($p < 0.05$). "
        "They were not told – at $x_i^2$ – why.",
        authors=("Ada Marks", "The Sleep Group", "Bo Owen", "Cy Díaz"),
        year=2021,
        url="https://doi.org/10.1000/abc_1",
        sources=("library.bib",),
        categories=("sleep", "memory"),
    )
    assert isinstance(broken, Rejection)
    assert (broken.where, "BibTeX" in broken.why) == ("library.bib:18", True)
    assert isinstance(plain, Paper)
    assert (plain.title, plain.abstract, plain.year) == ("In quotation marks", "Short.", 2019)
    assert plain.url == "https://example.org/a_b"
    assert isinstance(nothing, Rejection)
    assert nothing.where == "library.bib:24:abstract"


def test_is_known_behind_comments() -> None:
    assert detect(EXPORT.encode(), "upload") is BIBTEX


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"na{\"\i}ve caf\'e, \AA ngstr{\"o}m", "naïve café, Ångström"),
        (r"{\alpha}-synuclein, p \textless 0.01 \& 5\,mg", "α-synuclein, p <0.01 & 5 mg"),
        ("``quoted'' text -- with --- dashes", "“quoted” text – with — dashes"),
        (
            r"a formula \(x^2 \leq 1\) and $\mathbb{R}^n$ stays",
            r"a formula \(x^2 \leq 1\) and $\mathbb{R}^n$ stays",
        ),
        ("100% of those, A & B, x_1, 5 # 6, it's", "100% of those, A & B, x_1, 5 # 6, it's"),
        ("costs $5 {each}", "costs $5 {each}"),
        (r"an \unheard{of} macro", "an of macro"),
    ],
)
def test_latex_is_read_as_it_prints(written: str, read: str) -> None:
    assert printed(written) == read


@given(st.text(st.sampled_from("ab \\{}$%~^_&#-`'\"@\n,="), max_size=40))
def test_no_field_breaks_the_reader(value: str) -> None:
    items = read(
        f"@misc{{k, title = {{T}}, abstract = {{{value}}}}}\n@misc{{l, title={{Next}}, abstract={{Kept.}}}}\n"
    )
    assert isinstance(items[-1], Paper)
    assert items[-1].abstract == "Kept."
    assert all(item.where.startswith("library.bib:") for item in items if isinstance(item, Rejection))


@pytest.mark.parametrize("value", ["\\frac" * 50, "\\begin{a}" * 50, "$" * 51, "\\'" * 50])
def test_latex_that_goes_nowhere_is_read_without_a_word(value: str, caplog: pytest.LogCaptureFixture) -> None:
    whole, broken = read(f"@misc{{k, title={{T}}, abstract={{A {value}}}}}\n@misc{{l, title={{no end\n")
    assert isinstance(whole, Paper)
    assert isinstance(broken, Rejection)
    assert not caplog.records


def test_no_file_is_ever_read_for_a_field(tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("secret", encoding="utf-8")
    for macro in ("input", "include", "verbatiminput", "bibliography", "InputIfFileExists"):
        assert "secret" not in printed(f"a \\{macro}{{{secret}}} b {{c}}").replace(str(secret), "")
