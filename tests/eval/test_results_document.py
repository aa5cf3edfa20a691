"""The committed figures are those of the committed run."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.cases import load_bundled
from eval.commands import EXPECTATIONS, REFERENCE
from eval.gate import read_expectations, updated
from eval.report import markdown
from eval.rundir import Run, read_run
from eval.summary import summarise

RESULTS = Path(__file__).parents[2] / "docs" / "RESULTS.md"
MOST_BYTES = 3_500_000


@pytest.fixture(scope="module")
def reference() -> Run:
    return read_run(REFERENCE)


def test_results_are_the_rendering_of_the_reference_run(reference: Run) -> None:
    assert RESULTS.read_text(encoding="utf-8") == markdown.render(reference)


def test_the_summary_is_what_its_cases_give(reference: Run) -> None:
    assert summarise(reference.records, seed=reference.parameters.seed) == reference.summary


def test_expectations_are_taken_from_the_reference_run(reference: Run) -> None:
    expectations = read_expectations(EXPECTATIONS)
    assert updated(expectations, reference.summary) == expectations


def test_promises_are_hard_floors() -> None:
    hard = {each.figure: each.expected for each in read_expectations(EXPECTATIONS).figures if each.hard}
    assert hard["exact_spans"] == hard["supported_sentences"] == 1


def test_the_reference_run_asked_the_questions_as_they_are(reference: Run) -> None:
    assert tuple(record.case for record in reference.records) == load_bundled()


def test_the_reference_run_is_small_enough_to_keep() -> None:
    assert (
        sum(path.stat().st_size for path in REFERENCE.iterdir() if not path.name.startswith("report."))
        < MOST_BYTES
    )
