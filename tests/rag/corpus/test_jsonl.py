from __future__ import annotations

import io
import json

import pytest

from rag.corpus import read_papers
from rag.corpus.jsonl import JSONL
from rag.types import Paper, Rejection
from tests.rag.corpus.contract import ReaderContract, Texts


class TestJsonLines(ReaderContract):
    reader = JSONL
    preamble_lines = 0
    lines_per_record = 1

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        return [
            json.dumps({"title": title, "abstract": abstract}, ensure_ascii=n % 2 == 0).encode()
            for n, (title, abstract) in enumerate(texts)
        ]


GOOD = '{"_id": "1", "title": "One", "text": "Text.", "metadata": {"any": [1]}}'


def read(*lines: str) -> list[Paper | Rejection]:
    return list(read_papers(io.BytesIO("\n".join(lines).encode()), name="a.jsonl"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "Not valid JSON"),
        ("nonsense", "Not valid JSON"),
        ('{"title": "T", "text": NaN}', "Not valid JSON"),
        ("[" * 100_000, "Not valid JSON"),
        ('{"year": ' + "9" * 5000 + "}", "Not valid JSON"),
        ("[]", "a list"),
        ('"text"', "a string"),
        ("12", "a number"),
        ("null", "null"),
        ("true", "true or false"),
        ('{"title": "T", "text": "a\\u0000b"}', "NUL"),
        ('{"title": "T", "text": "a\\ud800b"}', "surrogate"),
        ('{"title": "T", "text": "raw \x00 byte"}', "Not valid JSON"),
    ],
)
def test_a_line_that_is_no_record_is_reported_and_the_next_is_kept(line: str, why: str) -> None:
    before, bad, after = read(GOOD, line, GOOD)
    assert before == after
    assert isinstance(bad, Rejection)
    assert bad.where.startswith("a.jsonl:2")
    assert why in bad.why


def test_a_surrogate_pair_is_one_character() -> None:
    (paper,) = read('{"title": "T", "text": "a \\ud83e\\uddec b"}')
    assert isinstance(paper, Paper)
    assert paper.abstract == "a 🧬 b"


def test_blank_lines_are_skipped_but_counted() -> None:
    items = read("", GOOD, "  ", "[]")
    assert [type(item) for item in items] == [Paper, Rejection]
    assert isinstance(items[1], Rejection)
    assert items[1].where == "a.jsonl:4"


def test_a_record_names_its_own_source() -> None:
    items = read(GOOD, '{"title": "Two", "text": "More.", "source": "PubMed 2021"}')
    assert [item.sources for item in items if isinstance(item, Paper)] == [("a.jsonl",), ("PubMed 2021",)]


def test_a_file_whose_first_line_is_bad_is_known_by_its_ending() -> None:
    items = read("not json", GOOD)
    assert [type(item) for item in items] == [Rejection, Paper]
