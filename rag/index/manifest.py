"""What a generation says of itself, and whether its files are still what it says."""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import IndexUnavailable
from rag.index.lexical import LexicalOptions
from rag.types import EmbeddingIdentity

FORMAT = 4  # raised with every change of what a generation's files hold
NAME = "manifest.json"

# SQLite writes to its file even to read it; SQLite itself says whether it is sound.
_DATABASE = "chroma.sqlite3"
_WHOLE = "chroma"  # a fault in these files can crash the process, so every byte of them is read
_BLOCK = 1 << 16
_BLOCKS = 64  # of larger files that many blocks are read, evenly spread, the first and the last among them


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made of.

    ``revision`` is that of the library; ``papers`` counts all that can be found; ``files`` holds the size and
    the CRC-32 of each file. What stands on another generation names its number in ``base``, and the CRC-32 of
    that one's manifest in ``base_seal``. ``store`` is the URL of the server that holds the windows, empty
    where they lie in the folder.
    """

    number: int
    revision: int
    embedding: EmbeddingIdentity
    lexical: LexicalOptions
    papers: int
    files: dict[str, tuple[int, int]]
    base: int | None = None
    base_seal: int = 0
    store: str = ""
    format: int = FORMAT


def fingerprints(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and checksum of every file under a folder that never changes once written."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, _checksum(path, folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (NAME, _DATABASE) and not _unsettled(path)
    }


def publish(folder: Path, manifest: Manifest) -> None:
    """Bring all files of a generation to the disk, then its manifest."""
    for path in folder.rglob("*"):
        _sync(path)
    write_atomically(folder / NAME, json.dumps(asdict(manifest)))
    _sync(folder.parent)


def read(folder: Path) -> Manifest:
    """The manifest of a generation whose files are what it says.

    Raises:
        IndexUnavailable: it is missing, unreadable or of another format, or a file isn't what it was.
    """
    try:
        said = json.loads((folder / NAME).read_text())
        manifest = Manifest(
            **said
            | {
                "embedding": EmbeddingIdentity(**said["embedding"]),
                "lexical": LexicalOptions(**said["lexical"]),
                "files": {name: tuple(print_) for name, print_ in said["files"].items()},
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexUnavailable(f"Generation {folder.name} has no readable manifest: rebuild it.") from error
    if manifest.format != FORMAT or str(manifest.number) != folder.name:
        raise IndexUnavailable(f"Generation {folder.name} is of another format: rebuild it.")
    if fault := next(_faults(folder, manifest), ""):
        raise IndexUnavailable(f"Generation {folder.name} is damaged ({fault}): rebuild it.")
    return manifest


def stands_on(folder: Path) -> Path | None:
    """The folder of the generation that this one stands on, as far as it says, with nothing checked."""
    try:
        base = json.loads((folder / NAME).read_text())["base"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return folder.parent / str(base) if isinstance(base, int) else None


def write_atomically(path: Path, text: str) -> None:
    """Replace a file by a whole one: a reader, or a restart after a crash, finds the old or the new."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    for name, (size, checksum) in manifest.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif path.stat().st_size != size:
            yield f"{name} has {path.stat().st_size} bytes of {size}"
        elif _checksum(path, folder) != checksum:
            yield f"{name} was changed"
    if manifest.store or manifest.base is not None:
        return
    database = folder / _WHOLE / _DATABASE
    if not database.is_file():
        yield f"{_DATABASE} is missing"
    elif not _sound(database):
        yield f"{_DATABASE} is broken"


def _unsettled(path: Path) -> bool:
    """Whether Chroma writes the file anew at each opening: it keeps no graph of a single vector."""
    return path.with_name("length.bin").exists() and not path.with_name("index_metadata.pickle").exists()


def _checksum(path: Path, folder: Path) -> int:
    size = path.stat().st_size
    step = _BLOCK if path.is_relative_to(folder / _WHOLE) else max(_BLOCK, size // _BLOCKS)
    places = [*range(0, size, step), max(0, size - _BLOCK)]
    checksum = 0
    with path.open("rb", buffering=0) as file:
        for place in places:
            file.seek(place)
            checksum = zlib.crc32(file.read(_BLOCK), checksum)
    return checksum


def _sound(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(database)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
