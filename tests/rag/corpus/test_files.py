"""Which files paths name."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.corpus.files import files_of
from rag.errors import InvalidInput


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.bib", "a.ris", "deep/c.csv", ".hidden/d.bib", "deep/.e.bib", "data/library.sqlite3"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_folder_is_its_files_in_order_but_hidden_ones(folder: Path) -> None:
    found = [str(path.relative_to(folder)) for path in files_of([folder])]
    assert found == ["a.ris", "b.bib", "data/library.sqlite3", "deep/c.csv"]


def test_papers_are_not_read_from_where_they_are_stored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    found = files_of([Path()], without=folder / "deep" / ".." / "data")
    assert [str(path) for path in found] == ["a.ris", "b.bib", "deep/c.csv"]


def test_a_file_named_outright_is_read_hidden_or_not(folder: Path) -> None:
    assert files_of([folder / "deep" / ".e.bib"]) == [folder / "deep" / ".e.bib"]


def test_a_path_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="gone"):
        files_of([folder / "gone.bib"])
