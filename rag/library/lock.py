"""One process at a time for a data folder."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import LibraryError, LibraryLocked


class DataDirLock:
    """Holds a data folder for this process until released.

    It is a lock of the operating system on ``<data_dir>/lock``: it ends with its process, however that dies,
    so that no stale lock is ever left. The file names its holder for the one who is refused.

    Args:
        data_dir: the folder; made where absent.

    Raises:
        LibraryLocked: another process holds the folder; names it and the way out.
        LibraryError: the folder can't be made, written or locked.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "lock"
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(
                self._path,
                timeout=0,
                thread_local=False,
                fallback_to_soft=False,
                preserve_lock_file=True,
                on_acquired=_sign,
            )
            self._lock.acquire()
        except Timeout:
            raise LibraryLocked(self._refusal(data_dir)) from None
        except OSError as error:
            raise LibraryError(
                f"Can't use the data folder {data_dir}: {error}. Give a writable folder with --data-dir."
            ) from error

    def release(self) -> None:
        """Let others in; twice is harmless."""
        self._lock.release()

    def _refusal(self, data_dir: Path) -> str:
        holder = "another process"
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads(self._path.read_text())
            holder = f"process {known['pid']} since {known['since']}"
        return (
            f"The data folder {data_dir} is in use by {holder}. Ask that server over HTTP, stop it first, "
            "or use another folder with --data-dir."
        )


def _sign(descriptor: int) -> None:
    """Write into the lock file who holds it."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    with suppress(OSError):  # a full disk must not keep anyone out
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "since": since}).encode())
