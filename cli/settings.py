"""``citewell settings``: everything that can be set, with what it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, get_args, get_origin

import typer

from cli import show
from cli.session import Session

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

HEAD = """# Settings

Set in the environment; of two names for one thing the first that is set counts. An option of the same name
(`--data-dir`, `--host`, `--port`) goes before both. Written by `citewell settings --markdown`.

| name | default | takes | what it is |
|---|---|---|---|"""


_PASSWORD = re.compile(r"(://[^/@:\s]*:)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Described:
    """One setting: its field, the variables that set it, its default, what it takes, and what it is."""

    field: str
    names: tuple[str, ...]
    default: str
    takes: str
    description: str


def settings(
    context: typer.Context,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/SETTINGS.md.")] = False,
) -> None:
    """Show every setting, what it is now, and what it means; keys are not shown."""
    if markdown:
        show.say(page())
        return
    session: Session = context.obj
    now = session.settings()
    for setting in described():
        value = getattr(now, setting.field)
        show.say(f"{setting.names[0]} = {_shown(value)}")
        show.say(f"    {setting.description}")


def page() -> str:
    """docs/SETTINGS.md."""
    rows = [
        f"| {' or '.join(f'`{name}`' for name in setting.names)} | {setting.default} | {setting.takes} "
        f"| {setting.description} |"
        for setting in described()
    ]
    return "\n".join([HEAD, *rows])


def described() -> Iterator[Described]:
    """Every setting, in the order of ``rag.settings``."""
    from rag.settings import Settings

    for name, field in Settings.model_fields.items():
        yield Described(
            name, _names(name, field), _default(field.default), _takes(field), field.description or ""
        )


def _names(name: str, field: FieldInfo) -> tuple[str, ...]:
    from pydantic import AliasChoices

    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (f"CITEWELL_{name.upper()}",)


def _default(value: object) -> str:
    return "" if value in (None, ()) else f"`{_shown(value)}`"


def _takes(field: FieldInfo) -> str:
    """The words or the bounds; empty where the description says enough."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(field.annotation))
    bounds = {
        sign: getattr(bound, name)
        for bound in field.metadata
        for name, sign in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below"))
        if hasattr(bound, name)
    }
    return " ".join(f"{sign} {value:,}" for sign, value in bounds.items())


def _shown(value: object) -> str:
    """A value as the environment would give it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else _PASSWORD.sub(r"\1***@", str(value))
