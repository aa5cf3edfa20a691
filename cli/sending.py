"""Files on their way to a running service: each a job there, waited for until it is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.wire.papers import IngestOut, JobOut, RejectionOut
from cli.source import Progress
from rag.corpus.files import files_of
from rag.errors import UnknownFormat

if TYPE_CHECKING:
    from cli.remote import Remote

_LOOK_S = 0.3  # how often a job is asked how far it is
_WAITING = ("queued", "running")


def send(remote: Remote, paths: Sequence[Path], format: str | None, on_progress: Progress) -> IngestOut:  # noqa: A002  # the option's name
    """Send files one by one, and say what was made of all of them.

    A file that the service knows no format for, or that can't be read, is reported as a rejection; the
    others are sent. What a file that fails has added by then stays.

    Args:
        remote: where to.
        paths: files and folders.
        format: of the files; found out there unless given.
        on_progress: told how many records were looked at; how many there will be is not known.

    Raises:
        InvalidInput: a path does not exist, the service has no such format, or a file is too large for it.
        CitewellError: the service fails.
    """
    whole = IngestOut(added=0, updated=0, unchanged=0, rejected=[])
    seen = 0
    for path in files_of(paths):
        try:
            job = remote.add(path, format)
            while job.state in _WAITING:
                time.sleep(_LOOK_S)
                job = remote.job(job.id)
                on_progress(seen + job.done, None)
        except UnknownFormat as error:
            if format is not None:  # no file is of it
                raise
            whole.rejected.append(RejectionOut(where=str(path), why=str(error)))
        except OSError as error:
            why = f"It can't be read: {error.strerror}."
            whole.rejected.append(RejectionOut(where=str(path), why=why))
        else:
            seen += job.done
            whole = _joined(whole, job)
    return whole


def _joined(whole: IngestOut, job: JobOut) -> IngestOut:
    return IngestOut(
        added=whole.added + job.added,
        updated=whole.updated + job.updated,
        unchanged=whole.unchanged + job.unchanged,
        rejected=[*whole.rejected, *job.rejected],
    )
