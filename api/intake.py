"""A request that brings papers, as work for a job. A request that is wrong as a whole is refused at once."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, NoReturn, cast

from fastapi import Request
from starlette.datastructures import UploadFile

from api.backend import Backend
from api.jobs import Watch, Work
from rag.corpus import paper_from_record, read_papers
from rag.errors import InvalidInput
from rag.types import IngestReport, Paper, Rejection

Items = Iterator[Paper | Rejection]

SOURCE = "api"
"""What ``Paper.sources`` holds for a paper of a JSON list that names none."""


async def work_of(request: Request, backend: Backend) -> Work:
    """The work that a request asks for.

    Raises:
        InvalidInput: the body is neither a JSON list nor a form with a file that some reader knows.
        NotReady: the service is not open yet.
    """
    _ = backend.service
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _upload(request, backend)
    if kind == "application/json":
        return await _list(request, backend)
    raise InvalidInput(
        "Send a JSON list as application/json, or a file as multipart/form-data.", field="content-type"
    )


async def _list(request: Request, backend: Backend) -> Work:
    records = await asyncio.to_thread(_parsed, await request.body())

    def work(watch: Watch) -> IngestReport:
        items = (
            paper_from_record(record, f"body:{number}", source=SOURCE)
            for number, record in enumerate(records, start=1)
        )
        return _ingest(backend, items, watch, len(records))

    return work


def _parsed(body: bytes) -> list[object]:
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The body is not JSON, or too deeply nested.", field="body") from error
    if not isinstance(value, list):
        raise InvalidInput("Send a JSON list of papers.", field="body")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


async def _upload(request: Request, backend: Backend) -> Work:
    async with request.form(max_files=1, max_fields=10) as form:
        upload, named = form.get("file"), form.get("format")
        if not isinstance(upload, UploadFile):
            raise InvalidInput("Send the file in the form field 'file'.", field="file")
        name = upload.filename or "upload"
        file = await asyncio.to_thread(_kept, upload.file)
    try:
        items = await asyncio.to_thread(
            read_papers, file, name=name, format=named if isinstance(named, str) and named else None
        )
    except BaseException:
        file.close()
        raise

    def work(watch: Watch) -> IngestReport:
        with file:
            return _ingest(backend, items, watch, None)

    return work


def _kept(upload: BinaryIO) -> BinaryIO:
    """A copy that outlives the request; it has no name, and is gone when it is closed or the process ends."""
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  # closed by the work that reads it
    shutil.copyfileobj(upload, file)
    file.seek(0)
    return file


def _ingest(backend: Backend, items: Items, watch: Watch, total: int | None) -> IngestReport:
    if watch.cancelled():
        return IngestReport()
    return backend.service.ingest_papers(
        items,
        on_progress=lambda done, known: watch.progress(done, known or total),
        cancelled=watch.cancelled,
    )
