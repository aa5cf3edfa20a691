"""What every corpus format must do; a format's test subclasses ``ReaderContract`` and says how it writes."""

from __future__ import annotations

import io
import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.corpus import READERS, detect, read_papers
from rag.corpus.lines import MAX_LINE_BYTES
from rag.corpus.reader import Reader
from rag.types import Paper, Rejection, paper_id_of, title_search_url

Texts = Sequence[tuple[str, str]]

THREE: Texts = (
    ("Gated convolutions", "We gate. It works, e.g. on text."),
    ("Étale maps of β-sheets 🧬", "Ein Satz über Maße. 中文句子。 Another one."),
    ("A third paper", "One sentence  with  its spaces kept."),
)
MARKUP = re.compile(r"</?[A-Za-z]|&[#\w]+;")
"""What formats that carry markup read as such; `test_published` and the formats' own tests say how."""


class Metered(io.BytesIO):
    """Counts what was read, and remembers the largest piece asked for."""

    taken = 0
    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        return self._count(super().read(size))

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._count(super().readline(size))

    def _count(self, data: bytes) -> bytes:
        self.taken += len(data)
        self.largest = max(self.largest, len(data))
        return data


class ReaderContract:
    """Inherit, set ``reader`` and ``preamble_lines``, and write a file of the format."""

    reader: ClassVar[Reader]
    preamble_lines: ClassVar[int]
    lines_per_record: ClassVar[int]

    @staticmethod
    @abstractmethod
    def lines(texts: Texts) -> list[bytes]:
        """The lines of a good file that holds papers with these titles and abstracts."""

    def file(self, texts: Texts = THREE, end: bytes = b"\n") -> bytes:
        return end.join([*self.lines(texts), b""])

    def read(self, data: bytes, name: str = "papers.x") -> list[Paper | Rejection]:
        return list(read_papers(io.BytesIO(data), name=name, format=self.reader.name))

    def papers(self, data: bytes) -> list[Paper]:
        return [item for item in self.read(data) if isinstance(item, Paper)]

    def rejections(self, data: bytes) -> list[Rejection]:
        return [item for item in self.read(data) if isinstance(item, Rejection)]

    def line_of(self, record: int) -> int:
        """The line on which a record begins."""
        return 1 + self.preamble_lines + record * self.lines_per_record

    def test_is_registered_once_under_its_name(self) -> None:
        assert [reader for reader in READERS if reader.name == self.reader.name] == [self.reader]

    def test_is_detected_by_content_whatever_the_name(self) -> None:
        assert detect(self.file(), "upload.bin") is self.reader

    def test_is_detected_by_content_cut_anywhere_after_the_opening(self) -> None:
        data = self.file()
        opening = len(b"\n".join(data.splitlines()[: self.preamble_lines])) + 12
        assert all(detect(data[:end], "upload") is self.reader for end in range(opening, len(data)))

    def test_gives_every_paper_in_order_with_its_exact_text(self) -> None:
        assert self.read(self.file()) == [
            Paper(
                id=paper_id_of(title),
                title=title,
                abstract=abstract,
                url=title_search_url(title),
                sources=("papers.x",),
            )
            for title, abstract in THREE
        ]

    def test_the_source_is_the_last_part_of_the_path(self) -> None:
        items = self.read(self.file(), name="some/folder/page 1.x")
        assert {item.sources for item in items if isinstance(item, Paper)} == {("page 1.x",)}

    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    @pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
    def test_accepts_a_byte_order_mark_and_either_line_end(self, start: bytes, end: bytes) -> None:
        data = start + self.file(end=end)
        assert detect(data, "x") is self.reader
        assert self.read(data) == self.read(self.file())

    @pytest.mark.parametrize("order", ["le", "be"])
    @pytest.mark.parametrize("named", [True, False])
    def test_reads_utf_16_by_its_byte_order_mark(self, order: str, named: bool) -> None:
        data = f"\ufeff{self.file([*THREE, ('Zoë', 'Ünï𝛼cøde. ' * 2000)]).decode()}".encode(f"utf-16-{order}")
        stream = Metered(data)
        items = list(read_papers(stream, name="papers.x", format=self.reader.name if named else None))
        assert items[:3] == self.read(self.file())
        assert isinstance(last := items[3], Paper)
        assert last.abstract == ("Ünï𝛼cøde. " * 2000).strip()
        assert stream.largest <= 20_000

    def test_the_last_line_needs_no_line_end(self) -> None:
        assert self.read(self.file().rstrip(b"\n")) == self.read(self.file())

    def test_the_same_paper_with_the_same_text_comes_twice(self) -> None:
        assert len(self.papers(self.file([THREE[0], THREE[0]]))) == 2

    def test_the_same_paper_with_another_text_is_refused_with_its_place(self) -> None:
        data = self.file([THREE[0], (THREE[0][0], "Other words."), THREE[2]])
        assert [paper.title for paper in self.papers(data)] == [THREE[0][0], THREE[2][0]]
        (rejection,) = self.rejections(data)
        assert rejection.where == f"papers.x:{self.line_of(1)}"
        assert "another text" in rejection.why

    @pytest.mark.parametrize(
        ("spoil", "why"),
        [
            (lambda line: line[:-3] + b"\xff" + line[-3:], "UTF-8"),
            (lambda _: b"x" * (MAX_LINE_BYTES + 1), "longer"),
        ],
    )
    def test_a_bad_line_costs_its_record_only(self, spoil: object, why: str) -> None:
        assert callable(spoil)
        lines = self.lines(THREE)
        at = self.preamble_lines + self.lines_per_record
        lines[at] = spoil(lines[at])
        items = self.read(b"\n".join(lines))
        assert [item.title for item in items if isinstance(item, Paper)] == [THREE[0][0], THREE[2][0]]
        (rejection,) = [item for item in items if isinstance(item, Rejection)]
        assert rejection.where == f"papers.x:{at + 1}"
        assert why in rejection.why

    def test_a_long_abstract_is_read_whole(self) -> None:
        (paper,) = self.papers(self.file([("Long", "a" * 90_000)]))
        assert len(paper.abstract) == 90_000

    @pytest.mark.parametrize("end", [b"\n", b""])
    def test_an_over_long_line_is_never_held(self, end: bytes) -> None:
        stream = Metered(self.file()[:-1] + b"y" * (5 * MAX_LINE_BYTES) + end)
        list(read_papers(stream, name="x", format=self.reader.name))
        assert stream.largest <= MAX_LINE_BYTES + 2

    @pytest.mark.parametrize("named", [True, False])
    def test_reads_no_further_than_it_must(self, named: bool) -> None:
        stream = Metered(self.file([(f"Paper {n}", "Its text. " * 50) for n in range(2000)]))
        items = read_papers(stream, name="x", format=self.reader.name if named else None)
        assert isinstance(next(items), Paper)
        assert stream.taken < 20_000
        assert sum(1 for _ in items) == 1999

    @pytest.mark.parametrize("hostile", ["", "\x00", "\u202e", "\u2028", "\x85", "\U0010ffff", "\r"])
    def test_odd_characters_are_stored_or_refused_and_lose_no_neighbour(self, hostile: str) -> None:
        data = self.file([THREE[0], (f"Odd {hostile}title", f"Odd {hostile}text"), THREE[2]])
        items = self.read(data)
        assert len(items) == 3
        assert isinstance(items[1], Rejection) == (hostile == "\x00")
        if isinstance(items[1], Paper):
            assert items[1].abstract == f"Odd {hostile}text"

    @settings(suppress_health_check=[HealthCheck.differing_executors])  # one test, many formats
    @given(st.binary(max_size=200), st.integers(0, 400))
    def test_any_bytes_give_papers_and_placed_rejections(self, noise: bytes, at: int) -> None:
        data = self.file()
        for spoilt in (noise, data[:at] + noise + data[at:]):
            for item in self.read(spoilt):
                if isinstance(item, Rejection):
                    assert item.where.startswith("papers.x:")
                    assert item.why
                else:
                    assert item.abstract == item.abstract.strip() != ""
                    assert item.id.isprintable()
                    f"{item.title}{item.abstract}".encode()

    @settings(suppress_health_check=[HealthCheck.differing_executors])  # one test, many formats
    @given(
        st.lists(
            st.tuples(
                st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40),
                st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=80).map(
                    lambda text: f"A{text}."
                ),
            ).filter(lambda pair: not any(map(MARKUP.search, pair))),
            max_size=5,
            unique_by=lambda pair: paper_id_of(pair[0]),
        )
    )
    def test_what_is_written_is_read(self, texts: list[tuple[str, str]]) -> None:
        items = self.read(self.file(texts))
        assert [(item.title, item.abstract) for item in items if isinstance(item, Paper)] == texts
        assert len(items) == len(texts)
