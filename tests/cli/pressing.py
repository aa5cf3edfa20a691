"""``python -m tests.cli.pressing line|sign``: Ctrl-C before every line of a print, one after the other.

In a process of its own, since the signal is sent to a whole process.
"""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable
from itertools import count
from types import FrameType
from typing import Any

from rich.console import Console

from cli.screen import Screen


def _line(screen: Screen) -> None:
    screen.line("one")


def _sign(screen: Screen) -> None:
    with screen.waiting("Looking…") as sign:
        sign.now("Reading…")


PRINTS = {"line": (_line, "/rich/console.py"), "sign": (_sign, "/rich/live.py")}


def _pressed(shows: Callable[[Screen], None], screen: Screen, files: str, at: int) -> bool:
    """Whether there is such a line in what runs of these files, before which to press."""
    lines = count()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.endswith(files):
            return None
        if event == "line" and next(lines) == at:
            signal.raise_signal(signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        shows(screen)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


def mute(shows: Callable[[Screen], None], files: str) -> tuple[int, list[int]]:
    """How many lines there are, and after a press before which of them the screen shows nothing more."""
    silent = []
    for at in count():
        shown = io.StringIO()
        screen = Screen(Console(file=shown, force_terminal=True))
        more = _pressed(shows, screen, files, at)
        screen.line("Stopped.")
        if "Stopped." not in shown.getvalue():
            silent.append(at)
        if not more:
            break
    return at, silent


if __name__ == "__main__":
    print(*mute(*PRINTS[sys.argv[1]]))  # noqa: T201  # what the test reads
