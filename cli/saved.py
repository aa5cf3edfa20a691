"""``citewell answers``, ``feedback`` and ``replay``: what was answered, and what was thought of it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli import options, show
from cli.plain import plain, plain_json
from cli.session import Session

NOT_THE_SAME = 1

answers = typer.Typer(no_args_is_help=True)
feedback = typer.Typer(no_args_is_help=True)

AnswerId = Annotated[str, typer.Argument(metavar="ID", help="As `citewell answers list` shows it.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to; standard output unless set.")
]


class FormatName(StrEnum):
    """What an answer is written down as."""

    bibtex = "bibtex"
    ris = "ris"
    csl = "csl"
    markdown = "markdown"


@answers.command("list")
def list_answers(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="Answers shown.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the last answers, newest first."""
    session: Session = context.obj
    with session.answers() as kept:
        recent = kept.recent(limit)
        for saved in recent:
            identity, question = saved.answer.id, saved.request.question
            if as_json:
                told = {"id": identity, "saved_at": saved.saved_at.isoformat(), "question": question}
                typer.echo(plain_json(json.dumps(told, ensure_ascii=False)))
            else:
                when = saved.saved_at.astimezone().strftime("%Y-%m-%d %H:%M")
                show.say(f"{identity}  {when}  {' '.join(question.split())}")
    if not recent:
        show.note("There are none yet: `citewell ask QUESTION` makes one.")


@answers.command("show")
def show_answer(context: typer.Context, answer_id: AnswerId, json: options.Json = False) -> None:
    """Show an answer as it was sent, with its receipt."""
    session: Session = context.obj
    with session.answers() as kept:
        saved = kept.get(answer_id)
    from api.wire.answers import SavedOut
    from cli import reading
    from cli.screen import Screen

    body = SavedOut.of_saved(saved)
    if json:
        show.as_json(body)
        return
    show.say(f"{body.question}\n")
    reading.answer(Screen(), body)
    show.say(f"\n{body.receipt.model_dump_json(indent=2)}")


@answers.command("export")
def export_answer(
    context: typer.Context,
    answer_id: AnswerId,
    format: Annotated[FormatName, typer.Option(help="What to write.")] = FormatName.bibtex,  # noqa: A002
    out: Out = None,
) -> None:
    """Write an answer's citations for a reference manager, with the words quoted."""
    from rag.export import export

    session: Session = context.obj
    with session.answers() as kept:
        _write(export(kept.get(answer_id).answer, format.value), out, json=format == FormatName.csl)


@answers.command("remove")
def remove_answers(
    context: typer.Context, answer_ids: Annotated[list[str], typer.Argument(metavar="ID...")]
) -> None:
    """Remove answers, and what was thought of them."""
    session: Session = context.obj
    with session.answers() as kept:
        removed = kept.remove(answer_ids)
    show.removed(answer_ids, removed, "citewell answers list")


@feedback.command("list")
def list_feedback(context: typer.Context) -> None:
    """List what was thought of answers."""
    session: Session = context.obj
    with session.answers() as kept:
        nothing = True
        for saved, opinions in kept.rated():
            nothing = False
            show.say(f"{saved.answer.id}  {' '.join(saved.request.question.split())}")
            for opinion in opinions:
                about = "whole" if opinion.citation is None else f"[{opinion.citation}]"
                show.say(f"    {opinion.rating:<4}  {about:<5}  {' '.join(opinion.comment.split())}".rstrip())
    if nothing:
        show.note("There is none: people give it on the page, and programs over HTTP.")


@feedback.command("export")
def export_feedback(context: typer.Context, out: Out = None) -> None:
    """Write complaints as evaluation cases, for `citewell eval run`. What has no gold is left without."""
    from eval.feedback import complaints, line

    session: Session = context.obj
    with session.answers() as kept:
        lines = [line(case) for case in complaints(kept.rated())]
    _write("".join(f"{each}\n" for each in lines), out, json=True)
    show.note(f"{len(lines)} cases.")


def replay(context: typer.Context, answer_id: AnswerId) -> None:
    """Ask a saved question again: exit status 0 if the answer is still the same, 1 if it is not."""
    session: Session = context.obj
    with session.service() as service:
        found = service.replay(answer_id)
    for told in found.circumstances:
        show.note(f"Changed meanwhile: {told}")
    for told in found.differences:
        show.say(told)
    if not found.same:
        raise typer.Exit(NOT_THE_SAME)
    show.say("The same answer.")


def _write(text: str, out: Path | None, *, json: bool) -> None:
    """To a file as it is; to a terminal without what that would obey, which JSON can escape."""
    if out is not None:
        out.write_text(text, encoding="utf-8", newline="")
    elif text:
        text = text.replace("\r\n", "\n").rstrip("\n")
        show.raw(plain_json(text) if json else plain(text))
