"""A generation that was written whole, open, and shared by all that stand on it."""

from __future__ import annotations

import logging
import zlib
from pathlib import Path
from threading import Lock

from rag.errors import IndexUnavailable, StoreUnavailable
from rag.index import manifest as manifests
from rag.index.dense import DenseIndex
from rag.index.manifest import Manifest
from rag.index.segment import Segment
from rag.index.store import Store

_log = logging.getLogger(__name__)


class Base:
    """A folder with Chroma's graph in it. Closed when the last generation that stands on it is.

    Args:
        folder: where ``build`` wrote it.
        store: where its windows lie.
        manifest: what it says of itself; read, and the files checked, where it isn't given.

    Attributes:
        manifest: the same.
        segment: its papers.
        graph: its windows by nearness.

    Raises:
        IndexUnavailable: its files are not what its manifest says.
    """

    def __init__(self, folder: Path, store: Store, manifest: Manifest | None = None) -> None:
        self.manifest = manifest or manifests.read(folder)
        self.segment = Segment(folder, self.manifest.embedding.dim)
        self._users = 0
        self._lock = Lock()
        self.graph = DenseIndex(store, folder, self.segment.windows)
        try:
            if fault := self.graph.fault():
                raise IndexUnavailable(f"Generation {folder.name} is damaged ({fault}): rebuild it.")
        except StoreUnavailable as error:  # it may come back, and much can be said without it
            _log.warning("Generation %s is opened without its store: %s", folder.name, error)
        except BaseException:
            self.graph.close()
            raise

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.segment.folder

    @property
    def seal(self) -> int:
        """The CRC-32 of its manifest: what stands on it names that, and so all its files."""
        return seal(self.folder)

    def join(self) -> None:
        """One more stands on it."""
        with self._lock:
            self._users += 1

    def leave(self) -> bool:
        """One fewer does; the last one closes it. Whether this was the last."""
        with self._lock:
            self._users -= 1
            last = not self._users
        if last:
            self.graph.close()
        return last


def seal(folder: Path) -> int:
    """The CRC-32 of a generation's manifest.

    Raises:
        OSError: there is none.
    """
    return zlib.crc32((folder / manifests.NAME).read_bytes())
