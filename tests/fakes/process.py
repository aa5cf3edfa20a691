"""A server in a process of its own, on a free port of loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Server:
    """A server that is ready."""

    process: subprocess.Popen[str]
    url: str
    ready_line: str
    log: IO[str]

    def stop(self, signal: int) -> tuple[int, str]:
        """End it, and hand back its exit status and its log."""
        self.process.send_signal(signal)
        status = self.process.wait(timeout=60)
        self.log.seek(0)
        return status, self.log.read()


@contextmanager
def server(
    module: str = "tests.fakes.serve", arguments: Sequence[str] = ("serve", "--port", "0")
) -> Iterator[Server]:
    """Start one and wait until it says that it is ready; it is killed where the block did not end it."""
    with (
        tempfile.TemporaryFile("w+") as log,  # a pipe that nobody reads fills up, and stops who writes to it
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+", line)
            if found is None:
                process.kill()
                log.seek(0)
                raise AssertionError(f"The server did not come up: {log.read()}")
            yield Server(process, found.group(), line, log)
        finally:
            process.kill()


def workers(of: Server) -> list[int]:
    """The process ids of a server's workers."""
    listed = subprocess.run(
        ["ps", "-ww", "--ppid", str(of.process.pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "spawn_main" in line]


def until(holds: Callable[[], bool]) -> None:
    """Wait; whoever runs the test gives up in the end."""
    while not holds():
        time.sleep(0.1)
