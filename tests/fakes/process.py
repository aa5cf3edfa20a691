"""A server in a process of its own, on a free port of loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Server:
    """A server that is ready."""

    process: subprocess.Popen[str]
    url: str
    ready_line: str

    def stop(self, signal: int) -> tuple[int, str]:
        """End it, and hand back its exit status and its log."""
        self.process.send_signal(signal)
        _, log = self.process.communicate(timeout=60)
        return self.process.returncode, log


@contextmanager
def server(
    module: str = "tests.fakes.serve", arguments: Sequence[str] = ("serve", "--port", "0")
) -> Iterator[Server]:
    """Start one and wait until it says that it is ready; it is killed where the block did not end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+", line)
            if found is None:
                process.kill()
                raise AssertionError(f"The server did not come up: {process.communicate()[1]}")
            yield Server(process, found.group(), line)
        finally:
            process.kill()
