"""The generation that serves: lent to readers, replaced beneath them, let go by the last of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition

from rag.errors import IndexUnavailable
from rag.index.generation import Generation
from rag.index.manifest import Manifest
from rag.index.shelf import Holds, Shelf


@dataclass(slots=True, eq=False)
class Opened:
    """A generation, our share of its folders, how many readers hold it, whether another took its place."""

    generation: Generation
    holds: Holds
    readers: int = 0
    retired: bool = False

    @property
    def number(self) -> int:
        """Which generation it is."""
        return self.generation.manifest.number

    def leave(self, shelf: Shelf | None = None) -> None:
        """Let go of its files; from a shelf it is removed, but for what somebody else uses."""
        closed = self.generation.close()
        if shelf is not None:
            shelf.clear(closed, self.holds)
        for hold in self.holds.values():
            hold.release()


class Serving:
    """Lends the generation that serves. Any thread may borrow it, or put another one in its place.

    Args:
        shelf: what a generation is removed from once it has been replaced and nobody reads it.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._state = Condition()
        self._now: Opened | None = None

    @property
    def manifest(self) -> Manifest | None:
        """What the generation that serves says of itself; ``None`` where none does."""
        with self._state:
            return None if self._now is None else self._now.generation.manifest

    @property
    def number(self) -> int | None:
        """The number of the generation that serves."""
        made_of = self.manifest
        return None if made_of is None else made_of.number

    @property
    def folders(self) -> tuple[Path, ...]:
        """The generation that serves, and what it stands on."""
        with self._state:
            now = self._now
            return () if now is None else (self._shelf.at(now.number), now.generation.base.folder)

    @contextmanager
    def borrowed(self) -> Iterator[Generation]:
        """The generation that serves, kept whole for as long as the block lasts.

        Raises:
            IndexUnavailable: none serves yet, or any more.
        """
        with self._state:
            lent = self._now
            if lent is None:
                raise IndexUnavailable("The indexes are not open yet: try again in a moment.")
            lent.readers += 1
        try:
            yield lent.generation
        finally:
            with self._state:
                lent.readers -= 1
                last = lent.retired and not lent.readers
                self._state.notify_all()
            if last:
                lent.leave(self._shelf)

    def replace(self, fresh: Opened) -> None:
        """Serve a newer generation; readers of the old one end on it. One that comes late is left again."""
        with self._state:
            old = self._now
            late = old is not None and old.number >= fresh.number  # another thread was quicker
            if not late:
                self._now = fresh
                if old is not None:
                    old.retired = True
            idle = old is not None and not old.readers
        if late:
            fresh.leave()
        elif old is not None and idle:
            old.leave(self._shelf)

    def close(self) -> None:
        """Serve nothing more, once the readers are done; the generation stays."""
        with self._state:
            last, self._now = self._now, None
            if last is not None:
                self._state.wait_for(lambda: not last.readers)
                last.leave()
