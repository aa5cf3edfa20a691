"""From a set and a way to a service to a run on disk: what the commands do once their options are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.baselines import NAMES, Ranker, build_baselines
from eval.cases import Split, of_split, sampled
from eval.judge import open_judge
from eval.opening import Measured, Session, all_papers, corpus_version, opened
from eval.parameters import (
    Parameters,
    code_version,
    package_versions,
    python_version,
    visible_settings,
)
from eval.records import Record
from eval.run import SERVED, Asking, ask_all, depth
from eval.run import run as run_cases
from eval.suite import Suite, bundled_suite, is_bundled
from eval.summary import Summary
from rag.embed.minilm import NAME as MINILM
from rag.embed.minilm import MiniLM
from rag.embed.weights import WEIGHTS_SHA256
from rag.errors import InvalidInput
from rag.provenance import fitted_files, prompt_versions
from rag.types import Mode

OnStart = Callable[[int], None]
OnDone = Callable[[Record], None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options of a run."""

    split: Split | Literal["all"] = "all"
    sample: int = 0
    mode: Mode = "extractive"
    top_k: int = SERVED
    workers: int = 2
    seed: int = 0
    baselines: bool = False
    judge: bool = False


def wants_baselines(target: str, said: bool | None) -> bool:
    """What was said, else yes for the bundled sets, which are small."""
    return is_bundled(target) if said is None else said


def measure(
    session: Session,
    suite: Suite,
    chosen: Chosen,
    *,
    out: Path,
    resume: bool = False,
    on_start: OnStart = lambda _: None,
    on_done: OnDone = lambda _: None,
) -> Summary:
    """Runs a set and writes the run to ``out``.

    Raises:
        InvalidInput: the split has no question, or the run can't be resumed.
    """
    cases = sampled(of_split(suite.cases, chosen.split), chosen.sample)
    if not cases:
        raise InvalidInput(f"{suite.name} has no question in the split {chosen.split}.", field="split")
    with opened(session, suite) as service:
        judge = open_judge(session.settings()) if chosen.judge else None
        label = judge.label if judge else ""
        parameters = parameters_of(session, suite, chosen, service, questions=len(cases), judge=label)
        rankers = _rankers(service, chosen)
        on_start(len(cases))
        how = Asking(chosen.mode, chosen.top_k, chosen.workers, rankers, judge)
        return run_cases(service, cases, parameters, how, out=out, resume=resume, on_done=on_done)


def check_records(
    session: Session,
    *,
    workers: int = 2,
    on_start: OnStart = lambda _: None,
    on_done: OnDone = lambda _: None,
) -> list[Record]:
    """Asks all bundled questions, extractively, on a fresh index; nothing is written."""
    suite = bundled_suite()
    records = []
    with opened(session, suite) as service:
        on_start(len(suite.cases))
        for record, _ in ask_all(service, suite.cases, Asking(workers=workers)):
            records.append(record)
            on_done(record)
    return records


def parameters_of(
    session: Session, suite: Suite, chosen: Chosen, service: Measured, *, questions: int, judge: str
) -> Parameters:
    """All that decides the figures of a run."""
    return Parameters(
        suite=suite.name,
        suite_sha256=suite.sha256,
        questions=questions,
        split=chosen.split,
        sample=chosen.sample,
        mode=chosen.mode,
        top_k=chosen.top_k,
        seed=chosen.seed,
        workers=chosen.workers,
        baselines=NAMES if chosen.baselines else (),
        corpus=corpus_version(service, session, suite),
        models=_models(service),
        prompts=prompt_versions(),
        settings=visible_settings(session.settings()),
        judge=judge,
        code=code_version(),
        python=python_version(),
        packages=package_versions(),
    )


def _models(service: Measured) -> dict[str, str]:
    status = service.status()
    named = {"embedding": status.embedding_model, "writing": status.model}
    if status.embedding_model == MINILM:
        named["embedding sha256"] = WEIGHTS_SHA256
    return named | fitted_files()


def _rankers(service: Measured, chosen: Chosen) -> Mapping[str, Ranker]:
    if not chosen.baselines:
        return {}
    return build_baselines(all_papers(service), MiniLM.load(), top_k=depth(chosen.top_k))
