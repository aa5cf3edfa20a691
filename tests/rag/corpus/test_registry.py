from __future__ import annotations

import io

import pytest

from rag.corpus import READERS, TextsSeen, detect, read_papers
from rag.errors import UnknownFormat
from rag.types import Paper, Rejection

LINE = b'{"_id": "1", "title": "One", "text": "%s"}\n'
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)) * 4


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (JPEG, "papers.txt"),
        (JPEG, "papers.jsonl"),
        (b"", "papers.txt"),
        (b"Dear diary,\ntoday I read a paper.\n", "diary.txt"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "paper.pdf"),
        ('{"title": "One"}'.encode("utf-16-le"), "papers.jsonl"),
        (b"[1, 2]", "list.json"),
    ],
)
def test_a_file_of_no_known_format_is_refused_with_the_formats_that_are(data: bytes, name: str) -> None:
    with pytest.raises(UnknownFormat) as refused:
        read_papers(io.BytesIO(data), name=name)
    assert name in str(refused.value)
    assert all(reader.name in str(refused.value) for reader in READERS)
    assert refused.value.field == "format"


def test_an_unknown_format_name_is_refused_at_the_call() -> None:
    with pytest.raises(UnknownFormat, match=r"bibtexx.*jsonl"):
        read_papers(io.BytesIO(LINE), name="a.jsonl", format="bibtexx")


def test_a_format_that_is_named_is_not_detected() -> None:
    items = list(read_papers(io.BytesIO(JPEG), name="a.txt", format="jsonl"))
    assert items
    assert all(isinstance(item, Rejection) for item in items)


def test_an_ending_says_enough_where_the_content_says_nothing() -> None:
    assert detect(b"", "empty.JSONL").name == "jsonl"
    assert list(read_papers(io.BytesIO(b""), name="empty.jsonl")) == []


def test_a_conflict_is_found_across_the_files_of_a_run() -> None:
    seen = TextsSeen()
    first = list(read_papers(io.BytesIO(LINE % b"Text."), name="a.jsonl", seen=seen))
    again = list(read_papers(io.BytesIO(LINE % b"Text."), name="b.jsonl", seen=seen))
    (other,) = read_papers(io.BytesIO(LINE % b"Other."), name="c.jsonl", seen=seen)
    assert [item.sources for item in [*first, *again] if isinstance(item, Paper)] == [
        ("a.jsonl",),
        ("b.jsonl",),
    ]
    assert isinstance(other, Rejection)
    assert other.where == "c.jsonl:1"


def test_a_title_in_other_case_is_no_conflict() -> None:
    seen = TextsSeen()
    assert isinstance(seen.check(Paper("1", "A Title", "Text."), "f:1"), Paper)
    assert isinstance(seen.check(Paper("1", "A  title", "Text."), "f:2"), Paper)
    assert isinstance(seen.check(Paper("1", "Another title", "Text."), "f:3"), Rejection)


def test_a_stream_that_gives_little_at_a_time_is_read_whole() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 3) if size != -1 else 3)

    stream = Trickle(b"".join(LINE % b"Text." for _ in range(50)))
    assert len(list(read_papers(stream, name="a.jsonl"))) == 50


def test_every_reader_has_a_name_and_endings_of_its_own() -> None:
    names = [reader.name for reader in READERS]
    endings = [ending for reader in READERS for ending in reader.extensions]
    assert len(set(names)) == len(names)
    assert len(set(endings)) == len(endings)
    assert all(ending == ending.lower() and ending.startswith(".") for ending in endings)
