"""``citewell eval``: run a question set, compare two runs, report one, and the gate.

Commands import what they need when they run: what serves needs no plots, and help comes at once.
"""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from eval.compare import Change
    from eval.loaders.pairs import PairSet
    from eval.opening import Session
    from eval.stats import Estimate
    from eval.summary import Summary

app = typer.Typer(
    name="eval",
    help="Measure what is served: run a question set, compare two runs, report one, hold the gate.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

RUNS = Path("eval/runs")
EXPECTATIONS = Path(__file__).parent / "expectations.json"
REFERENCE = Path(__file__).parent / "runs" / "reference"
HEADLINES = (
    "ndcg@10",
    "treated",
    "answer_right",
    "key_fact_recall",
    "citation_precision",
    "exact_spans",
    "supported_sentences",
    "abstention_precision",
    "abstention_recall",
    "auroc",
    "aurc",
    "trigger_kept_out",
)


class SplitOption(StrEnum):
    """Which questions to ask."""

    dev = "dev"
    test = "test"
    all = "all"


class ModeOption(StrEnum):
    """What may write the answers."""

    auto = "auto"
    extractive = "extractive"
    llm = "llm"


Folder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.")]


@app.command()
def run(
    context: typer.Context,
    suite: Annotated[
        str,
        typer.Argument(metavar="SUITE", help="`bundled`, one of its sets, or the path of a set of yours."),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the run is written; eval/runs/SUITE unless set.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut short.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Questions asked at a time.")] = 2,
    split: Annotated[SplitOption, typer.Option(help="Which questions to ask.")] = SplitOption.all,
    sample: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Ask N of the questions, every kind with its share; 0 asks all."
        ),
    ] = 0,
    mode: Annotated[ModeOption, typer.Option(help="What may write the answers.")] = ModeOption.extractive,
    top_k: Annotated[
        int, typer.Option(min=1, max=50, help="Papers looked at for each question; as served.")
    ] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 0,
    judge: Annotated[
        bool, typer.Option("--judge", help="Have the model of CITEWELL_JUDGE_MODEL grade answers too.")
    ] = False,
    base: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="BEIR folder that a poisoned corpus overlays; the bundled papers for garak's templates.",
        ),
    ] = None,
    baselines: Annotated[
        bool | None,
        typer.Option(
            "--baselines/--no-baselines", help="Ask the baselines too; only for bundled sets unless set."
        ),
    ] = None,
) -> None:
    """Ask every question of a set and score the answers.

    What comes is written down, with all that decides the figures.
    """
    from eval import measuring
    from eval.loaders import load_target
    from eval.loaders.pairs import PairSet  # known above to the type checker alone

    session = _session(context)
    target = load_target(suite, base=base)
    out = out or RUNS / target.name
    if isinstance(target, PairSet):
        _verify(target, out, seed)
        return
    chosen = measuring.Chosen(
        split=split.value,
        sample=sample,
        mode=mode.value,
        top_k=top_k,
        workers=workers,
        seed=seed,
        baselines=measuring.wants_baselines(suite, baselines),
        judge=judge,
    )
    with _Tick("asking") as tick:
        summary = measuring.measure(
            session, target, chosen, out=out, resume=resume, on_start=tick.start, on_done=tick
        )
    _headlines(summary)
    typer.echo("wrote " + ", ".join(str(path) for path in _write_reports(out)))


@app.command("compare")
def compare_runs(
    before: Folder,
    after: Folder,
    listed: Annotated[int, typer.Option(min=0, help="Cases listed for each figure.")] = 10,
) -> None:
    """Compare two runs case by case.

    Says what got better, what got worse, and what can't be told from noise.
    """
    from eval.compare import compare
    from eval.rundir import read_run

    found = compare(read_run(before), read_run(after))
    typer.echo(
        f"{found.before} -> {found.after}: {found.questions} questions in both, "
        f"{found.only_before} only before, {found.only_after} only after"
    )
    for change in found.changes:
        if change.verdict != "the same":
            _say_change(change, listed)
    same = [change.name for change in found.changes if change.verdict == "the same"]
    typer.echo(f"the same: {', '.join(same) or 'none'}")


