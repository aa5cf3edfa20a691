"""``citewell ask`` and ``citewell search``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli import options, show
from cli.session import Session


class ModeName(StrEnum):
    """Who writes the answer."""

    auto = "auto"
    extractive = "extractive"
    llm = "llm"


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="In plain words.")],
    mode: Annotated[ModeName, typer.Option(help="Quoted sentences, or a language model.")] = ModeName.auto,
    top_k: options.TopK = 8,
    paper_id: options.PaperIds = None,
    source: options.Sources = None,
    year_from: options.YearFrom = None,
    year_to: options.YearTo = None,
    author: options.Authors = None,
    category: options.Categories = None,
    json: options.Json = False,
) -> None:
    """Answer a question, with the exact words it rests on."""
    session: Session = context.obj
    limits = options.filters(paper_id, source, year_from, year_to, author, category)
    with session.service() as service:
        found = service.ask(question, filters=limits, top_k=top_k, mode=mode.value)
    if json:
        from api.wire.ask import AskOut

        show.as_json(AskOut.of(found))
    else:
        show.answer(found)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What to look for.")],
    top_k: options.TopK = 8,
    explain: Annotated[bool, typer.Option("--explain", help="Show what every stage said.")] = False,
    paper_id: options.PaperIds = None,
    source: options.Sources = None,
    year_from: options.YearFrom = None,
    year_to: options.YearTo = None,
    author: options.Authors = None,
    category: options.Categories = None,
    json: options.Json = False,
) -> None:
    """Find papers, each with the sentence that fits best."""
    session: Session = context.obj
    limits = options.filters(paper_id, source, year_from, year_to, author, category)
    with session.service() as service:
        found = service.search(query, top_k=top_k, filters=limits)
    if json:
        from api.wire.search import SearchOut

        show.as_json(SearchOut.of(found))
    else:
        show.results(found, explain=explain)
