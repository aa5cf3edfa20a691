"""Whoever watches a call from outside, for traces and figures. Where nobody does, nothing happens.

What a watcher is told is for it alone to keep or to drop: it may be the question itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol

About = Mapping[str, object]
Note = Callable[[About], None]
"""Takes what is found out while a stage runs."""


class Watcher(Protocol):
    """Sees the stages of calls, and what fails in them. May be told things by several threads at a time."""

    def stage(self, name: str, about: About) -> AbstractContextManager[Note]:
        """A stage, from its beginning to its end, which may be an error."""

    def failed(self, part: str, error: Exception) -> None:
        """A part failed, and the call goes on without it."""


_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Have calls of this context watched, and those of threads started in it."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


@contextmanager
def stage(name: str, **about: object) -> Iterator[Note]:
    """Tell whoever watches that a stage begins, and when it ends; yields where to tell more of it."""
    watcher = _WATCHER.get()
    if watcher is None:
        yield _unheard
        return
    with watcher.stage(name, about) as note:
        yield note


def failed(part: str, error: Exception) -> None:
    """Tell whoever watches that a part failed and is worked around."""
    if (watcher := _WATCHER.get()) is not None:
        watcher.failed(part, error)


def _unheard(_: About) -> None:
    return
