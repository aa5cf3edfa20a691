"""The indexes of a library: when a generation is made, and what it is made from."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread

from rag.errors import CitewellError, DiskFull, IndexUnavailable
from rag.index.base import Base
from rag.index.build import NO_MODEL, Progress, build, extend
from rag.index.generation import Generation
from rag.index.lexical import LexicalOptions
from rag.index.serving import Opened, Serving
from rag.index.shelf import Shelf
from rag.index.store import EMBEDDED, Store
from rag.index.words import Words
from rag.library import Library

_log = logging.getLogger(__name__)

_PATIENCE_S = 1.0  # seconds that a reader waits for a generation which another process has made


@dataclass(frozen=True, slots=True)
class Growth:
    """When a change of the library is added to the generation that is there, rather than all made anew.

    Attributes:
        few: papers that may always have changed since all was made anew.
        share: of the papers that may have, where that is more.
        most: papers that may have at most: they are looked at one by one in every search.
    """

    few: int = 100
    share: float = 0.1
    most: int = 10_000

    def room(self, papers: int) -> int:
        """How many papers may have changed since a generation of so many was written whole; 0 for none."""
        return min(max(self.few, int(papers * self.share)), self.most) if papers else 0


class Indexes:
    """Gives readers a generation to search, and swaps in a new one beneath them.

    With a store on a server, any number of processes may use the folder: one at a time builds, all of them
    serve the current one from the next reader on, and the last to leave a generation removes it.

    Args:
        folder: where generations live; made where absent. With the embedded store one process may use it.
        options: of the lexical index; a generation made with others is rebuilt.
        growth: when a change is added to what is there.
        store: where the windows lie.
    """

    def __init__(
        self,
        folder: Path,
        options: LexicalOptions | None = None,
        growth: Growth | None = None,
        store: Store = EMBEDDED,
    ) -> None:
        self._options = options or LexicalOptions()
        self._growth = growth or Growth()
        self._store = store
        self._words = Words()
        self._shelf = Shelf(folder, store)
        self._serving = Serving(self._shelf)
        self._following = Condition()
        self._follower: Thread | None = None
        self._followed: tuple[int, int] | None = None

    def open(self, library: Library, progress: Progress | None = None) -> None:
        """Serve the current generation; where that is damaged, missing or of another state, a new one.

        Raises:
            IndexUnavailable: a new one was needed and could not be made, and no older one can serve.
        """
        self._shelf.make()
        self._catch_up()
        try:
            self.keep_up(library, progress)
        except (IndexUnavailable, DiskFull) as error:
            if not self._fits(library):
                raise
            _log.warning("The indexes are older than the library for now: %s", error)
        with self._shelf.alone():
            self._shelf.sweep(self._serving.folders)

    def stale(self, library: Library) -> bool:
        """Whether what serves was made of another state of the library, or nothing serves."""
        self._follow()
        made_of = self._serving.manifest
        if made_of is None:
            return True
        with library.snapshot() as now:
            return (made_of.revision, made_of.embedding, made_of.lexical, made_of.store) != (
                now.revision,
                now.embedding or NO_MODEL,
                self._options,
                self._store.place,
            )

    def keep_up(self, library: Library, progress: Progress | None = None) -> None:
        """As ``refresh``, where what serves is stale and no other process was quicker; errors likewise."""
        if self.stale(library):
            with self._shelf.alone():
                self._catch_up()
                if self.stale(library):
                    self._newest(library, progress)

    def refresh(self, library: Library, progress: Progress | None = None) -> int:
        """Serve a generation of the library as it is now; searches under way end on the old one.

        Where little changed since a generation was written whole, the new one stands on that.

        Returns:
            The number of the new generation.

        Raises:
            IndexUnavailable: it could not be made; what served before still does.
            DiskFull: likewise, for want of room.
        """
        with self._shelf.alone():
            self._catch_up()
            return self._newest(library, progress)

    def rebuild(self, library: Library, progress: Progress | None = None) -> int:
        """The same, all written anew."""
        with self._shelf.alone():
            return self._whole(library, progress)

    def mend(self, library: Library) -> None:
        """Where the store failed and is back, use it again; a new generation where it isn't whole any more.

        Raises:
            IndexUnavailable: the store is still away, or a new generation could not be made.
        """
        with self.lease() as generation:
            graph = generation.base.graph
            fault = graph.examine() if graph.failing else ""
            broken = generation.info.generation
        if fault:
            _log.warning("Generation %d is damaged (%s): making another", broken, fault)
            with self._shelf.alone():
                self._catch_up()
                if self._serving.number == broken:
                    self._whole(library, None)

    @contextmanager
    def lease(self) -> Iterator[Generation]:
        """The generation that serves, kept whole for as long as the block lasts.

        Raises:
            IndexUnavailable: none serves yet, or any more.
        """
        self._follow()
        with self._serving.borrowed() as generation:
            yield generation

    def close(self) -> None:
        """Stop serving, once the searches under way are done."""
        with self._following:
            self._following.wait_for(lambda: self._follower is None)
        self._serving.close()
        self._store.close()

    def _newest(self, library: Library, progress: Progress | None) -> int:
        base = self._standing(library)
        room = 0 if base is None else self._growth.room(len(base.segment))
        if base is not None and room:
            made = self._made(lambda folder: extend(folder, library, self._words, base, room), base)
            if made:
                return made
        return self._whole(library, progress)

    def _whole(self, library: Library, progress: Progress | None) -> int:
        def write(folder: Path) -> bool:
            build(folder, library, self._words, self._options, progress, self._store)
            return True

        return self._made(write, None)

    def _standing(self, library: Library) -> Base | None:
        """What a new generation can stand on; held by what serves, which nothing but a builder takes away."""
        of = self._serving.manifest
        wanted = (library.embedding or NO_MODEL, self._options, self._store.place)
        if of is None or (of.embedding, of.lexical, of.store) != wanted:
            return None
        with self._serving.borrowed() as generation:
            return generation.base

    def _made(self, write: Callable[[Path], bool], base: Base | None) -> int:
        """The number of a new generation that serves from now on, 0 where none was written."""
        number = self._shelf.next()
        folder = self._shelf.at(number)
        try:
            if not write(folder):
                return 0
            made = self._load(folder, base)
            try:
                self._shelf.make_current(number)
            except BaseException:
                made.leave()
                raise
        except Exception as error:
            self._shelf.remove(folder)
            if isinstance(error, CitewellError):
                raise
            raise _explained(error, self._shelf) from error
        self._serving.replace(made)
        if self._shelf.shared:
            self._shelf.sweep(self._serving.folders)
        return number

    def _load(self, folder: Path, base: Base | None = None) -> Opened:
        holds = self._shelf.hold(folder)
        try:
            return Opened(Generation(folder, self._words, base, self._store), holds)
        except BaseException:
            for hold in holds.values():
                hold.release()
            raise

    def _follow(self) -> None:
        """Have the generation loaded that another process has made since, and wait a moment for it."""
        if not self._shelf.shared or self._shelf.stamp() == self._followed:
            return
        with self._following:
            if self._follower is None:
                self._follower = Thread(target=self._catch_up_aside, name="citewell-follow", daemon=True)
                self._follower.start()
            self._following.wait_for(lambda: self._follower is None, timeout=_PATIENCE_S)

    def _catch_up_aside(self) -> None:
        try:
            while self._shelf.stamp() != self._followed:
                self._catch_up()
        finally:
            with self._following:
                self._follower = None
                self._following.notify_all()

    def _catch_up(self) -> None:
        """Serve the current generation; what serves goes on where that can't be loaded."""
        stamp = self._shelf.stamp()
        try:
            number = self._shelf.current()
            if number is not None and number != self._serving.number:
                folder = self._shelf.at(number)
                if self._serving.number is None:
                    self._serving.replace(self._load(folder))
                else:
                    with self._serving.borrowed() as before:  # whose base is likely to be the new one's too
                        self._serving.replace(self._load(folder, before.base))
        except (OSError, ValueError, IndexUnavailable) as error:
            _log.info("No generation to open: %s", error)
        self._followed = stamp

    def _fits(self, library: Library) -> bool:
        """Whether what serves was made with the library's model."""
        made_of = self._serving.manifest
        return made_of is not None and made_of.embedding == (library.embedding or NO_MODEL)


def _explained(error: Exception, shelf: Shelf) -> CitewellError:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if full or "disk is full" in str(error):
        return DiskFull(f"No room for an index below {shelf}: free some space; it is then made by itself.")
    return IndexUnavailable(f"Can't make an index below {shelf}: {error}. Check the disk, then try again.")
