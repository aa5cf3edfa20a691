"""The gate on the real service: it holds as things are, and names each fault that is planted."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from filelock import FileLock

from eval.cases import load_bundled
from eval.commands import EXPECTATIONS, REFERENCE
from eval.gate import Finding, check, described, read_expectations
from eval.records import Record, read_records
from eval.run import Asking, ask_all, depth
from eval.suite import bundled_papers
from rag.settings import load_settings
from rag.types import Answer
from rag.wiring import open_service
from tests.eval.faults import (
    Replay,
    answers_everything,
    refuses_everything,
    shifted_span,
    shuffled_retrieval,
    wrong_paper,
)

pytestmark = pytest.mark.slow


def _record(data_dir: Path) -> Replay:
    service = open_service(load_settings(data_dir=data_dir))
    try:
        service.ingest(bundled_papers())
        cases = load_bundled()
        answers = {
            (case.question, case.turns): service.ask(
                case.question, history=case.turns, top_k=Asking().top_k, mode="extractive"
            )
            for case in cases
        }
        sought = {question for question, _ in answers} | {a.standalone_question for a in answers.values()}
        return Replay(
            answers=answers,
            searches={query: service.search(query, top_k=depth(Asking().top_k)) for query in sought},
            stored={paper.id: paper for paper in service.papers(limit=500).items},
        )
    finally:
        service.close()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """Every bundled question asked once, however many workers run these tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    file = shared / "recorded-answers"
    with FileLock(f"{file}.lock"):
        if not file.exists():
            file.write_bytes(pickle.dumps(_record(tmp_path_factory.mktemp("library"))))
    return cast(Replay, pickle.loads(file.read_bytes()))  # noqa: S301  # written a moment ago, by us


@pytest.fixture(scope="module")
def reference() -> tuple[Record, ...]:
    return read_records(REFERENCE / "cases.jsonl")


def _findings(service: Replay, reference: tuple[Record, ...]) -> tuple[Finding, ...]:
    records = [record for record, _ in ask_all(service, load_bundled(), Asking())]
    return check(records, read_expectations(EXPECTATIONS), reference)


def _planted(recorded: Replay, fault: Callable[[Answer], Answer]) -> Replay:
    return Replay(recorded.answers, recorded.searches, recorded.stored, fault)


def test_the_gate_holds_as_things_are(recorded: Replay, reference: tuple[Record, ...]) -> None:
    assert [described(finding) for finding in _findings(recorded, reference)] == []


@pytest.mark.parametrize(
    ("fault", "figure", "others_hold"),
    [
        (shuffled_retrieval, "ndcg@10", ("exact_spans", "treated", "citation_precision")),
        # nor is a false premise set right by another paper's words, so "treated" may fall too
        ("wrong paper", "citation_precision", ("ndcg@10", "exact_spans")),
        (shifted_span, "exact_spans", ("ndcg@10", "citation_precision", "treated")),
        (answers_everything, "abstention_recall", ("ndcg@10", "exact_spans", "supported_sentences")),
        (refuses_everything, "abstention_precision", ("ndcg@10", "abstention_recall")),
    ],
    ids=["shuffled retrieval", "wrong paper", "shifted span", "answers everything", "refuses everything"],
)
def test_a_planted_fault_fails_the_gate_and_is_named(
    recorded: Replay,
    reference: tuple[Record, ...],
    fault: Callable[[Answer], Answer] | str,
    figure: str,
    others_hold: tuple[str, ...],
) -> None:
    change = wrong_paper(recorded.stored) if isinstance(fault, str) else fault
    fallen = {
        finding.expectation.figure: finding for finding in _findings(_planted(recorded, change), reference)
    }
    assert figure in fallen
    assert fallen[figure].changed
    assert not set(fallen) & set(others_hold)
