"""The plots of a report, as SVG text that is the same for the same run."""

from __future__ import annotations

import io
from collections.abc import Iterator

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eval.baselines import NAMES as BASELINES
from eval.figures import answered
from eval.metrics.latency import stage_latency
from eval.metrics.risk_coverage import risk_coverage
from eval.report.tables import OURS, shown_groups
from eval.rundir import Run
from eval.summary import ALL

QUALITY = ("ndcg@10", "key_fact_recall", "citation_precision", "treated")
INK = ("#1f5f8b", "#d1793d", "#5b8c5a", "#8a5a83")


def plots(run: Run) -> Iterator[tuple[str, str]]:
    """Title and SVG of every plot the run has data for."""
    drawers = (
        ("Risk against coverage", _risk_coverage),
        ("Quality by kind of question", _quality),
        ("Retrieval against baselines", _baselines),
        ("Latency by stage", _latency),
    )
    for title, draw in drawers:
        with mpl.rc_context({"svg.hashsalt": "citewell", "svg.fonttype": "none", "font.size": 9}):
            figure = Figure(figsize=(8, 3.6), layout="constrained")
            if draw(run, figure.add_subplot()):
                yield title, _svg(figure)


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    _, start, rest = text.getvalue().partition(
        "<svg"
    )  # without the XML prologue, which HTML has no place for
    return start + rest


def _risk_coverage(run: Run, axes: Axes) -> bool:
    confidence, wrong = answered(run.records)
    asked = sum(record.case.expect is not None and not record.case.small_talk for record in run.records)
    coverage, risk = risk_coverage(confidence, wrong, max(1, asked))
    axes.plot(coverage, risk, color=INK[0])
    axes.set(
        xlabel="coverage: share of questions answered", ylabel="risk: share of answers wrong", xlim=(0, 1)
    )
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    return bool(len(coverage))


def _quality(run: Run, axes: Axes) -> bool:
    groups = [group for group in shown_groups(run, ALL) if group != ALL]
    width = 0.8 / len(QUALITY)
    for place, name in enumerate(QUALITY):
        found = [(row, run.summary.figure(ALL, group, name)) for row, group in enumerate(groups)]
        known = [(row, estimate) for row, estimate in found if estimate is not None]
        axes.bar(
            [row + place * width for row, _ in known],
            [estimate.value for _, estimate in known],
            width,
            yerr=[
                [max(0.0, estimate.value - estimate.low) for _, estimate in known],
                [max(0.0, estimate.high - estimate.value) for _, estimate in known],
            ],
            label=name,
            color=INK[place],
            error_kw={"lw": 0.8},
        )
    axes.set_xticks([row + 0.3 for row in range(len(groups))], groups, rotation=40, ha="right")
    axes.set_ylim(0, 1.05)
    axes.legend(ncols=len(QUALITY), loc="upper center", bbox_to_anchor=(0.5, 1.18), frameon=False)
    return bool(groups)


def _baselines(run: Run, axes: Axes) -> bool:
    groups = [g for g in shown_groups(run, ALL) if run.summary.figure(ALL, g, "bm25:ndcg@10")]
    names = (OURS, *BASELINES)
    width = 0.8 / len(names)
    for place, name in enumerate(names):
        prefix = "" if name == OURS else f"{name}:"
        found = [run.summary.figure(ALL, group, f"{prefix}ndcg@10") for group in groups]
        heights = [estimate.value if estimate else 0.0 for estimate in found]
        rows = [row + place * width for row in range(len(groups))]
        axes.bar(rows, heights, width, label=name, color=INK[place])
    axes.set_xticks([row + 0.3 for row in range(len(groups))], groups, rotation=40, ha="right")
    axes.set(ylabel="nDCG@10", ylim=(0, 1.05))
    axes.legend(ncols=len(names), loc="upper center", bbox_to_anchor=(0.5, 1.18), frameon=False)
    return bool(groups)


def _latency(run: Run, axes: Axes) -> bool:
    stages = stage_latency(timing.timings_ms for timing in run.timings)
    rows = range(len(stages))
    for place, percent in enumerate(("p50", "p95", "p99")):
        lengths = [figures[percent] for figures in stages.values()]
        axes.barh([row + 0.27 * place for row in rows], lengths, 0.27, label=percent, color=INK[place])
    axes.set_yticks([row + 0.27 for row in rows], list(stages))
    axes.set_xlabel("ms")
    axes.legend(frameon=False)
    return bool(stages)
