"""A run as one HTML page that needs nothing else: plots, tables, each failing question with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from eval.report.failures import Failure, failures
from eval.report.plots import plots
from eval.report.tables import (
    Table,
    failure_table,
    figure_tables,
    headline_table,
    latency_table,
    parameter_table,
)
from eval.rundir import Run

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:.5rem 0;font-size:13px}td,th{border:1px solid #ddd;padding:.2rem .5rem;
text-align:left;vertical-align:top}th{background:#f5f5f5}details{border:1px solid #ddd;border-radius:4px;
margin:.4rem 0;padding:.3rem .7rem}summary{cursor:pointer}blockquote{margin:.3rem 0;padding-left:.7rem;
border-left:3px solid #bbb}.gold{border-color:#3a8a3a}.cited{border-color:#1f5f8b}.why{color:#a33}
svg{max-width:100%;height:auto}code{background:#f5f5f5}
"""


def render(run: Run) -> str:
    """The whole page; all text that comes from papers, questions or models is escaped."""
    title = escape(f"Evaluation: {run.parameters.suite}")
    failed = failures(run.records)
    code = run.parameters.code
    version = escape(
        f"{code.version}, commit {code.commit or 'unknown'}{', with changes' if code.dirty else ''}"
    )
    body = [
        f"<h1>{title}</h1><p>{len(run.records)} questions, {len(failed)} failed. Code {version}. "
        'Go to: <a href="#failed">failed questions</a>, <a href="#tables">tables</a>.</p>',
        _table(headline_table(run)),
        *(f"<h2>{escape(name)}</h2>{svg}" for name, svg in plots(run)),
        _table(failure_table(run)),
        '<h2 id="failed">Questions that failed</h2><p>Open one to see what was expected and what came.</p>',
        *(_failure(failure, run.titles) for failure in failed),
        '<div id="tables">',
        *(_table(table) for table in (*figure_tables(run), latency_table(run), parameter_table(run))),
        "</div>",
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body>" + "\n".join(body) + "</body></html>\n"
    )


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    return f"<h2>{escape(table.title)}</h2>{note}<table><tr>{head}</tr>{rows}</table>"


def _failure(failure: Failure, titles: Mapping[str, str]) -> str:
    case = failure.record.case
    why = escape("; ".join(failure.reasons))
    return (
        f'<details id="case-{escape(case.id, quote=True)}"><summary><code>{escape(case.id)}</code> '
        f'{escape(case.question)} <span class="why">{why}</span></summary>'
        + "".join(_evidence(failure, titles))
        + "</details>"
    )


def _evidence(failure: Failure, titles: Mapping[str, str]) -> Iterator[str]:
    case, outcome = failure.record.case, failure.record.outcome
    for turn in case.history:
        yield f"<p><b>{escape(turn.role)}:</b> {escape(turn.content)}</p>"
    if outcome.standalone_question:
        yield f"<p><b>searched as:</b> {escape(outcome.standalone_question)}</p>"
    yield f"<p><b>expected:</b> {escape(case.expect or 'nothing said')}. {escape(case.reference_answer)}</p>"
    for quote in (*case.gold_quotes, *case.corrections):
        yield _quote("gold", quote.paper_id, quote.quote)
    if case.key_facts:
        yield f"<p><b>facts:</b> {escape(', '.join(case.key_facts))}</p>"
    confidence = "unknown" if outcome.confidence is None else f"{outcome.confidence:.3f}"
    said = escape(outcome.answer or outcome.error)
    yield f"<p><b>{escape(outcome.status)}</b>, confidence {confidence}: {said}</p>"
    if outcome.reason:
        yield f"<p><b>refused:</b> {escape(outcome.reason)}</p>"
    for cited in outcome.citations:
        mark = "" if cited.exact else " (not exact)"
        yield _quote(
            "cited", f"[{cited.number}] {cited.paper_id} {cited.start}–{cited.end}{mark}", cited.quote
        )
    yield _retrieved(failure, titles)
    yield (
        "<p><b>figures:</b> "
        + escape(", ".join(f"{k} {v:g}" for k, v in failure.record.scores.items()))
        + "</p>"
    )


def _quote(kind: str, where: str, words: str) -> str:
    return f'<blockquote class="{kind}"><small>{kind} {escape(where)}</small><br>{escape(words)}</blockquote>'


def _retrieved(failure: Failure, titles: Mapping[str, str]) -> str:
    gold = {*failure.record.case.gold_papers, *failure.record.case.about}
    items = "".join(
        f"<li>{'<b>gold</b> ' if paper.paper_id in gold else ''}<code>{escape(paper.paper_id)}</code> "
        f"{escape(titles.get(paper.paper_id, ''))} <small>{paper.score:.3f} "
        f"{escape(', '.join(f'{stage} {rank}' for stage, rank in paper.ranks.items()))}</small></li>"
        for paper in failure.record.outcome.retrieved
    )
    return f"<p><b>retrieved:</b></p><ol>{items}</ol>"
