"""Who uses a generation, among several processes: readers share a lock on it, who removes it has it alone.

The lock is the operating system's, on the manifest: it ends with its process, however that dies.
"""

from __future__ import annotations

import os
from pathlib import Path

from rag.errors import IndexUnavailable
from rag.index import manifest


class Hold:
    """A share of a generation, kept until released.

    Args:
        folder: the generation's.

    Raises:
        IndexUnavailable: it is gone, or being removed.
    """

    def __init__(self, folder: Path) -> None:
        import fcntl  # not on every system; asked for only where processes share a folder

        self._flock = fcntl.flock
        self._alone = fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            self._file = os.open(folder / manifest.NAME, os.O_RDONLY)
        except OSError as error:
            raise IndexUnavailable(f"Generation {folder.name} is gone: take the current one.") from error
        try:
            self._flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            gone = not os.fstat(self._file).st_nlink
        except BlockingIOError:
            gone = True
        if gone:
            self.release()
            raise IndexUnavailable(f"Generation {folder.name} is being removed: take the current one.")

    def last(self) -> bool:
        """Whether nobody else holds it; from then on nobody else can."""
        try:
            self._flock(self._file, self._alone)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give the share back."""
        os.close(self._file)
