"""The command ``citewell``. Commands import what they need when they run, so that ``--help`` comes at once.

Exit status: 0 all well, 1 failed, 2 wrong usage, 3 done but some records were rejected.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import answers, keys, papers, saved, serve, settings, show
from cli.session import Session

FAILED = 1
WRONG_USAGE = 2

app = typer.Typer(
    name="citewell",
    help="Answers over scientific abstracts, every sentence tied to the exact words of a paper.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Exit status: 0 all well, 1 failed, 2 wrong usage, 3 done but some records were rejected.",
)
app.command()(answers.ask)
app.command()(answers.search)
app.command()(answers.chat)
app.command()(papers.ingest)
app.add_typer(papers.app, name="papers", help="List, show and remove stored papers.")
app.command()(papers.status)
app.add_typer(saved.answers, name="answers", help="List, show, export and remove saved answers.")
app.add_typer(saved.feedback, name="feedback", help="What was thought of answers.")
app.command()(saved.replay)
app.command()(serve.serve)
app.command()(serve.mcp)
app.command()(settings.settings)
app.add_typer(keys.app, name="keys", help="Make, list and remove API keys of the server.")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("citewell"))
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    data_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder that holds all that is stored; .citewell unless set."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where a failure happened.")] = False,
    version: Annotated[  # noqa: ARG001  # handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take what stands before the command's name. Its help is the app's."""
    session = context.ensure_object(Session)
    session.data_dir = data_dir
    session.debug = debug


@app.command(
    "eval",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def evaluate(context: typer.Context) -> None:
    """Measure retrieval and answers: `citewell eval --help`."""
    from eval.commands import app as evaluation

    arguments = context.args or ["--help"]
    command = typer.main.get_command(evaluation)
    code = command(args=arguments, prog_name="citewell eval", obj=context.obj, standalone_mode=False)
    raise typer.Exit(code or 0)


def main(arguments: Sequence[str], session: Session) -> int:
    """Run one command and say how it went.

    Args:
        arguments: what stands after the command's name.
        session: where options go and services come from.

    Returns:
        The exit status.
    """
    from rag.errors import CitewellError

    try:
        typer.main.get_command(app)(args=list(arguments), prog_name="citewell", obj=session)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except CitewellError as error:
        return _failed(error, session)
    except Exception as error:  # noqa: BLE001  # the process's border: one line unless asked for more
        if session.debug:
            traceback.print_exc()
        elif isinstance(error, OSError) and error.filename is not None:
            show.note(f"Error: {error.filename}: {error.strerror}.")
        else:
            show.note(f"Failed by a defect: {type(error).__name__}: {error}. Run again with --debug.")
        return FAILED
    return 0


def _failed(error: Exception, session: Session) -> int:
    from rag.errors import InvalidInput, Unguarded, UnknownFormat

    if session.debug:
        traceback.print_exception(error)
    where = f" ({error.field})" if isinstance(error, InvalidInput) and error.field else ""
    show.note(f"Error: {error}{where}")
    usage = isinstance(error, InvalidInput | Unguarded) and not isinstance(error, UnknownFormat)
    return WRONG_USAGE if usage else FAILED


def run() -> None:
    """The entry point."""
    for stream, errors in (
        (sys.stdin, "replace"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors=errors)
    sys.exit(main(sys.argv[1:], Session()))
