"""Papers added to, and removed from, a service that runs elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.main import main
from cli.session import Session
from rag.errors import InvalidInput
from tests.fakes.app import app_over, served
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

Run = Callable[..., tuple[int, str, str]]
TOKENS = '{"title": "Tokens", "abstract": "Tokens are cut."}\n'


@pytest.fixture
def service() -> WholeService:
    return WholeService(PAPERS)


@pytest.fixture
def run(service: WholeService, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command with ``--url`` of a service that runs."""
    with served(app_over(service)) as url:

        def there(*arguments: str) -> tuple[int, str, str]:
            status = main([*arguments, "--url", url], Session())
            return (status, *capsys.readouterr())

        yield there


def test_files_are_sent_and_a_second_time_changes_nothing(
    run: Run, service: WholeService, tmp_path: Path
) -> None:
    (tmp_path / "more.jsonl").write_text(TOKENS)
    assert run("ingest", str(tmp_path / "more.jsonl")) == (
        0,
        "Added 1, updated 0, unchanged 0, rejected 0.\n",
        "",
    )
    assert "Tokens" in {paper.title for paper in service.stored.values()}
    (tmp_path / "others.jsonl").write_text('{"title": "Trees", "abstract": "Trees are grown."}\n')
    status, out, _ = run("ingest", str(tmp_path), "--json")
    assert (status, json.loads(out)) == (
        0,
        {"added": 1, "updated": 0, "unchanged": 1, "rejected": []},
    )


def test_what_is_refused_is_listed_and_the_rest_is_kept(
    run: Run, service: WholeService, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(TOKENS + '{"title": 3}\n')
    (tmp_path / "b.bin").write_bytes(b"\x00\x01\x02")
    before = len(service.stored)
    status, out, err = run("ingest", str(tmp_path))
    assert (status, out) == (3, "Added 1, updated 0, unchanged 0, rejected 2.\n")
    assert "a.jsonl:2:title: " in err
    assert f"{tmp_path / 'b.bin'}: " in err
    assert len(service.stored) == before + 1


@pytest.mark.parametrize(
    ("arguments", "told", "ended"),
    [
        (("/nosuch/file",), "There is no file '/nosuch/file'", 2),
        (("--format", "nosuch"), "There is no format 'nosuch'", 1),
    ],
)
def test_wrong_usage_is_told_as_it_is_here(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str, ended: int
) -> None:
    (tmp_path / "a.jsonl").write_text(TOKENS)
    status, out, err = run("ingest", *arguments, str(tmp_path))
    assert (status, out) == (ended, "")
    assert told in err


def test_a_job_that_fails_there_fails_here(
    run: Run, service: WholeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise InvalidInput("The papers can't be taken.")

    (tmp_path / "a.jsonl").write_text(TOKENS)
    monkeypatch.setattr(service, "ingest_papers", fail)
    status, out, err = run("ingest", str(tmp_path))
    assert (status, out) == (2, "")
    assert err == "Error: The papers can't be taken.\n"


def test_papers_are_removed_there(run: Run, service: WholeService) -> None:
    status, out, err = run("papers", "remove", "parsing", "parsing", "nosuch")
    assert (status, out) == (1, "Removed 1.\n")
    assert "nosuch" in err
    assert "parsing" not in service.stored
