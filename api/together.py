"""What the workers of one server count together, so that a rate is one rate and a figure one figure.

Prometheus' own mode for several processes adds up files, one for each process. Here a file belongs to a seat:
who takes the place of a worker that died goes on with its counts, so that no figure falls and files don't
become more with every restart.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout
from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

from api import rates

_KINDS = ("counter", "histogram", "gauge_livesum")
_ROOM = bytes(1 << 19)  # several times what all figures of a worker take


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder for the counts of one server, gone with it. Not in the data folder, which may be full."""
    with TemporaryDirectory(prefix="citewell-", ignore_cleanup_errors=True) as name:
        held = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_SH)  # systemd leaves alone what is locked, however old
            rates.prepare(Path(name) / rates.FILE)
            yield Path(name)
        finally:
            os.close(held)


class Seat:
    """This process's place among the workers: from here on all figures that it makes count there.

    Args:
        folder: of the server.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with FileLock(folder / "seating"):
            self._lock, self._number = self._taken()
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # where the library looks, and nowhere else
        values.ValueClass = values.MultiProcessValue(lambda: self._number)  # type: ignore[no-untyped-call]

    def leave(self) -> None:
        """What was counted stays; what stood only for the moment is gone."""
        self._clear(self._number)
        self._lock.release()

    def _taken(self) -> tuple[FileLock, int]:
        known = len([*self._folder.glob("*.seat")])
        free = {number: lock for number in range(known) if (lock := self._seat(number))}
        for number in free:
            self._clear(number)  # of one that died
        ours = min(free, default=known)
        lock = free.pop(ours, None) or self._seat(ours)
        for other in free.values():
            other.release()
        for kind in _KINDS:
            with (self._folder / f"{kind}_{ours}.db").open("ab") as file:
                if not file.tell():
                    file.write(_ROOM)  # now, since a disk that fills up later would kill who writes
        assert lock is not None  # noqa: S101  # nobody else sits down meanwhile
        return lock, ours

    def _seat(self, number: int) -> FileLock | None:
        """The seat, locked; None where someone has it."""
        lock = FileLock(self._folder / f"{number}.seat", thread_local=False, preserve_lock_file=True)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return None
        return lock

    def _clear(self, number: int) -> None:
        mark_process_dead(number, str(self._folder))  # type: ignore[no-untyped-call]
