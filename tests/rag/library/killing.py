"""Run as a program: ingests in a child, kills it at random moments, and checks what the next start finds.

The child is a fork, so that a round costs no imports; this process has one thread, and nothing open, then.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from rag.ingest import ingest
from rag.library import Library, RunState
from rag.types import Paper
from tests.rag.library.sample import MODEL, FakeEncoder, a_paper, chunked, tokens_of, vectors_of

PAPERS = 60
BATCH = 8


def child(data_dir: Path, told: Path, version: int) -> None:
    """Ingest one version of all papers after the other, writing down what is acknowledged, until killed."""
    parent = os.getppid()
    out = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def acknowledge(done: int, _total: int | None) -> None:
        os.write(out, f"{version} {done}\n".encode())
        os.fsync(out)

    with Library.open(data_dir) as library:
        library.bind_embedding(MODEL)
        while os.getppid() == parent:
            version += 1
            papers = (a_paper(number, version) for number in range(PAPERS))
            ingest(
                papers,
                library=library,
                chunk=chunked,
                encode=FakeEncoder(),
                batch=BATCH,
                progress=acknowledge,
            )


def version_of(paper: Paper) -> int:
    """Which version of itself a paper is."""
    return int(paper.abstract.split("Its version is ")[1].split(".")[0])


def check(data_dir: Path, acknowledged: dict[int, int]) -> int:
    """Open what the killed child left; returns the highest version stored."""
    with Library.open(data_dir) as library:
        stored = {int(one.paper.id[1:]): one for one in library.iter_stored(tokens=True)}
        for number, version in acknowledged.items():
            assert number in stored, f"paper {number} was acknowledged and is gone"
            assert version_of(stored[number].paper) >= version, f"paper {number} fell back"
        for number, one in stored.items():
            assert one.paper == a_paper(number, version_of(one.paper))
            assert one.chunks == chunked(one.paper)
            assert np.array_equal(one.vectors, vectors_of(one.paper, one.chunks))
            assert one.tokens == bytes(tokens_of(one.paper))
        assert library.count == len(stored)
        assert all(run.state is not RunState.RUNNING for run in library.runs(10_000))
    with closing(sqlite3.connect(data_dir / "library.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return max((version_of(one.paper) for one in stored.values()), default=0)


def main(folder: Path, rounds: int, seed: int) -> None:
    """Kill ``rounds`` times."""
    data_dir, told = folder / "data", folder / "acknowledged"
    moments, version, last = random.Random(seed), 0, 0  # noqa: S311  # a seed makes a failure repeat
    acknowledged: dict[int, int] = {}
    for at in range(rounds):
        told.unlink(missing_ok=True)
        pid = os.fork()
        if pid == 0:
            child(data_dir, told, version)
            os._exit(0)
        # The first rounds die while the database is opened, the rest anywhere within some batches.
        early = at < rounds // 4
        while not early and not told.exists():
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.03 if early else 0.3))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL, "the child ended before it was killed"
        for line in told.read_text().splitlines() if told.exists() else ():
            last, done = (int(word) for word in line.split())
            acknowledged.update(dict.fromkeys(range(done), last))
        version = max(check(data_dir, acknowledged), last)
    sys.stdout.write(f"{rounds} kills, {version} versions, {len(acknowledged)} papers acknowledged\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
