from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from api.together import shared_folder
from tests.fakes.process import ROOT

WORKER = """
import sys
from pathlib import Path
from prometheus_client import CollectorRegistry, Counter, Gauge
from api.together import Seat

seat = Seat(Path(sys.argv[1]))
registry = CollectorRegistry()
Counter("done", "-", registry=registry).inc()
Gauge("doing", "-", registry=registry, multiprocess_mode="livesum").set(1)
print("sits", flush=True)
if sys.stdin.readline():
    seat.leave()
"""


@contextmanager
def worker(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """One that has its seat and has counted; a line makes it leave, else it dies."""
    command = [sys.executable, "-c", WORKER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sits\n"
        try:
            yield process
        finally:
            process.kill()


def told(folder: Path) -> dict[str, float]:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return {sample.name: sample.value for metric in registry.collect() for sample in metric.samples}


def test_what_was_counted_stays_what_stands_goes_and_seats_are_taken_again() -> None:
    with shared_folder() as folder:
        with worker(folder):
            with worker(folder):
                assert told(folder) == {"done_total": 2, "doing": 2}
            with worker(folder) as third:  # the second was killed
                assert told(folder) == {"done_total": 3, "doing": 2}
                third.communicate("leave\n")
                assert told(folder) == {"done_total": 3, "doing": 1}
        files = sorted(path.name for path in folder.iterdir())
        with ExitStack() as both:
            for _ in range(2):
                both.enter_context(worker(folder))
            assert told(folder) == {"done_total": 5, "doing": 2}
            assert [name for name in files if name.startswith("counter")] == ["counter_0.db", "counter_1.db"]
            assert len([*folder.glob("counter_*")]) == len([*folder.glob("*.seat")]) == 2
    assert not folder.exists()
