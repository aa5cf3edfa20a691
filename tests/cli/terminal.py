"""A terminal that a program believes in: what a person types, and what is then on the screen."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from tests.fakes.process import ROOT

_STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Typist:
    """Types into a program and reads what it shows."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self._process = process
        self._descriptor = descriptor
        self.raw = ""

    @property
    def shown(self) -> str:
        """All that was shown so far, without styles."""
        return _STYLE.sub("", self.raw).replace("\r", "")

    def type(self, keys: str) -> None:
        """Press keys; the characters 3 and 4 are Ctrl-C and Ctrl-D."""
        os.write(self._descriptor, keys.encode())

    def until(self, text: str, *, after: int = 0, seconds: float = 60) -> int:
        """Wait until a text is shown behind a place; gives the place behind it."""
        deadline = time.monotonic() + seconds
        while (at := self.shown.find(text, after)) < 0:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{text!r} was never shown; this was:\n{self.shown}")
        return at + len(text)

    def press(self, key: str, text: str, *, after: int) -> int:
        """Press a key until a text is shown behind a place.

        Python's readline sees a signal only while it waits for a key; one that comes just behind an echo is
        kept until the next. No person is that quick.
        """
        for _ in range(20):
            self.type(key)
            with suppress(AssertionError):
                return self.until(text, after=after, seconds=3)
        return self.until(text, after=after, seconds=0)

    def ended(self) -> int:
        """Wait for the end; the exit status."""
        while self._read(60):
            pass
        return self._process.wait(60)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            found = os.read(self._descriptor, 65536)
        except OSError:  # what Linux says when the other end is closed
            return False
        self.raw += found.decode(errors="replace")
        return bool(found)


@contextmanager
def typing(module: str, arguments: Sequence[str]) -> Iterator[Typist]:
    """Start a program on a terminal of its own; it is killed where the block did not end it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=_take_terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "40"},
    )
    os.close(theirs)
    with process:
        try:
            yield Typist(process, ours)
        finally:
            process.kill()
            os.close(ours)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
