from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner, Result

from eval import gate
from eval.cases import load_bundled
from eval.commands import app
from eval.rundir import Run, read_run
from rag.errors import InvalidInput, NotFound
from rag.types import Paper
from tests.eval.conftest import CASES, PAPERS, FakeSession
from tests.eval.test_gate import Refusing
from tests.fakes.service import FakeService


def call(*arguments: str, session: FakeSession | None = None) -> Result:
    result = CliRunner().invoke(app, list(arguments), obj=session or FakeSession())
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": paper.id, "title": paper.title, "text": paper.abstract} for paper in PAPERS]
    queries = [{"_id": case.id, "text": case.question} for case in CASES[:4]]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    judged = [f"{case.id}\t{case.gold_papers[0]}\t1\n" for case in CASES[:4]]
    (folder / "qrels" / "dev.tsv").write_text("".join(judged))
    return folder


def test_a_run_of_an_outside_set_is_written_and_reported(beir: Path, tmp_path: Path) -> None:
    session = FakeSession(open_service=lambda _: FakeService(()))
    result = call("run", str(beir), "--out", str(tmp_path / "run"), session=session)
    assert result.exit_code == 0
    assert "ndcg@10                1.000 [1.000, 1.000] n=4" in result.output
    done = read_run(tmp_path / "run")
    assert (done.parameters.suite, done.parameters.corpus.papers, done.parameters.baselines) == (
        "small",
        4,
        (),
    )
    assert {path.name for path in (tmp_path / "run").iterdir()} >= {"report.md", "report.html"}


def test_a_service_is_given_back_and_its_scratch_folder_is_gone(beir: Path, tmp_path: Path) -> None:
    opened: list[Path] = []
    closed: list[bool] = []

    class Closing(FakeService):
        def close(self) -> None:
            closed.append(True)

    def open_service(settings: object) -> FakeService:
        opened.append(settings.data_dir)  # type: ignore[attr-defined]  # the settings it is given
        return Closing(())

    call("run", str(beir), "--out", str(tmp_path / "run"), session=FakeSession(open_service=open_service))
    assert closed == [True]
    assert not opened[0].exists()


def test_a_data_folder_that_is_named_is_kept(beir: Path, tmp_path: Path) -> None:
    opened: list[Path] = []

    def open_service(settings: object) -> FakeService:
        opened.append(settings.data_dir)  # type: ignore[attr-defined]  # the settings it is given
        return FakeService(())

    session = FakeSession(data_dir=tmp_path / "kept", open_service=open_service)
    call("run", str(beir), "--out", str(tmp_path / "run"), session=session)
    assert opened == [session.settings().data_dir]


class Unchanging(FakeService):
    """A library that nothing may be added to."""

    def ingest_papers(self, records: object) -> NoReturn:
        raise AssertionError(f"added {records}")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A file of questions that brings no corpus, as complaints are exported."""
    file = tmp_path / "feedback.jsonl"
    file.write_text(CASES[0].model_dump_json(exclude_defaults=True))
    return file


def test_own_questions_are_asked_over_the_library_that_is_named_as_it_stands(
    own: Path, tmp_path: Path
) -> None:
    for name, papers in (("all", PAPERS), ("one", PAPERS[:1])):
        service = Unchanging(papers)
        session = FakeSession(data_dir=tmp_path / "mine", open_service=lambda _, service=service: service)  # type: ignore[misc]
        call("run", str(own), "--out", str(tmp_path / name), session=session)
    first, second = (read_run(tmp_path / name).parameters.corpus for name in ("all", "one"))
    assert (first.papers, second.papers) == (4, 1)
    assert first.sha256 != second.sha256


def test_a_library_of_other_papers_is_measured_with_no_set_that_brings_its_own(
    beir: Path, tmp_path: Path
) -> None:
    stranger = Unchanging((*PAPERS, Paper("mine", "Mine", "Nobody else's.")))
    session = FakeSession(data_dir=tmp_path / "mine", open_service=lambda _: stranger)
    with pytest.raises(InvalidInput, match=r"papers that small does not hold \(1\).*name an empty folder"):
        call("run", str(beir), "--out", str(tmp_path / "run"), session=session)


def test_a_corpus_without_papers_is_refused(beir: Path, tmp_path: Path) -> None:
    (beir / "corpus.jsonl").write_text("")
    session = FakeSession(open_service=lambda _: FakeService(()))
    with pytest.raises((InvalidInput, NotFound)):
        call("run", str(beir), "--out", str(tmp_path / "run"), session=session)


def test_an_empty_split_is_refused(beir: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no question in the split test"):
        call("run", str(beir), "--split", "test", "--out", str(tmp_path / "run"))


def test_two_runs_are_compared_in_words(make_run: Callable[..., Run], tmp_path: Path) -> None:
    make_run("first")
    make_run("second", Refusing(PAPERS))
    result = call("compare", str(tmp_path / "first"), str(tmp_path / "second"), "--listed", "2")
    assert "first -> second: 8 questions in both" in result.output
    assert "key_fact_recall: 1.0000 -> 0.0000, -1.0000 [-1.0000, -1.0000] n=5: worse" in result.output
    assert "    worse (5): a1, a2 and 3 more" in result.output


def test_a_report_is_rendered_again_and_where_it_is_wanted(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    make_run("first")
    results = tmp_path / "RESULTS.md"
    assert call("report", str(tmp_path / "first"), "--results", str(results)).exit_code == 0
    assert results.read_text() == (tmp_path / "first" / "report.md").read_text()


def _expectations(tmp_path: Path, expected: float) -> Path:
    path = tmp_path / "expectations.json"
    figures = [
        {"group": "all", "figure": "treated", "expected": expected, "tolerance": 0.01, "fault": "Broken."}
    ]
    path.write_text(json.dumps({"figures": figures}))
    return path


@pytest.mark.parametrize(
    ("expected", "status", "said"), [(0.0, 0, "gate passed: 1 of 1"), (1.0, 1, "gate FAILED: 0 of 1")]
)
def test_the_gate_fails_with_its_exit_status_and_names_the_figure(
    make_run: Callable[..., Run], tmp_path: Path, expected: float, status: int, said: str
) -> None:
    make_run("first")
    result = call(
        "check",
        "--expectations",
        str(_expectations(tmp_path, expected)),
        "--reference",
        str(tmp_path / "first"),
        session=FakeSession(open_service=lambda _: FakeService(())),
    )
    assert result.exit_code == status
    assert said in result.output
    assert f"{len(load_bundled())} questions" in result.output
    assert ("treated of all:" in result.output) == bool(status)


def test_expectations_are_taken_anew_from_a_run(make_run: Callable[..., Run], tmp_path: Path) -> None:
    make_run("first")
    path = _expectations(tmp_path, 0.3)
    call("check", "--update", "--expectations", str(path), "--reference", str(tmp_path / "first"))
    assert gate.read_expectations(path).figures[0].expected == 1
