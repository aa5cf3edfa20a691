"""How often one caller may ask."""

from __future__ import annotations

import logging
import math
import time

from limits import parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from rag.errors import NotReady

log = logging.getLogger("citewell.api")


class Rates:
    """Counts requests by caller, in this process.

    Args:
        rates: as ``10/second;600/minute``.
    """

    def __init__(self, rates: str) -> None:
        self._rates = parse_many(rates)
        self._counted = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def wait_s(self, caller: str) -> int:
        """Count a request; seconds after which the caller should come again, 0 where it may go on.

        Raises:
            NotReady: the count can't be kept; nothing goes through uncounted.
        """
        try:
            for rate in self._rates:
                if not await self._counted.hit(rate, caller):
                    stats = await self._counted.get_window_stats(rate, caller)
                    return max(1, math.ceil(stats.reset_time - time.time()))
        except Exception as error:  # a limit that fails must not fail open
            log.exception("requests can't be counted")
            raise NotReady("Requests can't be counted now; try again.") from error
        return 0
