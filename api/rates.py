"""How often one caller may ask."""

from __future__ import annotations

import logging
import math
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from rag.errors import NotReady

log = logging.getLogger("citewell.api")

FILE = "rates.sqlite3"
"""What the counts of several workers are called in their folder."""

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_PATIENCE_S = 0.25  # for others that count, each for some microseconds; the event loop waits meanwhile
_TABLE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS counts (
    caller TEXT, rate INTEGER, period INTEGER, count INTEGER, before INTEGER, gone REAL,
    PRIMARY KEY (caller, rate)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counts_gone ON counts (gone);
"""


class Rates:
    """Counts requests by caller, all or none of a request's rates.

    Periods lie on the clock; the count of the one before still weighs as much as of it lies within the last
    period's length. For use by one thread at a time.

    Args:
        rates: as ``10/second;600/minute``.
        path: the SQLite file of all who count together; in memory where missing.
        clock: seconds since 1970.
    """

    def __init__(self, rates: str, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        parts = [rate.split("/") for rate in rates.split(";")]
        self._rates = [(int(most), _SECONDS[unit]) for most, unit in parts]
        self._path = path
        self._clock = clock
        self._opened: sqlite3.Connection | None = None

    def wait_s(self, caller: str) -> int:
        """Count a request; seconds after which the caller should come again, 0 where it may go on.

        Raises:
            NotReady: the count can't be kept; nothing goes through uncounted.
        """
        try:
            with self._counts() as counts:
                counts.execute("BEGIN IMMEDIATE")
                wait_s = max(self._hit(counts, caller, number) for number in range(len(self._rates)))
                if wait_s:  # a request that is refused takes nothing from any rate
                    counts.rollback()
        except sqlite3.Error as error:  # a limit that fails must not fail open
            log.exception("requests can't be counted")
            raise NotReady("Requests can't be counted now; try again.") from error
        return math.ceil(wait_s)

    def close(self) -> None:
        """Let the counts go."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _counts(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = _open(self._path)
        return self._opened

    def _hit(self, counts: sqlite3.Connection, caller: str, rate: int) -> float:
        """Count a request at one rate; seconds to wait where that is too many."""
        most, length = self._rates[rate]
        at = self._clock()
        period, into = divmod(at, length)
        row = counts.execute(
            "SELECT period, count, before FROM counts WHERE caller = ? AND rate = ?", (caller, rate)
        ).fetchone()
        last, count, before = row or (period, 0, 0)
        if last != period:  # a clock that was set back shuts nobody out
            count, before = 0, count if last == period - 1 else 0
        if wait_s := _wait_s(most, length, into, count, before):
            return wait_s
        if row is None:
            counts.execute("DELETE FROM counts WHERE gone < ?", (at,))
        counts.execute(
            "INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?, ?, ?)",
            (caller, rate, period, count + 1, before, (period + 2) * length),
        )
        return 0.0


def prepare(path: Path) -> None:
    """Make the file before several open it: SQLite changes a new file's journal mode for one alone."""
    _open(path).close()


def _open(path: Path | None) -> sqlite3.Connection:
    counts = sqlite3.connect(
        path or ":memory:", timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
    )
    try:
        counts.executescript(_TABLE)
    except sqlite3.Error:
        counts.close()
        raise
    return counts


def _wait_s(most: int, length: int, into: float, count: int, before: int) -> float:
    """Seconds until one more fits beside what was counted in this period and the one before."""
    if count >= most:
        return length - into
    return max(0.0, round(length * (1 - (most - count) / before) - into, 3)) if before else 0.0
