"""The generations of one data folder: which one serves, how the next takes over, when the last one goes."""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock, Thread

from filelock import FileLock

from rag.errors import CitewellError, DiskFull, IndexUnavailable
from rag.index import manifest as manifests
from rag.index.base import Base
from rag.index.build import NO_MODEL, Progress, build, extend
from rag.index.generation import Generation
from rag.index.hold import Hold
from rag.index.lexical import LexicalOptions
from rag.index.store import EMBEDDED, Store
from rag.index.words import Words
from rag.library import Library

_log = logging.getLogger(__name__)

CURRENT = "CURRENT"
_PATIENCE_S = 1.0  # seconds that a reader waits for a generation which another process has made


@dataclass(frozen=True, slots=True)
class Growth:
    """When a change of the library is added to the generation that is there, rather than all made anew.

    Attributes:
        least: papers from which that pays; fewer are made anew in a second or two.
        share: of the papers that may have changed since all was made anew.
        most: papers that may have: they are looked at one by one in every search.
    """

    least: int = 1_000
    share: float = 0.1
    most: int = 10_000

    def room(self, papers: int) -> int:
        """How many papers may have changed since a generation of so many was written whole; 0 for none."""
        return min(int(papers * self.share), self.most) if papers >= self.least else 0


@dataclass(slots=True)
class _Serving:
    """A generation, our share of its folders, how many readers hold it, whether another took its place."""

    generation: Generation
    holds: dict[Path, Hold]
    readers: int = 0
    retired: bool = False

    @property
    def number(self) -> int:
        """Which generation it is."""
        return self.generation.manifest.number


