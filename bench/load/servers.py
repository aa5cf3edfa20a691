"""Servers in processes of their own, on free ports of loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

START_S = 600


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready."""

    url: str
    process: psutil.Process

    @property
    def rss_mb(self) -> float:
        """Memory that it and its children hold, in megabytes."""
        with self.process.oneshot():
            family = [self.process, *self.process.children(recursive=True)]
            return sum(one.memory_info().rss for one in family) / 1e6


@contextmanager
def citewell(data_dir: Path) -> Iterator[Server]:
    """One worker over the bundled papers, extractive whatever the environment says."""
    run = "from cli.main import run; run()"  # what the installed command does
    command = [sys.executable, "-c", run, "--data-dir", str(data_dir), "serve", "--bundled", "--port", "0"]
    quiet = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "CITEWELL_"))
    }
    with _started(command, quiet | {"CITEWELL_LOG_LEVEL": "warning"}) as server:
        yield server


@contextmanager
def bare(body: Path) -> Iterator[Server]:
    """A bare FastAPI route that sends a body of that size."""
    with _started(
        [sys.executable, "-m", "bench.load.bare", str(body), "--port", str(_free_port())]
    ) as server:
        yield server


@contextmanager
def plain_engine(python: Path, corpus: Path) -> Iterator[Server]:
    """The plain LlamaIndex query engine, in its own environment."""
    script = Path(__file__).with_name("plain_engine.py")
    with _started([str(python), str(script), str(corpus), "--port", str(_free_port())]) as server:
        yield server


@contextmanager
def _started(command: Sequence[str], environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Start one and wait for its line ``Ready: … ADDRESS``; it is told to end when the block does."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        if process.stdout is None:
            raise RuntimeError("no output to read")
        line = process.stdout.readline()
        if "http://" not in line:
            raise RuntimeError(f"{' '.join(command)} did not come up")
        url = line[line.index("http://") :].split()[0]
        _await_port(url)
        yield Server(url, psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_port(url: str) -> None:
    """Wait until something listens: the small servers say their address just before."""
    port = int(url.rsplit(":", 1)[1].strip("/"))
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
