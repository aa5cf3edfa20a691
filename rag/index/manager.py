"""The generations of one data folder: which one serves, how the next takes over, when the last one goes."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock

from rag.errors import CitewellError, IndexUnavailable
from rag.index import manifest as manifests
from rag.index.base import Base
from rag.index.build import NO_MODEL, Progress, build, extend
from rag.index.generation import Generation
from rag.index.lexical import LexicalOptions
from rag.index.words import Words
from rag.library import Library

_log = logging.getLogger(__name__)

CURRENT = "CURRENT"


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
    """A generation, how many readers hold it, and whether another took its place."""

    generation: Generation
    folder: Path
    readers: int = 0
    retired: bool = False


class Indexes:
    """Gives readers a generation to search, and swaps in a new one beneath them.

    Args:
        folder: where generations live; made where absent. One process may use it at a time.
        options: of the lexical index; a generation made with others is rebuilt.
        growth: when a change is added to what is there.
    """

    def __init__(
        self, folder: Path, options: LexicalOptions | None = None, growth: Growth | None = None
    ) -> None:
        self._folder = folder
        self._options = options or LexicalOptions()
        self._growth = growth or Growth()
        self._words = Words()
        self._building = Lock()
        self._state = Condition()
        self._serving: _Serving | None = None

    def open(self, library: Library, progress: Progress | None = None) -> None:
        """Serve the current generation; where that is damaged, missing or of another state, a new one.

        Raises:
            IndexUnavailable: a new one was needed and could not be made.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            generation = self._load(self._folder / (self._folder / CURRENT).read_text().strip())
        except (OSError, ValueError, IndexUnavailable) as error:
            _log.info("No generation to open: %s", error)
        else:
            self._swap(generation)
        if self.stale(library):
            self.refresh(library, progress)
        self._sweep()

    def stale(self, library: Library) -> bool:
        """Whether what serves was made of another state of the library, or nothing serves."""
        with self._state:
            serving = self._serving
        if serving is None:
            return True
        made_of = serving.generation.manifest
        with library.snapshot() as now:
            return (made_of.revision, made_of.embedding, made_of.lexical) != (
                now.revision,
                now.embedding or NO_MODEL,
                self._options,
            )

    def refresh(self, library: Library, progress: Progress | None = None) -> int:
        """Serve a generation of the library as it is now; searches under way end on the old one.

        Where little changed since a generation was written whole, the new one stands on that.

        Returns:
            The number of the new generation.

        Raises:
            IndexUnavailable: it could not be made; what served before still does.
        """
        with self._building:
            base = self._standing(library)
            room = 0 if base is None else self._growth.room(len(base.segment))
            if base is not None and room:
                made = self._made(lambda folder: extend(folder, library, self._words, base, room), base)
                if made:
                    return made
            return self._whole(library, progress)

    def rebuild(self, library: Library, progress: Progress | None = None) -> int:
        """The same, all written anew."""
        with self._building:
            return self._whole(library, progress)

    def _whole(self, library: Library, progress: Progress | None) -> int:
        def write(folder: Path) -> bool:
            build(folder, library, self._words, self._options, progress)
            return True

        return self._made(write, None)

    def _standing(self, library: Library) -> Base | None:
        """What a new generation can stand on; held by what serves, which nothing but a builder takes away."""
        with self._state:
            serving = self._serving
        if serving is None:
            return None
        made_of = serving.generation.manifest
        fits = (made_of.embedding, made_of.lexical) == (library.embedding or NO_MODEL, self._options)
        return serving.generation.base if fits else None

    def _made(self, write: Callable[[Path], bool], base: Base | None) -> int:
        """The number of a new generation that serves from now on, 0 where none was written."""
        number = 1 + max(self._numbers(), default=0)
        folder = self._folder / str(number)
        try:
            if not write(folder):
                return 0
            manifests.write_atomically(self._folder / CURRENT, f"{number}\n")
            self._swap(self._load(folder, base))
        except Exception as error:
            shutil.rmtree(folder, ignore_errors=True)  # where CURRENT names it, the next start rebuilds
            if isinstance(error, CitewellError):
                raise
            raise IndexUnavailable(
                f"Can't make an index below {self._folder}: {error}. Check the disk, then try again."
            ) from error
        return number

    @contextmanager
    def lease(self) -> Iterator[Generation]:
        """The generation that serves, kept whole for as long as the block lasts.

        Raises:
            IndexUnavailable: none serves yet, or any more.
        """
        with self._state:
            serving = self._serving
            if serving is None:
                raise IndexUnavailable("The indexes are not open yet: try again in a moment.")
            serving.readers += 1
        try:
            yield serving.generation
        finally:
            with self._state:
                serving.readers -= 1
                last = serving.retired and not serving.readers
                self._state.notify_all()
            if last:
                _drop(serving)

    def close(self) -> None:
        """Stop serving, once the searches under way are done."""
        with self._state:
            serving, self._serving = self._serving, None
            if serving is not None:
                self._state.wait_for(lambda: not serving.readers)
                serving.generation.close()

    def _load(self, folder: Path, base: Base | None = None) -> Generation:
        return Generation(folder, self._words, base)

    def _swap(self, generation: Generation) -> None:
        fresh = _Serving(generation, self._folder / str(generation.manifest.number))
        with self._state:
            old, self._serving = self._serving, fresh
            if old is not None:
                old.retired = True
            idle = old is not None and not old.readers
        if old is not None and idle:
            _drop(old)

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()]

    def _sweep(self) -> None:
        """Remove what a crash or a failed build left behind."""
        with self._state:
            serving = self._serving
        kept = () if serving is None else (serving.folder, serving.generation.base.folder)
        for number in self._numbers():
            if (folder := self._folder / str(number)) not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _drop(serving: _Serving) -> None:
    for folder in serving.generation.close():
        shutil.rmtree(folder, ignore_errors=True)
