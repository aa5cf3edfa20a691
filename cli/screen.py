"""What answers are written on: wrapped and styled on a terminal, plain lines anywhere else."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from rich.cells import cell_len
from rich.console import Console
from rich.status import Status
from rich.text import Text

from cli.plain import plain

WIDEST = 96
"""Columns of text: longer lines are hard to read."""

_WORDS = re.compile(r"\n|[^\S\n]+|\S+(?: \[\d+\])*")  # a marker stays with the word before it


class Screen:
    """Standard output. Every text is made plain before it is written.

    Args:
        console: where to write; standard output where missing.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, markup=False, emoji=False)
        self._column = 0

    @property
    def styled(self) -> bool:
        """Whether a person looks at it."""
        return self._console.is_terminal

    @property
    def _width(self) -> int:
        return min(self._console.width - 1, WIDEST)

    def line(
        self, text: str = "", *, style: str = "", indent: int = 0, hang: int = 0, whole: bool = False
    ) -> None:
        """Text on lines of its own.

        Args:
            text: what to say.
            style: in Rich's words; for a terminal alone.
            indent: columns left free before each line.
            hang: columns left free besides, before each line that a terminal's edge makes.
            whole: never broken, as an address that is to be clicked.
        """
        self.end()
        for part in plain(text).split("\n"):
            rows = [part]
            if self.styled and not whole:
                room = max(20, self._width - indent - hang)
                rows = [row.plain.rstrip() for row in Text(part).wrap(self._console, room)] or rows
            for number, row in enumerate(rows):
                margin = " " * (indent + (hang if number else 0))
                self._put(Text(margin).append(row, style), end="\n")

    def flow(self, text: str, *, marked: bool = False) -> None:
        """Text that goes on where the last piece ended, broken between words at the edge of a terminal.

        Args:
            text: what to say next.
            marked: set off, by style on a terminal and by quotation marks elsewhere.
        """
        if marked and not self.styled:
            text = f"»{text}«"
        style = "bold underline" if marked else ""
        for word in _WORDS.findall(plain(text)):
            wide = cell_len(word)
            if word == "\n" or (self.styled and self._column and self._column + wide > self._width):
                self._put(Text(), end="\n")
                self._column = 0
                if not word.strip():
                    continue
            self._put(Text(word, style))
            self._column += wide

    def end(self) -> None:
        """Go to a new line, unless at the beginning of one."""
        if self._column:
            self._put(Text(), end="\n")
            self._column = 0

    @contextmanager
    def waiting(self, doing: str) -> Iterator[Waiting]:
        """A sign that something is going on, for a terminal; gone when the block ends, if not before."""
        sign = Waiting()
        try:
            if self.styled:
                sign.begin(self._console, doing)
            yield sign
        finally:
            sign.over()

    def _put(self, text: Text, end: str = "") -> None:
        with held_back() if self.styled else nullcontext():
            self._console.print(text, end=end, soft_wrap=True)
        if end or self.styled:
            self._console.file.flush()


class Waiting:
    """The sign that something is going on."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def begin(self, console: Console, doing: str) -> None:
        """Show it."""
        with held_back():
            self._status = console.status(Text(doing, "dim"))
            self._status.start()

    def now(self, doing: str) -> None:
        """Say what is going on now."""
        if self._status is not None:
            with held_back():
                self._status.update(Text(doing, "dim"))

    def over(self) -> None:
        """Take the sign away; twice is harmless."""
        if self._status is not None:
            with held_back():
                self._status.stop()
                self._status = None


@contextmanager
def held_back() -> Iterator[None]:
    """Keep a Ctrl-C until the block has run: one that meets Rich in a print leaves it mute from then on."""
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        signal.raise_signal(signal.SIGINT)
