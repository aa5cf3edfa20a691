from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.wire.ask import AskIn
from eval.outcome import observe, whole_words
from eval.records import CASES as CASES_FILE
from eval.run import Asking, ask_one, run
from eval.rundir import Run, read_run
from eval.scoring import score
from rag.errors import InvalidInput, ModelFailed, NotFound
from rag.types import Answer, Paper, Span
from tests.eval.conftest import CASES, PAPERS, PARAMETERS
from tests.fakes.service import FakeService


def test_a_run_is_written_with_a_line_a_question_in_order(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    done = make_run("first")
    assert [record.case for record in done.records] == list(CASES)
    assert done.parameters == PARAMETERS
    assert len((tmp_path / "first" / CASES_FILE).read_text().splitlines()) == len(CASES)
    assert {timing.id for timing in done.timings} == {case.id for case in CASES}


def test_a_second_run_writes_the_same_bytes(make_run: Callable[..., Run], tmp_path: Path) -> None:
    make_run("first", FakeService(PAPERS))
    make_run("second", FakeService(PAPERS))
    for name in (CASES_FILE, "summary.json", "params.json"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_figures_of_the_small_set_are_those_counted_by_hand(make_run: Callable[..., Run]) -> None:
    done = make_run("first")
    scores = {record.case.id: record.scores for record in done.records}
    assert scores["a1"]["key_fact_recall"] == 1
    assert scores["a1"]["span_recall"] == 1
    assert scores["u1"] == {"treated": 1.0}
    assert (scores["u2"]["treated"], scores["u2"]["premise_corrected"]) == (1, 1)
    assert (scores["t1"]["treated"], scores["t1"]["small_talk"]) == (1, 1)
    assert scores["c1"]["condensed_ndcg@10"] == 1
    figure = done.summary.figure("all", "all", "key_fact_recall")
    assert figure is not None
    assert (figure.n, figure.unscored) == (5, 3)


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    whole = make_run("first")
    folder = tmp_path / "first"
    lines = (folder / CASES_FILE).read_text().splitlines(keepends=True)
    (folder / CASES_FILE).write_text("".join(lines[:3]) + lines[3][:20])
    service = FakeService(PAPERS)
    run(service, CASES, PARAMETERS, Asking(), out=folder, resume=True)
    assert read_run(folder).records == whole.records
    assert sorted(service.asked) == sorted(case.question for case in CASES[3:])


def test_a_run_begun_with_other_parameters_is_not_resumed(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    make_run("first")
    other = PARAMETERS.model_copy(update={"top_k": 3, "seed": 5})
    with pytest.raises(InvalidInput, match=r"top_k, seed"):
        run(FakeService(PAPERS), CASES, other, Asking(), out=tmp_path / "first", resume=True)


def test_without_resume_a_run_is_begun_anew(make_run: Callable[..., Run], tmp_path: Path) -> None:
    make_run("first")
    service = FakeService(PAPERS)
    run(service, CASES, PARAMETERS, Asking(), out=tmp_path / "first")
    assert len(service.asked) == len(CASES)


def test_an_error_of_the_service_is_an_outcome_and_counts_against_it() -> None:
    class Failing(FakeService):
        def ask(self, question: str, **_: object) -> Answer:
            raise ModelFailed(f"no answer to {question}")

    record, timing = ask_one(Failing(PAPERS), CASES[0], Asking())
    assert (record.outcome.status, record.outcome.error) == (
        "failed",
        "ModelFailed: no answer to Where do bees dance?",
    )
    assert (record.scores["treated"], record.scores["citation_recall"], record.scores["key_fact_recall"]) == (
        0,
        0,
        0,
    )
    assert timing.timings_ms == {}


def test_an_unfinished_run_is_not_read(make_run: Callable[..., Run], tmp_path: Path) -> None:
    class Dying(FakeService):
        def ask(self, question: str, **_: object) -> Answer:
            raise RuntimeError(question)

    make_run("first")
    with pytest.raises(RuntimeError):
        run(Dying(PAPERS), CASES, PARAMETERS, Asking(), out=tmp_path / "first")
    for folder in (tmp_path, tmp_path / "first"):
        with pytest.raises(NotFound, match="--resume"):
            read_run(folder)


def test_a_line_that_is_no_record_is_refused_with_its_place(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    make_run("first")
    path = tmp_path / "first" / CASES_FILE
    path.write_text(path.read_text() + json.dumps({"case": 1}) + "\n")
    with pytest.raises(InvalidInput, match=f"{len(CASES) + 1} is no record"):
        read_run(tmp_path / "first")


def _first_answer(service: FakeService) -> Answer:
    return service.ask(CASES[0].question)


def _exact(service: FakeService, answer: Answer) -> bool:
    return observe(answer, service.paper).citations[0].exact


@pytest.mark.parametrize("shift", [(1, 1), (-1, -1), (0, 1), (0, -2), (1, 0)])
def test_a_span_that_is_off_is_not_exact(service: FakeService, shift: tuple[int, int]) -> None:
    answer = service.ask("How long a dance lasts two minutes")
    (citation,) = answer.citations
    span = Span(citation.span.start + shift[0], citation.span.end + shift[1])
    assert _exact(service, answer)
    assert not _exact(service, replace(answer, citations=(replace(citation, span=span),)))


def test_a_citation_of_words_that_the_library_does_not_hold_is_not_exact(service: FakeService) -> None:
    answer = _first_answer(service)
    (citation,) = answer.citations
    changed = replace(citation.paper, abstract=citation.paper.abstract.replace("Bees", "Wasp"))
    gone = replace(citation.paper, id="gone")
    for paper in (changed, gone):
        assert not _exact(service, replace(answer, citations=(replace(citation, paper=paper),)))
    assert not _exact(service, replace(answer, citations=(replace(citation, verified=False),)))


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [
        (0, 3, True),
        (4, 7, True),
        (0, 8, True),
        (1, 3, False),
        (0, 2, False),
        (3, 7, False),
        (7, 9, False),
        (3, 3, False),
    ],
)
def test_whole_words_begin_and_end_on_words(start: int, end: int, whole: bool) -> None:
    assert whole_words("one two.", start, end) is whole


def test_what_has_no_gold_is_left_unscored(service: FakeService) -> None:
    bare = CASES[0].model_copy(
        update={"gold_papers": (), "gold_quotes": (), "key_facts": (), "reference_answer": "", "expect": None}
    )
    figures = score(bare, observe(_first_answer(service), service.paper), service.paper)
    assert set(figures) == {"exact_spans", "supported_sentences", "grounding"}


class Many(FakeService):
    """Asks of it are written down."""

    def __init__(self) -> None:
        super().__init__([Paper(f"p{n:02}", f"Bees {n}", "Bees dance in the sun.") for n in range(20)])
        self.depths: list[int] = []

    def ask(self, question: str, *, top_k: int = 8, **given: Any) -> Answer:
        self.depths.append(top_k)
        return super().ask(question, top_k=top_k, **given)


def test_what_is_asked_is_what_is_served_and_ten_papers_are_ranked_all_the_same() -> None:
    service = Many()
    case = CASES[0].model_copy(update={"question": "How do bees dance?"})
    record, _ = ask_one(service, case, Asking())
    assert service.depths == [AskIn.model_fields["top_k"].default]
    assert record.outcome.ranking == tuple(f"p{n:02}" for n in range(10))
    deeper, _ = ask_one(service, case, Asking(top_k=12))
    assert len(deeper.outcome.ranking) == 12
