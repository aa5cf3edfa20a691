"""Who may open a data folder: one process alone, or several that keep their vectors on the same server."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag.errors import LibraryError, LibraryLocked

_JOIN_S = 1.0  # seconds that a process tries to get its share


class DataDirLock:
    """A process's right to a data folder, until released: all of it, or a share where vectors are elsewhere.

    It is a lock of the operating system on ``<data_dir>/lock``: it ends with its process, however that dies,
    so that no stale lock is ever left. The file names its holder (of several: who came last) and their
    server, for the one who is refused.

    Args:
        data_dir: the folder; made where absent.
        server: the URL of the vector store, which others may share; empty for one in the folder.

    Attributes:
        first: whether no other process holds the folder at this moment.

    Raises:
        LibraryLocked: another process holds the folder in a way that leaves no room; names the way out.
        LibraryError: the folder can't be made, written or locked.
    """

    def __init__(self, data_dir: Path, server: str = "") -> None:
        self._data_dir = data_dir
        self._path = data_dir / "lock"
        self._server = server
        self.first = True
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            self._release = self._share() if server else self._own()
        except OSError as error:
            raise LibraryError(
                f"Can't use the data folder {data_dir}: {error}. Give a writable folder with --data-dir."
            ) from error

    def release(self) -> None:
        """Let others in; twice is harmless."""
        self._release()

    def _own(self) -> Callable[[], object]:
        lock = FileLock(
            self._path,
            timeout=0,
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=True,
            on_acquired=_sign,
        )
        try:
            lock.acquire()
        except Timeout:
            raise LibraryLocked(self._refusal()) from None
        return lock.release

    def _share(self) -> Callable[[], object]:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        released = ExitStack()
        released.callback(os.close, file)
        with ExitStack() as failed:
            failed.push(released)
            self.first = self._joined(file)
            if not self.first and self._holder().get("server") != self._server:
                raise LibraryLocked(self._refusal())
            _sign(file, self._server)
            failed.pop_all()
        return released.close

    def _joined(self, file: int) -> bool:
        """Take a share; returns whether nobody else had one."""
        import fcntl  # not on every system

        until = time.monotonic() + _JOIN_S
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _sign(file, self._server)  # before another can join and ask
                fcntl.flock(file, fcntl.LOCK_SH)
                return True
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return False
            if time.monotonic() > until:  # a process that starts holds it alone, but not for long
                raise LibraryLocked(self._refusal())
            time.sleep(0.01)

    def _holder(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            known = json.loads(self._path.read_text())
            if isinstance(known, dict):
                return known
        return {}

    def _refusal(self) -> str:
        known = self._holder()
        holder = f"process {known['pid']} since {known['since']}" if {"pid", "since"} <= set(known) else ""
        server = known.get("server", "")
        if server:
            way = f"Set CITEWELL_CHROMA_URL={server} as it has, and use the folder together"
        else:
            way = "Several processes can use a folder together if all set CITEWELL_CHROMA_URL"
        return (
            f"The data folder {self._data_dir} is in use by {holder or 'another process'}. {way}; "
            "or ask that server over HTTP (--url), stop it first, or use another folder with --data-dir."
        )


def _sign(descriptor: int, server: str = "") -> None:
    """Write into the lock file who holds it."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    with suppress(OSError):  # a full disk must not keep anyone out
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "since": since, "server": server}).encode())