class Indexes:
    """Gives readers a generation to search, and swaps in a new one beneath them.

    With a store on a server, any number of processes may use the folder: one at a time builds, all of them
    serve what ``CURRENT`` names from the next reader on, and the last to leave a generation removes it.

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
        self._folder = folder
        self._options = options or LexicalOptions()
        self._growth = growth or Growth()
        self._store = store
        self._shared = bool(store.place)
        self._words = Words()
        self._building = Lock()
        self._state = Condition()
        self._serving: _Serving | None = None
        self._follower: Thread | None = None
        self._followed: tuple[int, int] | None = None

    def open(self, library: Library, progress: Progress | None = None) -> None:
        """Serve the current generation; where that is damaged, missing or of another state, a new one.

        Raises:
            IndexUnavailable: a new one was needed and could not be made, and no older one can serve.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._catch_up()
        try:
            self.keep_up(library, progress)
        except (IndexUnavailable, DiskFull) as error:
            if not self._fits(library):
                raise
            _log.warning("The indexes are older than the library for now: %s", error)
        with self._alone():
            self._sweep()

    def stale(self, library: Library) -> bool:
        """Whether what serves was made of another state of the library, or nothing serves."""
        self._follow()
        with self._state:
            serving = self._serving
        if serving is None:
            return True
        made_of = serving.generation.manifest
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
            with self._alone():
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
        with self._alone():
            self._catch_up()
            return self._newest(library, progress)

    def rebuild(self, library: Library, progress: Progress | None = None) -> int:
        """The same, all written anew."""
        with self._alone():
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
            with self._alone():
                self._catch_up()
                if self._number() == broken:
                    self._whole(library, None)

    @contextmanager
    def lease(self) -> Iterator[Generation]:
        """The generation that serves, kept whole for as long as the block lasts.

        Raises:
            IndexUnavailable: none serves yet, or any more.
        """
        self._follow()
        with self._borrowed() as serving:
            yield serving.generation

    @contextmanager
    def _borrowed(self) -> Iterator[_Serving]:
        with self._state:
            serving = self._serving
            if serving is None:
                raise IndexUnavailable("The indexes are not open yet: try again in a moment.")
            serving.readers += 1
        try:
            yield serving
        finally:
            with self._state:
                serving.readers -= 1
                last = serving.retired and not serving.readers
                self._state.notify_all()
            if last:
                self._drop(serving)

    def close(self) -> None:
        """Stop serving, once the searches under way are done."""
        with self._state:
            self._state.wait_for(lambda: self._follower is None)
            serving, self._serving = self._serving, None
            if serving is not None:
                self._state.wait_for(lambda: not serving.readers)
                self._leave(serving)
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
        with self._state:
            serving = self._serving
        if serving is None:
            return None
        of = serving.generation.manifest
        wanted = (library.embedding or NO_MODEL, self._options, self._store.place)
        return serving.generation.base if (of.embedding, of.lexical, of.store) == wanted else None

    def _made(self, write: Callable[[Path], bool], base: Base | None) -> int:
        """The number of a new generation that serves from now on, 0 where none was written."""
        number = 1 + max(self._numbers(), default=0)
        folder = self._folder / str(number)
        try:
            if not write(folder):
                return 0
            serving = self._load(folder, base)
            try:
                manifests.write_atomically(self._folder / CURRENT, f"{number}\n")
            except BaseException:
                self._leave(serving)
                raise
        except Exception as error:
            self._remove(folder)
            if isinstance(error, CitewellError):
                raise
            raise _explained(error, self._folder) from error
        self._swap(serving)
        if self._shared:
            self._sweep()
        return number

    def _follow(self) -> None:
        """Have the generation loaded that another process has made since, and wait a moment for it."""
        if not self._shared or self._stamp() == self._followed:
            return
        with self._state:
            if self._follower is None:
                self._follower = Thread(target=self._catch_up_aside, name="citewell-follow", daemon=True)
                self._follower.start()
            self._state.wait_for(lambda: self._follower is None, timeout=_PATIENCE_S)

    def _catch_up_aside(self) -> None:
        try:
            while self._stamp() != self._followed:
                self._catch_up()
        finally:
            with self._state:
                self._follower = None
                self._state.notify_all()

    def _catch_up(self) -> None:
        """Serve what ``CURRENT`` names; what serves goes on where that can't be loaded."""
        stamp = self._stamp()
        try:
            number = self._named()
            if number is not None and number != self._number():
                folder = self._folder / str(number)
                if self._number() is None:
                    self._swap(self._load(folder))
                else:
                    with self._borrowed() as before:  # whose base is likely to be the new one's too
                        self._swap(self._load(folder, before.generation.base))
        except (OSError, ValueError, IndexUnavailable) as error:
            _log.info("No generation to open: %s", error)
        self._followed = stamp

    def _named(self) -> int | None:
        """The number that ``CURRENT`` holds."""
        try:
            return int((self._folder / CURRENT).read_text())
        except (OSError, ValueError):
            return None

    def _stamp(self) -> tuple[int, int] | None:
        """What changes whenever ``CURRENT`` is replaced."""
        try:
            now = (self._folder / CURRENT).stat()
        except OSError:
            return None
        return now.st_ino, now.st_mtime_ns

    def _number(self) -> int | None:
        with self._state:
            return None if self._serving is None else self._serving.number

    def _fits(self, library: Library) -> bool:
        """Whether what serves was made with the library's model."""
        with self._state:
            serving = self._serving
        made_with = None if serving is None else serving.generation.manifest.embedding
        return made_with == (library.embedding or NO_MODEL)

    def _load(self, folder: Path, base: Base | None = None) -> _Serving:
        with ExitStack() as held:
            holds = {}
            for part in (folder, manifests.stands_on(folder)):
                if self._shared and part is not None:
                    holds[part] = Hold(part)
                    held.callback(holds[part].release)
            serving = _Serving(Generation(folder, self._words, base, self._store), holds)
            held.pop_all()
            return serving

    def _swap(self, fresh: _Serving) -> None:
        with self._state:
            old = self._serving
            late = old is not None and old.number >= fresh.number  # another thread was quicker
            if not late:
                self._serving = fresh
                if old is not None:
                    old.retired = True
            idle = old is not None and not old.readers
        if late:
            self._leave(fresh)
        elif old is not None and idle:
            self._drop(old)

    def _drop(self, serving: _Serving) -> None:
        """Leave a retired generation, and remove of its folders what nobody else is left in."""
        for folder in serving.generation.close():
            hold = serving.holds.get(folder)
            if hold is None or hold.last():
                self._remove(folder)
        for hold in serving.holds.values():
            hold.release()

    def _leave(self, serving: _Serving) -> None:
        serving.generation.close()
        for hold in serving.holds.values():
            hold.release()

    def _remove(self, folder: Path) -> None:
        (folder / manifests.NAME).unlink(missing_ok=True)  # from here on nobody opens it
        self._store.discard(folder)
        shutil.rmtree(folder, ignore_errors=True)

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()]

    def _sweep(self) -> None:
        """Remove what a crash, a failed build or a killed reader left behind; nobody may be building."""
        with self._state:
            serving = self._serving
        kept = {self._folder / str(self._named())}
        if serving is not None:
            kept |= {self._folder / str(serving.number), serving.generation.base.folder}
        for number in self._numbers():
            folder = self._folder / str(number)
            if folder in kept:
                continue
            try:
                hold = Hold(folder) if self._shared and (folder / manifests.NAME).exists() else None
            except IndexUnavailable:
                continue  # another process is removing it
            if hold is None or hold.last():
                self._remove(folder)
            if hold is not None:
                hold.release()
        self._store.sweep(self._folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No one else builds meanwhile, in this process or another."""
        others: AbstractContextManager[object] = (
            FileLock(self._folder.with_suffix(".lock")) if self._shared else nullcontext()
        )
        with self._building, others:
            yield


def _explained(error: Exception, folder: Path) -> CitewellError:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if full or "disk is full" in str(error):
        return DiskFull(f"No room for an index below {folder}: free some space; it is then made by itself.")
    return IndexUnavailable(f"Can't make an index below {folder}: {error}. Check the disk, then try again.")