@app.command()
def report(
    folder: Folder,
    results: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the Markdown there too (docs/RESULTS.md).")
    ] = None,
) -> None:
    """Render a run again, as Markdown and as one HTML page.

    The page has plots, and every question that failed.
    """
    written = _write_reports(folder)
    if results is not None:
        results.write_text(written[0].read_text(encoding="utf-8"), encoding="utf-8")
    typer.echo("wrote " + ", ".join(str(path) for path in (*written, results) if path))


@app.command()
def check(
    context: typer.Context,
    expectations: Annotated[Path, typer.Option(metavar="FILE", help="Committed figures.")] = EXPECTATIONS,
    reference: Annotated[Path, typer.Option(metavar="RUN", help="The run they were taken from.")] = REFERENCE,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Questions asked at a time.")] = 2,
    update: Annotated[
        bool,
        typer.Option("--update", help="Take the figures from the reference run instead, and check nothing."),
    ] = False,
) -> None:
    """Hold the gate: fail where a committed figure fell.

    Asks the bundled questions, with what the papers say and no language model.
    """
    from eval import gate, measuring
    from eval.rundir import read_run

    expected = gate.read_expectations(expectations)
    before = read_run(reference)
    if update:
        fresh = gate.updated(expected, before.summary)
        expectations.write_text(fresh.model_dump_json(indent=1) + "\n", encoding="utf-8")
        typer.echo(f"{expectations}: {len(fresh.figures)} figures, those not hard taken from {reference}")
        return
    started = time.monotonic()
    with _Tick("checking") as tick:
        records = measuring.check_records(
            _session(context), workers=workers, on_start=tick.start, on_done=tick
        )
    findings = gate.check(records, expected, before.records)
    for finding in findings:
        typer.echo(gate.described(finding))
    seconds = time.monotonic() - started
    verdict = "FAILED" if findings else "passed"
    typer.echo(
        f"gate {verdict}: {len(expected.figures) - len(findings)} of {len(expected.figures)} figures hold, "
        f"{len(records)} questions, {seconds:.0f} s"
    )
    if findings:
        raise typer.Exit(1)


class _Tick:
    """A progress bar that counts records."""

    def __init__(self, label: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._label = label
        self._task = self._progress.add_task("indexing", total=None)

    def __enter__(self) -> _Tick:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def start(self, total: int) -> None:
        """The index is there; so many questions follow."""
        self._progress.update(self._task, description=self._label, total=total)

    def __call__(self, _: object) -> None:
        self._progress.advance(self._task)


def _session(context: typer.Context) -> Session:
    return cast("Session", context.obj)  # what `citewell` hands to every command


def _verify(pairs: PairSet, out: Path, seed: int) -> None:
    from eval.pairs import bundled_verifier, measure_pairs

    with _Tick("verifying") as tick:
        tick.start(len(pairs.pairs))
        figures = measure_pairs(bundled_verifier(), pairs, out, seed=seed, on_done=tick)
    for name, found in figures.items():
        _say_figure(name, found)


def _write_reports(folder: Path) -> tuple[Path, Path]:
    from eval.report import markdown, page
    from eval.rundir import read_run

    finished = read_run(folder)
    text, web = folder / "report.md", folder / "report.html"
    text.write_text(markdown.render(finished), encoding="utf-8")
    web.write_text(page.render(finished), encoding="utf-8")
    return text, web


def _headlines(summary: Summary) -> None:
    for name in HEADLINES:
        found = summary.figure("all", "all", name)
        if found is not None:
            _say_figure(name, found)


def _say_figure(name: str, found: Estimate) -> None:
    typer.echo(f"{name:22} {found.value:.3f} [{found.low:.3f}, {found.high:.3f}] n={found.n}")


def _say_change(change: Change, listed: int) -> None:
    d = change.difference
    typer.echo(
        f"{change.name}: {change.before:.4f} -> {change.after:.4f}, "
        f"{d.value:+.4f} [{d.low:+.4f}, {d.high:+.4f}] n={d.n}: {change.verdict}"
    )
    for word, cases in (("better", change.improved), ("worse", change.worsened)):
        if cases:
            more = f" and {len(cases) - listed} more" if len(cases) > listed else ""
            typer.echo(f"    {word} ({len(cases)}): {', '.join(cases[:listed])}{more}")
