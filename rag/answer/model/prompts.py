"""Prompts as files: a name, a version, variables, and what each role says.

::

    ---
    name: condense
    version: 1
    variables: history, question
    ---
    # system
    You rewrite questions.
    # user
    {{history}} ... {{question}}

Every file is checked when it is loaded, and all that is wrong is said at once. Values are put in once and
never read as a template, so whatever a paper holds stays text.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from rag.errors import ConfigError
from rag.types import Paper

Speaker = Literal["system", "user"]

_FILE = re.compile(r"---\n(?P<head>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_ROLE = re.compile(r"^# (system|user)[ \t]*\n", re.MULTILINE)
_SLOT = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_FIELDS = ("name", "version", "variables")


@dataclass(frozen=True, slots=True)
class Message:
    """What one role says."""

    role: Speaker
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A checked prompt.

    Attributes:
        name: that of its file.
        version: raised with every change of meaning.
        variables: all must be given to ``render``.
        messages: with slots.
        sha256: of the file, in hex.
    """

    name: str
    version: int
    variables: frozenset[str]
    messages: tuple[Message, ...]
    sha256: str

    @property
    def label(self) -> str:
        """Name, version and the beginning of the hash, as it is recorded: ``answer@1:0f3a5c2b``."""
        return f"{self.name}@{self.version}:{self.sha256[:8]}"

    def render(self, **values: str) -> tuple[Message, ...]:
        """The messages with values in their slots.

        Raises:
            TypeError: a variable is missing, or is none of this prompt's.
        """
        given = frozenset(values)
        if given != self.variables:
            raise TypeError(f"Prompt {self.name}: {'; '.join(_differences(self.variables, given))}.")
        return tuple(
            Message(message.role, _SLOT.sub(lambda slot: values[slot.group(1)], message.content).strip())
            for message in self.messages
        )


def load_prompt(name: str) -> Prompt:
    """A prompt that comes with the package.

    Raises:
        ConfigError: there is none of this name, or it is not as it should be; names every fault.
    """
    try:
        text = resources.files("prompts").joinpath(f"{name}.md").read_text("utf-8")
    except (OSError, ModuleNotFoundError) as error:
        raise ConfigError(f"There is no prompt prompts/{name}.md: install the package again.") from error
    return parse_prompt(text, name)


def parse_prompt(text: str, name: str) -> Prompt:
    """A prompt from the text of its file.

    Raises:
        ConfigError: it is not as it should be; names every fault.
    """
    found = _FILE.fullmatch(text)
    if found is None:
        raise ConfigError(
            f"Prompt {name}: it must begin with name, version and variables between lines of ---."
        )
    head = dict(_fields(found["head"]))
    messages = tuple(_messages(found["body"]))
    variables = frozenset(re.findall(r"\w+", head.get("variables", "")))
    used = frozenset(slot for message in messages for slot in _SLOT.findall(message.content))
    faults = [
        *(f"{field} is missing" for field in _FIELDS if field not in head),
        *(f"{field} is no field" for field in head if field not in _FIELDS),
        *([f"it calls itself {head['name']!r}"] if head.get("name", name) != name else []),
        *(["version is no whole number"] if not head.get("version", "1").isdecimal() else []),
        *(["no role says anything"] if not messages else []),
        *(f"{variable} is used and not declared" for variable in sorted(used - variables)),
        *(f"{variable} is declared and not used" for variable in sorted(variables - used)),
    ]
    if faults:
        raise ConfigError(f"Prompt {name}: {'; '.join(faults)}.")
    return Prompt(name, int(head["version"]), variables, messages, hashlib.sha256(text.encode()).hexdigest())


def _fields(head: str) -> Iterator[tuple[str, str]]:
    for line in head.splitlines():
        field, _, value = line.partition(":")
        yield field.strip(), value.strip()


def _messages(body: str) -> Iterator[Message]:
    parts = _ROLE.split(body)
    for role, content in zip(parts[1::2], parts[2::2], strict=True):
        if content.strip():
            yield Message("system" if role == "system" else "user", content.strip())


def _differences(wanted: Iterable[str], given: Iterable[str]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in sorted(set(wanted) - set(given)))
    yield from (f"{name} is none of its variables" for name in sorted(set(given) - set(wanted)))


def fence_for(texts: Iterable[str]) -> str:
    """A mark that is new with every request and stands in none of the texts: none can close the fence."""
    held = tuple(texts)
    while True:
        mark = secrets.token_hex(8)
        if not any(mark in text for text in held):
            return mark


def papers_as_data(papers: Sequence[Paper]) -> str:
    """Papers as lines of JSON, numbered from 1: nothing of theirs gets out of its string."""
    return "\n".join(
        json.dumps({"id": number, "title": paper.title, "abstract": paper.abstract}, ensure_ascii=False)
        for number, paper in enumerate(papers, 1)
    )
