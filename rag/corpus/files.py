"""The files that paths name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.errors import InvalidInput


def files_of(paths: Sequence[Path], without: Path | None = None) -> list[Path]:
    """The files that paths name, those of folders sorted and hidden ones left out.

    Args:
        paths: files and folders.
        without: a folder in them to leave out: papers are not read from where they are stored.

    Raises:
        InvalidInput: a path does not exist.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file())
            files += [p for p in inside if not _is_hidden(p.relative_to(path)) and not _lies_in(p, without)]
        elif path.exists():
            files.append(path)
        else:
            raise InvalidInput(f"There is no file {str(path)!r}: check the path.", field="paths")
    return files


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _lies_in(path: Path, folder: Path | None) -> bool:
    return folder is not None and path.resolve().is_relative_to(folder.resolve())
