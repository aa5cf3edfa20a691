"""``citewell keys``: who may use the server."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli import show
from cli.session import Session

if TYPE_CHECKING:
    from api.keys import KeyFile

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose it is: letters, digits, dots, - and _.")]


class Allowed(StrEnum):
    """What a key may do."""

    read = "read"
    write = "write"


@app.command()
def add(
    context: typer.Context,
    name: Name,
    scope: Annotated[
        Allowed, typer.Option(help="read: ask and look. write: also add and remove papers.")
    ] = Allowed.read,
) -> None:
    """Make a key and print it, for the only time: the server keeps its hash alone."""
    secret = _keys(context).add(name, scope.value)
    show.note(f"The {scope.value} key of {name}; keep it, it is not shown again:")
    show.say(secret)


@app.command("list")
def list_keys(context: typer.Context) -> None:
    """Show the names of keys, what they may do, and since when there are."""
    found = _keys(context).all()
    for key in found:
        show.say(f"{key.name:<24} {key.scope:<6} {key.created_at}")
    if not found:
        show.note("There are no keys: the server asks for none, and listens on this machine only.")


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Drop a key; a running server refuses it from its next request on."""
    _keys(context).remove(name)
    show.say(f"Removed the key of {name}.")


def _keys(context: typer.Context) -> KeyFile:
    from api.keys import KeyFile

    session: Session = context.obj
    return KeyFile(session.settings().keys_path)
