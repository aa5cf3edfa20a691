"""``citewell ask``, ``search`` and ``chat``."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from cli import options, show
from cli.session import Session

FAILED = 1


class ModeName(StrEnum):
    """Who writes the answer."""

    auto = "auto"
    extractive = "extractive"
    llm = "llm"


Mode = Annotated[ModeName, typer.Option(help="Quoted sentences, or a language model.")]


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In plain words.")],
    mode: Mode = ModeName.auto,
    top_k: options.TopK = 8,
    paper_id: options.PaperIds = None,
    source: options.Sources = None,
    year_from: options.YearFrom = None,
    year_to: options.YearTo = None,
    author: options.Authors = None,
    category: options.Categories = None,
    url: options.Url = None,
    api_key: options.ApiKey = None,
    json: options.Json = False,
) -> None:
    """Answer a question, with the exact words it rests on."""
    from cli import reading
    from cli.conversation import Asking
    from cli.screen import Screen

    session: Session = context.obj
    limits = options.filters(paper_id, source, year_from, year_to, author, category)
    how = Asking(mode.value, top_k, limits)
    with session.source(url, api_key) as answers:
        found = answers.ask(how.about(question))
    if json:
        show.as_json(found)
    else:
        reading.answer(Screen(), found)
        show.worked_around(found.degraded)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.")],
    top_k: options.TopK = 8,
    explain: Annotated[bool, typer.Option("--explain", help="Show what every stage said.")] = False,
    paper_id: options.PaperIds = None,
    source: options.Sources = None,
    year_from: options.YearFrom = None,
    year_to: options.YearTo = None,
    author: options.Authors = None,
    category: options.Categories = None,
    url: options.Url = None,
    api_key: options.ApiKey = None,
    json: options.Json = False,
) -> None:
    """Find papers, each with the sentence that fits best."""
    from api.wire.search import SearchIn

    session: Session = context.obj
    limits = options.filters(paper_id, source, year_from, year_to, author, category)
    with session.source(url, api_key) as answers:
        found = answers.search(SearchIn.model_construct(query=query, top_k=top_k, filters=limits))
    if json:
        show.as_json(found)
    else:
        show.results(found, explain=explain)


def chat(
    context: typer.Context,
    mode: Mode = ModeName.auto,
    top_k: options.TopK = 8,
    paper_id: options.PaperIds = None,
    source: options.Sources = None,
    year_from: options.YearFrom = None,
    year_to: options.YearTo = None,
    author: options.Authors = None,
    category: options.Categories = None,
    url: options.Url = None,
    api_key: options.ApiKey = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line of input: the body that HTTP would send.")
    ] = False,
) -> None:
    """Ask in a conversation. Through a pipe, each line is a question."""
    from cli import chat as talking
    from cli.conversation import Asking
    from cli.screen import Screen

    session: Session = context.obj
    limits = options.filters(paper_id, source, year_from, year_to, author, category)
    how = Asking(mode.value, top_k, limits)
    typed = sys.stdin.isatty()
    with session.source(url, api_key) as answers:
        if json:
            well = talking.converse_in_json(answers, how, sys.stdin)
        else:
            screen = Screen()
            if typed:
                screen.line(f"Citewell, {answers.name}. /help says what can be done.", style="dim")
            lines = talking.TypedLines(screen) if typed else talking.piped_lines(screen, sys.stdin)
            well = talking.Chat(answers, how, screen, typed=typed).run(lines) or typed
    if not well:
        raise typer.Exit(FAILED)
