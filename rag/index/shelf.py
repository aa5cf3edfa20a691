"""The folder that generations lie in: which is current, who may write, what is left behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from threading import Lock

from filelock import FileLock

from rag.errors import IndexUnavailable
from rag.index import manifest as manifests
from rag.index.hold import Hold
from rag.index.store import Store

CURRENT = "CURRENT"

Holds = dict[Path, Hold]
"""Our shares of folders that other processes may use too."""


class Shelf:
    """Numbered generations, and a file that names the current one.

    Args:
        folder: where they lie. With the embedded store one process may use it.
        store: where their windows lie.

    Attributes:
        shared: whether other processes use the folder too.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._writing = Lock()
        self.shared = bool(store.place)

    def __str__(self) -> str:
        return str(self._folder)

    def make(self) -> None:
        """Make the folder where it is absent."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def at(self, number: int) -> Path:
        """The folder of a generation."""
        return self._folder / str(number)

    def current(self) -> int | None:
        """The number of the current generation; ``None`` before there is one."""
        try:
            return int((self._folder / CURRENT).read_text())
        except (OSError, ValueError):
            return None

    def stamp(self) -> tuple[int, int] | None:
        """What changes whenever another generation becomes the current one."""
        try:
            now = (self._folder / CURRENT).stat()
        except OSError:
            return None
        return now.st_ino, now.st_mtime_ns

    def next(self) -> int:
        """A number above all that there are."""
        return 1 + max(self._numbers(), default=0)

    def make_current(self, number: int) -> None:
        """Have every reader take this generation from now on."""
        manifests.write_atomically(self._folder / CURRENT, f"{number}\n")

    def hold(self, folder: Path) -> Holds:
        """Our share of a generation, and of what it stands on; none where nobody else comes.

        Raises:
            IndexUnavailable: it is gone, or being removed.
        """
        if not self.shared:
            return {}
        with ExitStack() as held:
            holds = {}
            for part in (folder, manifests.stands_on(folder)):
                if part is not None:
                    holds[part] = Hold(part)
                    held.callback(holds[part].release)
            held.pop_all()
            return holds

    def clear(self, folders: Iterable[Path], holds: Holds) -> None:
        """Remove of these folders what nobody else is left in."""
        for folder in folders:
            hold = holds.get(folder)
            if hold is None or hold.last():
                self.remove(folder)

    def remove(self, folder: Path) -> None:
        """Remove a generation that nobody reads."""
        (folder / manifests.NAME).unlink(missing_ok=True)  # from here on nobody opens it
        self._store.discard(folder)
        shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, used: Iterable[Path]) -> None:
        """Remove what a crash, a failed build or a killed reader left behind; nobody may be writing.

        Args:
            used: what this process has open.
        """
        kept = {self._folder / str(self.current()), *used}
        for folder in {self.at(number) for number in self._numbers()} - kept:
            try:
                holds = self.hold(folder) if (folder / manifests.NAME).exists() else {}
            except IndexUnavailable:
                continue  # another process is removing it
            self.clear([folder], holds)
            for hold in holds.values():
                hold.release()
        self._store.sweep(self._folder)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No one else writes meanwhile, in this process or another."""
        others: AbstractContextManager[object] = (
            FileLock(self._folder.with_suffix(".lock")) if self.shared else nullcontext()
        )
        with self._writing, others:
            yield

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()]
