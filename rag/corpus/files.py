"""The files that paths name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.errors import InvalidInput


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that paths name, those of folders sorted and hidden ones left out.

    Raises:
        InvalidInput: a path does not exist.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file())
            files += [
                p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts)
            ]
        elif path.exists():
            files.append(path)
        else:
            raise InvalidInput(f"There is no file {str(path)!r}: check the path.", field="paths")
    return files
