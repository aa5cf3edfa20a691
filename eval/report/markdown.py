"""A run as Markdown: what to know first, then everything, folded away.

What a second run gives again comes first; what it doesn't stands at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eval.parameters import Parameters
from eval.report.failures import failures
from eval.report.tables import (
    FEW,
    Table,
    figure_tables,
    headline_table,
    latency_table,
    parameter_table,
    short_tables,
)
from eval.rundir import Run
from eval.summary import ALL

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")


def render(run: Run) -> str:
    """The whole report."""
    parts = [
        f"# Results: {_escaped(run.parameters.suite)}",
        f"Rendered from a run, never typed; `{command_of(run.parameters)}` makes it again.",
        "Every figure stands with its 95 % bootstrap interval and the number of questions it counts. Gold is "
        "what was noted as right beforehand: papers, their words, facts. What has no gold is left out, not "
        f"scored 0. Groups of fewer than {FEW} questions stand in `summary.json` alone.",
    ]
    if run.summary.failed:
        parts.append(f"**{len(run.summary.failed)} questions failed with an error.**")
    parts.append(table(headline_table(run)))
    split = next((split for split, groups in run.summary.questions.items() if groups), ALL)
    parts.extend(table(each) for each in short_tables(run, split))
    parts.append(_folded("Every figure, by kind of question and split", map(table, figure_tables(run))))
    parts.append(_folded("Every question that failed", [_failing(run)]))
    parts.append(_folded("What the run was made with", [table(parameter_table(run))]))
    parts.append(table(latency_table(run)))
    return "\n\n".join(parts) + "\n"


def command_of(parameters: Parameters) -> str:
    """The command that gives the same figures."""
    options = f"--split {parameters.split} --mode {parameters.mode} --top-k {parameters.top_k}"
    if parameters.sample:
        options += f" --sample {parameters.sample}"
    return f"citewell eval run {parameters.suite} {options} --seed {parameters.seed}"


def table(each: Table) -> str:
    """One table under its heading."""
    lines = [f"## {each.title}", ""]
    if each.note:
        lines += [each.note, ""]
    lines.append("| " + " | ".join(each.header) + " |")
    lines.append("|" + "---|" * len(each.header))
    lines += ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in each.rows]
    return "\n".join(lines)


def _folded(title: str, parts: Iterable[str]) -> str:
    """Parts that a reader opens; blank lines around them keep Markdown inside HTML."""
    return "\n\n".join((f"<details><summary>{title}</summary>", *parts, "</details>"))


def _failing(run: Run) -> str:
    rows = tuple(
        (f.record.case.id, _short(f.record.case.question), "; ".join(f.reasons))
        for f in failures(run.records)
    )
    note = f"{len(rows)} of {len(run.records)} questions."
    return table(Table("Questions that failed", note, ("id", "question", "why"), rows))


def _short(text: str, limit: int = 100) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
