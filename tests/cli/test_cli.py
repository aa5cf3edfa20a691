from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from cli.main import main
from cli.session import Session
from rag.errors import LibraryLocked
from rag.types import Paper
from tests.fakes.app import app_over, running
from tests.fakes.papers import PAPERS, SPARSE
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service
    from rag.settings import Settings

QUESTION = "How is attention made sparse?"


class Terminal:
    """Runs commands over one service in memory, and keeps what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str], papers: tuple[Paper, ...] = PAPERS) -> None:
        self.service = WholeService(papers)
        self.settings: Settings | None = None
        self._capsys = capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        status = main(arguments, Session(open_service=self._open))
        out, err = self._capsys.readouterr()
        return status, out, err

    def json(self, *arguments: str) -> dict[str, Any]:
        """The body that a command prints with ``--json``."""
        status, out, err = self.run(*arguments, "--json")
        assert (status, err) == (0, "")
        body: dict[str, Any] = json.loads(out)
        return body

    def _open(self, settings: Settings) -> Service:
        self.settings = settings
        return cast("Service", self.service)


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_an_answer_is_followed_by_its_sources(terminal: Terminal) -> None:
    status, out, err = terminal.run("ask", QUESTION)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("We make attention sparse, e.g. by a new function. [1]")
    first = lines.index(f"[1] {SPARSE.title} (2019), Ada Example, Bo Example")
    quote, url = "    “We make attention sparse, e.g. by a new function.”", f"    {SPARSE.url}"
    assert lines[first + 1 : first + 3] == [quote, url]
    assert terminal.service.closed


@pytest.mark.parametrize(("sure", "told"), [(0.234, True), (0.5, False)])
def test_an_answer_that_is_more_likely_wrong_than_right_says_so(
    terminal: Terminal, sure: float, told: bool
) -> None:
    terminal.service.sure = sure
    _, out, _ = terminal.run("ask", QUESTION)
    assert ("Only 23% sure that these papers answer this." in out) == told


def test_a_refusal_names_the_nearest_papers_and_is_no_failure(terminal: Terminal) -> None:
    status, out, _ = terminal.run("ask", "Who won the world cup?")
    assert status == 0
    assert out.startswith("The stored papers do not answer this.")
    assert f"  1. {SPARSE.title}  ({SPARSE.id})" in out


@pytest.mark.parametrize(
    ("arguments", "path", "body"),
    [
        (("ask", QUESTION, "--top-k", "2"), "/v1/ask", {"question": QUESTION, "top_k": 2}),
        (("ask", QUESTION, "--mode", "llm"), "/v1/ask", {"question": QUESTION, "mode": "llm"}),
        (
            ("search", "parsing attention", "--year-from", "2020"),
            "/v1/search",
            {"query": "parsing attention", "filters": {"year_from": 2020}},
        ),
        (
            ("search", "parsing attention", "--paper-id", "parsing", "--paper-id", "speech"),
            "/v1/search",
            {"query": "parsing attention", "filters": {"paper_ids": ["parsing", "speech"]}},
        ),
    ],
)
async def test_json_is_the_body_of_the_route(
    terminal: Terminal, arguments: tuple[str, ...], path: str, body: dict[str, Any]
) -> None:
    printed = terminal.json(*arguments)
    async with running(app_over(terminal.service)) as client:
        response = await client.post(path, json=body)
    assert response.status_code == httpx.codes.OK
    assert printed == response.json()


def test_search_explains_every_stage_when_asked(terminal: Terminal) -> None:
    status, out, _ = terminal.run("search", "sparse attention")
    assert status == 0
    assert f"({SPARSE.id})" in out
    assert "words #1" not in out
    _, out, err = terminal.run("search", "sparse attention", "--explain")
    assert "words #1 (2.000)" in out
    assert "total 1.0 ms" in err


def test_an_empty_search_is_told_apart_from_results(terminal: Terminal) -> None:
    assert terminal.run("search", "zzzzz") == (0, "", "Nothing found.\n")


def test_papers_are_listed_page_by_page(terminal: Terminal) -> None:
    status, out, err = terminal.run("papers", "list", "--limit", "2")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["10.1000/sparse.1", "parsing"]
    assert "--cursor parsing" in err
    page = terminal.json("papers", "list", "--cursor", "parsing")
    assert [paper["id"] for paper in page["items"]] == ["speech"]
    assert [paper["id"] for paper in terminal.json("papers", "list", "-q", "sparse")["items"]] == [SPARSE.id]


def test_a_paper_is_shown_whole(terminal: Terminal) -> None:
    _, out, _ = terminal.run("papers", "show", SPARSE.id)
    assert SPARSE.abstract in out
    assert terminal.json("papers", "show", SPARSE.id)["sha256"] == SPARSE.sha256


def test_removing_names_what_was_not_there(terminal: Terminal) -> None:
    status, out, err = terminal.run("papers", "remove", "parsing", "nosuch")
    assert (status, out) == (1, "Removed 1.\n")
    assert "nosuch" in err
    assert "parsing" not in terminal.service.stored
    assert terminal.run("papers", "remove", "speech")[0] == 0


def test_status_tells_what_is_stored(terminal: Terminal) -> None:
    _, out, _ = terminal.run("status")
    assert "papers:          3" in out
    assert terminal.json("status")["embedding_model"] == "words"


def test_ingesting_reports_and_a_second_time_changes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "more.jsonl"
    file.write_text('{"title": "Tokens", "abstract": "Tokens are cut."}\n')
    assert terminal.run("ingest", str(file)) == (0, "Added 1, updated 0, unchanged 0, rejected 0.\n", "")
    assert terminal.json("ingest", str(tmp_path)) == {
        "added": 0,
        "updated": 0,
        "unchanged": 1,
        "rejected": [],
    }


def test_rejected_records_are_listed_by_line_and_exit_with_three(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "more.jsonl"
    file.write_text('{"title": "Tokens", "abstract": "Tokens are cut."}\n{"title": 3}\nnonsense\n')
    status, out, err = terminal.run("ingest", str(file))
    assert status == 3
    assert out == "Added 1, updated 0, unchanged 0, rejected 2.\n"
    assert f"{file}:2:title: " in err
    assert f"{file}:3: " in err


def test_of_many_records_refused_for_one_reason_the_first_are_named_and_the_rest_counted(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "library.bib"
    file.write_text("\n".join(f"@book{{k{n}, title = {{T{n}}}}}" for n in range(1, 32)) + "\n@misc{x,\n")
    status, out, err = terminal.run("ingest", str(file))
    assert (status, out) == (3, "Added 0, updated 0, unchanged 0, rejected 32.\n")
    assert ":20:abstract: " in err
    assert ":21:abstract: " not in err
    assert "… and 11 more (all with --json): The abstract is empty" in err
    assert ":32: Not valid BibTeX" in err
    _, told, _ = terminal.run("ingest", "--json", str(file))
    assert len(json.loads(told)["rejected"]) == 32


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", " "),
        ("ask", "x", "--top-k", "0"),
        ("ask", "x", "--mode", "magic"),
        ("ask",),
        ("search", "x", "--top-k", "1000000"),
        ("search", "a lone \udcff surrogate"),
        ("search", "x", "--year-from", "2021", "--year-to", "2020"),
        ("papers", "list", "--limit", "0"),
        ("ingest", "/nosuch/file"),
        ("ingest",),
        ("nosuch",),
        ("--nosuch", "status"),
        ("serve", "--port", "99999"),
    ],
)
def test_wrong_usage_exits_with_two_and_prints_no_result(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    status, out, err = terminal.run(*arguments)
    assert (status, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_a_failure_is_one_line_unless_more_is_asked_for(terminal: Terminal) -> None:
    def fail() -> None:
        raise LibraryLocked("Another process holds it; stop that one first.")

    terminal.service.before_call = fail
    assert terminal.run("ask", "x y") == (1, "", "Error: Another process holds it; stop that one first.\n")
    assert "Traceback" in terminal.run("--debug", "ask", "x y")[2]


def test_a_defect_is_one_line_too(terminal: Terminal) -> None:
    def fail() -> None:
        raise KeyError("insides")

    terminal.service.before_call = fail
    status, out, err = terminal.run("ask", "x y")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "--debug" in err


def test_an_unknown_paper_is_a_failure(terminal: Terminal) -> None:
    assert terminal.run("papers", "show", "nosuch")[0] == 1


def test_a_bad_setting_is_a_failure_that_names_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWELL_PORT", "many")
    status, _, err = terminal.run("status")
    assert status == 1
    assert "CITEWELL_PORT" in err


def test_the_data_folder_is_an_option(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("--data-dir", str(tmp_path), "status")
    assert terminal.settings is not None
    assert terminal.settings.data_dir == tmp_path


def test_a_paper_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = Paper("x", "Title \x1b[31m\u202e", "Attention \x1b]0;owned\x07 is all.", url="javascript:x")
    terminal = Terminal(capsys, (hostile,))
    for arguments in (("ask", "attention"), ("search", "attention"), ("papers", "show", "x")):
        status, out, _ = terminal.run(*arguments)
        assert status == 0
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "\x07" not in out


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104  # refused
def test_without_keys_a_public_address_is_refused_with_the_way_out(terminal: Terminal, host: str) -> None:
    status, _, err = terminal.run("serve", "--host", host, "--port", "0")
    assert status == 2
    assert "CITEWELL_HOST" in err
    assert "citewell keys add" in err


@pytest.mark.parametrize("host", ["example.invalid", "\x00"])
def test_an_address_that_is_none_is_refused(terminal: Terminal, host: str) -> None:
    status, _, err = terminal.run("serve", "--host", host, "--port", "0")
    assert status == 1
    assert "CITEWELL_HOST" in err


def test_help_is_shown_where_nothing_is_said(terminal: Terminal) -> None:
    assert "Usage: citewell" in "".join(terminal.run()[1:])
    for command in ("ask", "search", "ingest", "papers", "status", "serve", "keys"):
        status, out, _ = terminal.run(command, "--help")
        assert status == 0
        assert f"Usage: citewell {command}" in out


def test_the_version_is_told(terminal: Terminal) -> None:
    status, out, _ = terminal.run("--version")
    assert status == 0
    assert out.count(".") == 2
