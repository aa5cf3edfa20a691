"""Files of JSON lines, read strictly: every fault named at once, as ``file:line``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from rag.errors import InvalidInput, NotFound

Row = TypeVar("Row", bound=BaseModel)

SHOWN = 50


def read_lines(path: Path, model: type[Row]) -> tuple[tuple[int, Row], ...]:
    """Every row of a file with its line number; blank lines don't count.

    Raises:
        NotFound: there is no such file.
        InvalidInput: some lines are no rows of that kind; names each fault (the first fifty).
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}; give a file of JSON lines.")
    rows: list[tuple[int, Row]] = []
    faults: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append((number, model.model_validate(json.loads(line))))
        except ValueError as error:
            faults.extend(f"{path.name}:{number}: {why}" for why in _reasons(error))
    refuse(path, faults)
    return tuple(rows)


def refuse(path: Path, faults: list[str]) -> None:
    """Raises ``InvalidInput`` with the faults, where there are any."""
    if faults:
        more = f"\n... and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        listed = "\n".join(faults[:SHOWN]) + more
        raise InvalidInput(f"{path} has {len(faults)} faults; mend them:\n{listed}", field="suite")


def _reasons(error: ValueError) -> Iterator[str]:
    if not isinstance(error, ValidationError):
        yield str(error)
        return
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"])
        yield f"{place}: {fault['msg']}" if place else fault["msg"]
