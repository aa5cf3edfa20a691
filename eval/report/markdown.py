"""A run as Markdown. What a second run gives again comes first; what it doesn't stands at the end."""

from __future__ import annotations

import re

from eval.report.failures import failures
from eval.report.tables import Table, figure_tables, latency_table, parameter_table
from eval.rundir import Run

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")


def render(run: Run, *, command: str) -> str:
    """The whole report.

    Args:
        run: a finished run.
        command: what makes this text, for its first lines.
    """
    parts = [
        f"# Results: {_escaped(run.parameters.suite)}",
        f"Rendered from a run, never typed; made by `{command}`. Every figure stands with its 95 % bootstrap "
        "interval and the number of questions it counts. What has no gold is left out, not scored 0.",
    ]
    if run.summary.failed:
        parts.append(f"**{len(run.summary.failed)} questions failed with an error.**")
    parts.extend(table(each) for each in figure_tables(run))
    parts.append(_failing(run))
    parts.append(table(parameter_table(run)))
    parts.append(table(latency_table(run)))
    return "\n\n".join(parts) + "\n"


def table(each: Table) -> str:
    """One table under its heading."""
    lines = [f"## {each.title}", ""]
    if each.note:
        lines += [each.note, ""]
    lines.append("| " + " | ".join(each.header) + " |")
    lines.append("|" + "---|" * len(each.header))
    lines += ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in each.rows]
    return "\n".join(lines)


def _failing(run: Run) -> str:
    rows = tuple(
        (f.record.case.id, f.record.case.question, "; ".join(f.reasons)) for f in failures(run.records)
    )
    note = f"{len(rows)} of {len(run.records)} questions."
    return table(Table("Questions that failed", note, ("id", "question", "why"), rows))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
