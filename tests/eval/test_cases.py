from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.cases import load_bundled, load_cases, of_split, sampled
from rag.errors import InvalidInput, NotFound

GOOD = {"id": "x", "kind": "answerable", "split": "dev", "question": "Why?", "expect": "answered"}


def _file(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "set.jsonl"
    path.write_text(
        "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8"
    )
    return path


def test_every_fault_of_a_file_is_named_at_once_with_its_line(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        GOOD,
        "{broken",
        "",
        GOOD | {"id": "y", "surprise": 1},
        GOOD | {"id": "z", "split": "train", "question": ""},
        [1],
    )
    with pytest.raises(InvalidInput) as caught:
        load_cases(path)
    message = str(caught.value)
    for place in (
        "set.jsonl:2:",
        "set.jsonl:4: surprise",
        "set.jsonl:5: split",
        "set.jsonl:5: question",
        "set.jsonl:6:",
    ):
        assert place in message
    assert "set.jsonl:1" not in message


def test_two_cases_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"set.jsonl:2: id 'x' stands on line 1 too"):
        load_cases(_file(tmp_path, GOOD, GOOD))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"gold_quotes": [{"paper_id": "p", "quote": "words"}]}, "not in gold_papers: p"),
        ({"expect": "refused", "gold_papers": ["p"]}, "to be refused has no gold"),
        ({"corrections": [{"paper_id": "p", "quote": "words"}]}, "corrections belong"),
        ({"question": 7}, "question"),
    ],
)
def test_gold_that_contradicts_itself_is_refused(tmp_path: Path, fields: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        load_cases(_file(tmp_path, GOOD | fields))


def test_a_missing_set_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="bundled, answerable, conversations"):
        load_bundled("nonsense")
    with pytest.raises(NotFound, match="no file"):
        load_cases(tmp_path / "none.jsonl")


def test_splits_divide_a_set() -> None:
    cases = load_bundled("answerable")
    assert (
        len(of_split(cases, "dev")) + len(of_split(cases, "test"))
        == len(of_split(cases, "all"))
        == len(cases)
    )


def test_a_sample_keeps_every_kind_with_its_share() -> None:
    cases = load_bundled()
    some = sampled(cases, 56)
    assert len({case.id for case in some}) == 56
    for kind in {case.kind for case in cases}:
        whole, part = (sum(case.kind == kind for case in every) for every in (cases, some))
        assert abs(part - whole * 56 / len(cases)) <= 1
    assert sampled(cases, 0) == sampled(cases, 10_000) == cases
