from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from cli.main import main
from cli.session import Session
from rag.settings import load_settings
from tests.fakes.papers import PAPERS, SPARSE
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service

QUESTION = "How is attention\x1b[31m made sparse?"


class Terminal:
    """Runs commands over one service in memory and the answers it keeps."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.service = WholeService(PAPERS)
        self.session = Session(
            open_service=lambda _: cast("Service", self.service), open_answers=lambda _: self.service.answers
        )
        self._capsys = capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        status = main(arguments, self.session)
        out, err = self._capsys.readouterr()
        return status, out, err


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_a_list_of_nothing_says_what_would_fill_it(terminal: Terminal) -> None:
    terminal.service.stored.clear()
    for command, says in (
        (("answers", "list"), "citewell ask"),
        (("feedback", "list"), "on the page"),
        (("papers", "list"), "citewell ingest"),
        (("papers", "list", "-q", "x"), "Nothing found"),
    ):
        status, out, err = terminal.run(*command)
        assert (status, out) == (0, "")
        assert says in err


def test_a_file_that_cannot_be_written_is_one_line_and_no_defect(terminal: Terminal, tmp_path: Path) -> None:
    kept, place = terminal.service.ask(QUESTION), tmp_path / "nosuch" / "it.bib"
    told = terminal.run("answers", "export", kept.id, "--out", str(place))
    assert told == (1, "", f"Error: {place}: No such file or directory.\n")


def test_answers_are_listed_shown_and_removed(terminal: Terminal) -> None:
    kept = terminal.service.ask(QUESTION)
    status, out, _ = terminal.run("answers", "list")
    assert (status, out.split()[0]) == (0, kept.id)
    assert "\x1b" not in out
    _, out, _ = terminal.run("answers", "list", "--json")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [kept.id]
    status, out, _ = terminal.run("answers", "show", kept.id)
    assert status == 0
    assert kept.citations[0].quote in out
    assert '"generation": 1' in out
    _, out, _ = terminal.run("answers", "show", kept.id, "--json")
    assert json.loads(out)["receipt"]["request"]["question"] == QUESTION
    status, out, err = terminal.run("answers", "remove", kept.id, "nosuch")
    assert (status, out) == (1, "Removed 1.\n")
    assert "nosuch" in err
    assert terminal.run("answers", "show", kept.id)[0] == 1


def test_references_are_printed_or_written(terminal: Terminal, tmp_path: Path) -> None:
    kept = terminal.service.ask(QUESTION)
    assert f"title = {{{{{SPARSE.title}}}}}" in terminal.run("answers", "export", kept.id)[1]
    file = tmp_path / "refs.ris"
    assert terminal.run("answers", "export", kept.id, "--format", "ris", "--out", str(file)) == (0, "", "")
    assert file.read_bytes().startswith(b"TY  - GEN\r\n")
    assert terminal.run("answers", "export", kept.id, "--format", "endnote")[0] == 2


def test_a_replay_says_whether_the_answer_is_still_the_same(terminal: Terminal) -> None:
    kept = terminal.service.ask(QUESTION)
    assert terminal.run("replay", kept.id) == (0, "The same answer.\n", "")
    terminal.service.remove([SPARSE.id])
    status, out, err = terminal.run("replay", kept.id)
    assert status == 1
    assert out.startswith("status: ")
    assert "papers: 3 before, 2 now" in err
    assert terminal.run("replay", "nosuch")[0] == 1


def test_complaints_are_listed_and_exported(terminal: Terminal, tmp_path: Path) -> None:
    kept = terminal.service.ask("How is attention made sparse?")
    terminal.service.rate(kept.id, "down", citation=1, comment="Not\nthis.\x07")
    status, out, _ = terminal.run("feedback", "list")
    assert status == 0
    assert "    down  [1]    Not this.\N{REPLACEMENT CHARACTER}\n" in out
    status, out, err = terminal.run("feedback", "export")
    assert (status, err) == (0, "1 cases.\n")
    assert json.loads(out)["expect"] is None
    assert terminal.run("feedback", "export", "--out", str(tmp_path / "cases.jsonl"))[1] == ""
    assert (tmp_path / "cases.jsonl").read_text().rstrip("\n") == out.rstrip("\n")


def test_where_answers_are_not_kept_it_says_which_setting_does_that(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CITEWELL_KEEP_ANSWERS_DAYS", "0")
    assert load_settings().keep_answers_days == 0
    assert main(["--data-dir", str(tmp_path), "answers", "list"], Session()) == 1
    assert "CITEWELL_KEEP_ANSWERS" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
