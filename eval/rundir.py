"""A finished run, read back from its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from eval.parameters import PARAMETERS, Parameters
from eval.records import CASES, TIMINGS, Record, Timing, read_records, read_timings
from eval.run import SUMMARY, TITLES
from eval.summary import Summary
from rag.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Run:
    """The parts of a run."""

    name: str
    parameters: Parameters
    records: tuple[Record, ...]
    timings: tuple[Timing, ...]
    summary: Summary
    titles: dict[str, str]


def read_run(folder: Path) -> Run:
    """The run in a folder.

    Raises:
        NotFound: it has no finished run.
        InvalidInput: a file of it is malformed.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no run {folder}: `citewell eval run SUITE --out {folder}` makes one.")
    for name in (PARAMETERS, CASES, TITLES, SUMMARY):
        if not (folder / name).is_file():
            raise NotFound(f"{folder} holds no finished run ({name} is missing); finish it with --resume.")
    try:
        parameters = Parameters.model_validate_json((folder / PARAMETERS).read_text(encoding="utf-8"))
        summary = Summary.model_validate_json((folder / SUMMARY).read_text(encoding="utf-8"))
        timings = read_timings(folder / TIMINGS)
        titles = json.loads((folder / TITLES).read_text(encoding="utf-8"))
    except ValidationError as error:
        raise InvalidInput(f"{folder} holds a run of another version: {error.errors()[0]['msg']}.") from error
    return Run(folder.name, parameters, read_records(folder / CASES), timings, summary, titles)
