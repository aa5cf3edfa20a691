"""Run as a program: the whole service ingests in a child that is killed at random; each start repairs it.

Both the child and the process that checks what it left are forks of this one, which itself opens nothing, so
that a round costs no imports and no thread is ever forked.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rag.service import Service
from rag.settings import load_settings
from rag.wiring import open_service
from tests.fakes.embedding import WordHashEmbedding

PAPERS = 150
EARLY_S, LATE_S = 0.2, 1.2
"""How long a child lives at most: before it has acknowledged anything, and after."""


def opened(folder: Path) -> Service:
    """The real service, but for the model's weights."""
    return open_service(load_settings(data_dir=folder / "data"), WordHashEmbedding())


def own_word(number: int) -> str:
    """A word that stands in one paper alone."""
    return "quark" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:03d}")


def write_papers(path: Path, version: int) -> None:
    """All papers in one version, as JSON lines."""
    lines = (
        {
            "id": f"p{number}",
            "title": f"On {own_word(number)}",
            "text": f"We study {own_word(number)} at length. Its version is {version}. The results hold.",
        }
        for number in range(PAPERS)
    )
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def ingest_until_killed(folder: Path, version: int) -> None:
    """Ingest version after version, writing down how many papers of which are acknowledged."""
    out = os.open(folder / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    parent = os.getppid()
    service = opened(folder)
    while os.getppid() == parent:
        version += 1
        papers = folder / "papers.jsonl"
        write_papers(papers, version)
        service.ingest([papers], on_progress=lambda done, _, v=version: _tell(out, v, done))  # type: ignore[misc]


def _tell(out: int, version: int, done: int) -> None:
    os.write(out, f"{version} {done}\n".encode())
    os.fsync(out)


def check(folder: Path, acknowledged: dict[int, int]) -> None:
    """Open what the killed child left: library, both indexes, search and answers must agree."""
    service = opened(folder)
    stored = {paper.id: paper for paper in service.papers(limit=10_000).items}
    assert service.status().papers == len(stored)
    assert service.not_ready() == ()
    for number, version in acknowledged.items():
        paper = stored[f"p{number}"]
        assert int(paper.abstract.split("version is ")[1].split(".")[0]) >= version, f"{paper.id} fell back"
        (hit,) = service.search(f"On {own_word(number)}", top_k=1).hits
        assert hit.paper == paper, f"{paper.id} is not found"
        assert {"bm25", "dense"} <= set(hit.stages), f"{paper.id} is missing from an index"
    service.close()


def forked(work: Callable[[], None]) -> int:
    """Start the work in a fork; returns its process id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001  # the border of a process
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
            os._exit(1)
    return pid


def acknowledges(told: Path) -> bool:
    """Whether the child has written anything down yet."""
    return told.exists() and told.stat().st_size > 0


def main(folder: Path, rounds: int, seed: int) -> None:
    """Kill ``rounds`` times."""
    moments, version = random.Random(seed), 0  # noqa: S311  # a seed makes a failure repeat
    acknowledged: dict[int, int] = {}
    told = folder / "acknowledged"
    for at in range(rounds):
        told.unlink(missing_ok=True)
        pid = forked(lambda: ingest_until_killed(folder, version))  # noqa: B023  # forked at once
        early = at < rounds // 4
        while not early and not acknowledges(told):
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, EARLY_S if early else LATE_S))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status), "the child ended before it was killed"
        for line in told.read_text().splitlines() if told.exists() else ():
            version, done = (int(word) for word in line.split())
            acknowledged.update(dict.fromkeys(range(done), version))
        _, status = os.waitpid(forked(lambda: check(folder, acknowledged)), 0)
        assert os.waitstatus_to_exitcode(status) == 0, f"round {at}: what the kill left is not whole"
    sys.stdout.write(f"{rounds} kills, {version} versions, {len(acknowledged)} papers acknowledged\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
