"""Asks every question of a set, in parallel, and writes each down as soon as it is answered.

A run is a folder: ``params.json``, ``cases.jsonl`` (one line a question), ``timings.jsonl`` (kept apart,
since no second run gives them again), ``titles.json`` and ``summary.json``. A run that was cut short goes on
where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from eval.baselines import Ranker
from eval.cases import Case
from eval.outcome import Outcome, observe
from eval.parameters import PARAMETERS, Parameters, check_same
from eval.records import CASES, TIMINGS, Record, Timing, line_of, read_records, read_timings, write_lines
from eval.scoring import score
from eval.summary import Summary, summarise
from rag.errors import CitewellError, NotFound
from rag.types import Answer, Filters, Hit, Mode, Paper, SearchResult, Turn

SUMMARY = "summary.json"
TITLES = "titles.json"
SERVED = 8  # papers that the doors look at unless told otherwise: what is measured is what is served
RETRIEVED = 10  # papers that the rankings' figures look at

Judge = Callable[[Case, Outcome], dict[str, float]]


class Asked(Protocol):
    """What a run needs of a service: the calls that every door makes."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = ...,
        top_k: int = ...,
        mode: Mode = ...,
    ) -> Answer:
        """Answers a question."""

    def search(self, query: str, *, top_k: int = ..., filters: Filters = ...) -> SearchResult:
        """Ranks papers."""

    def paper(self, paper_id: str) -> Paper:
        """A stored paper; raises ``NotFound``."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are asked."""

    mode: Mode = "extractive"
    top_k: int = SERVED
    workers: int = 2
    baselines: Mapping[str, Ranker] = field(default_factory=dict)
    judge: Judge | None = None


def ask_one(service: Asked, case: Case, how: Asking) -> tuple[Record, Timing]:
    """Asks one question and scores what comes of it; an error of ours is an outcome like another."""
    return _scored(service, case, _heard(service, case, how))


def ask_all(service: Asked, cases: Sequence[Case], how: Asking) -> Iterator[tuple[Record, Timing]]:
    """Asks every question, ``how.workers`` at a time; gives them in order.

    Scores are worked out in the caller's thread: trec_eval, in C, ends the process when two threads enter it.
    """
    with ThreadPoolExecutor(how.workers) as pool:
        try:
            heard = pool.map(lambda case: _heard(service, case, how), cases)
            yield from (_scored(service, case, each) for case, each in zip(cases, heard, strict=True))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@dataclass(frozen=True, slots=True)
class _Heard:
    """What asking a question gave, unscored."""

    outcome: Outcome
    verdicts: dict[str, float]
    timings: dict[str, float]


def _heard(service: Asked, case: Case, how: Asking) -> _Heard:
    timings: dict[str, float] = {}
    try:
        answer = service.ask(case.question, history=case.turns, top_k=how.top_k, mode=how.mode)
        raw = _raw_ranking(service, case, how) if case.turns else None
        outcome = observe(answer, service.paper, ranked=_ranked(service, answer, how), raw=raw)
        timings = {stage: round(float(value), 3) for stage, value in answer.timings_ms.items()}
    except CitewellError as error:
        outcome = Outcome(status="failed", error=f"{type(error).__name__}: {error}")
    if how.baselines:
        found = {name: rank(case.question) for name, rank in how.baselines.items()}
        outcome = outcome.model_copy(update={"baselines": found})
    verdicts = how.judge(case, outcome) if how.judge and outcome.status == "answered" else {}
    return _Heard(outcome, verdicts, timings)


def _scored(service: Asked, case: Case, heard: _Heard) -> tuple[Record, Timing]:
    scores = score(case, heard.outcome, service.paper)
    record = Record(case=case, outcome=heard.outcome, scores=scores, verdicts=heard.verdicts)
    return record, Timing(id=case.id, timings_ms=heard.timings)


def run(
    service: Asked,
    cases: Sequence[Case],
    parameters: Parameters,
    how: Asking,
    *,
    out: Path,
    resume: bool = False,
    on_done: Callable[[Record], None] = lambda _: None,
) -> Summary:
    """Asks what has not been asked yet, and writes the run down.

    Args:
        service: what is measured.
        cases: the questions, in the order in which they are written.
        parameters: what the run was made with.
        how: how questions are asked.
        out: the run's folder.
        resume: keep what an earlier run left there; otherwise it is begun anew.
        on_done: told of every question, those kept included.

    Raises:
        InvalidInput: what is there was made with other parameters, or can't be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    kept, timed = _kept(out, parameters) if resume else ({}, {})
    (out / SUMMARY).unlink(missing_ok=True)  # a run without a summary is not taken for a finished one
    write_lines(out / CASES, kept.values())
    write_lines(out / TIMINGS, timed.values())
    (out / PARAMETERS).write_text(parameters.model_dump_json(indent=1) + "\n", encoding="utf-8")
    for record in kept.values():
        on_done(record)
    with (
        (out / CASES).open("a", encoding="utf-8") as lines,
        (out / TIMINGS).open("a", encoding="utf-8") as times,
    ):
        for record, timing in ask_all(service, [case for case in cases if case.id not in kept], how):
            times.write(line_of(timing))
            times.flush()
            lines.write(line_of(record))
            lines.flush()
            kept[record.case.id], timed[record.case.id] = record, timing
            on_done(record)
    records = [kept[case.id] for case in cases]
    write_lines(out / CASES, records)
    write_lines(out / TIMINGS, [timed[case.id] for case in cases if case.id in timed])
    _write_titles(service, records, out)
    return write_summary(out, records, seed=parameters.seed)


def write_summary(out: Path, records: Sequence[Record], *, seed: int) -> Summary:
    """Computes and writes ``summary.json``."""
    summary = summarise(records, seed=seed)
    (out / SUMMARY).write_text(summary.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return summary


def _write_titles(service: Asked, records: Sequence[Record], out: Path) -> None:
    """Titles by paper id, once for the whole run, of every paper that it retrieved."""
    retrieved = {paper for record in records for paper in record.outcome.ranking}
    titles = {}
    for paper in sorted(retrieved):
        with suppress(NotFound):  # removed since
            titles[paper] = service.paper(paper).title
    (out / TITLES).write_text(json.dumps(titles, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _raw_ranking(service: Asked, case: Case, how: Asking) -> tuple[str, ...]:
    return tuple(hit.paper.id for hit in service.search(case.question, top_k=depth(how.top_k)).hits)


def depth(top_k: int) -> int:
    """How many papers are ranked, where so many are looked at."""
    return max(top_k, RETRIEVED)


def _ranked(service: Asked, answer: Answer, how: Asking) -> tuple[Hit, ...]:
    """The papers that the answer was looked for in, and below them those that a deeper search finds.

    Where a deeper search begins otherwise (the words searched for were mended), there is nothing below.
    """
    seen = answer.retrieved
    if len(seen) < how.top_k or how.top_k >= RETRIEVED:
        return seen
    deeper = service.search(answer.standalone_question, top_k=RETRIEVED).hits
    same = [hit.paper.id for hit in deeper[: len(seen)]] == [hit.paper.id for hit in seen]
    return deeper if same else seen


def _kept(out: Path, parameters: Parameters) -> tuple[dict[str, Record], dict[str, Timing]]:
    if not (out / PARAMETERS).exists():
        return {}, {}
    before = Parameters.model_validate_json((out / PARAMETERS).read_text(encoding="utf-8"))
    check_same(before, parameters)
    records = {record.case.id: record for record in read_records(out / CASES, torn_end=True)}
    timings = {timing.id: timing for timing in read_timings(out / TIMINGS) if timing.id in records}
    return records, timings
