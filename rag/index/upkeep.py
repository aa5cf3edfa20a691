"""Beside the answering: what other processes made is taken up, what failed is tried again."""

from __future__ import annotations

import logging
import threading
import time

from rag.errors import CitewellError, StoreUnavailable
from rag.index.manager import Indexes
from rag.library import Library

_log = logging.getLogger(__name__)

_EVERY_S = 0.5
_LONGEST_S = 60.0  # between two tries of what keeps failing; ...
_AWAY_S = 2.0  # of a server that is away, to which a try costs nothing


class Upkeep:
    """A thread that brings the indexes up to the library whenever nobody else is about to.

    That is where another process changed the library or died before it had indexed what it stored, and where
    the store or the disk failed: each heals by itself once its cause is gone.

    Args:
        indexes: open.
        library: what they are made of.
    """

    def __init__(self, indexes: Indexes, library: Library) -> None:
        self._indexes = indexes
        self._library = library
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="citewell-upkeep", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, once the round under way is done."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        pause, again = _EVERY_S, 0.0
        while not self._stopping.wait(_EVERY_S):
            if time.monotonic() < again:
                continue
            try:
                self._round()
            except Exception as error:  # noqa: BLE001  # the thread's border: the next round may do better
                pause = min(2 * pause, _AWAY_S if isinstance(error, StoreUnavailable) else _LONGEST_S)
                known = isinstance(error, CitewellError)
                _log.warning(
                    "The indexes wait for %.0f s: %s", pause, error, exc_info=None if known else error
                )
            else:
                pause = _EVERY_S
            again = time.monotonic() + pause

    def _round(self) -> None:
        self._indexes.mend(self._library)
        if self._indexes.stale(self._library):
            with self._library.turn(wait=False) as ours:
                if ours:  # else an ingestion is under way, and will index what it stores
                    self._indexes.keep_up(self._library)
