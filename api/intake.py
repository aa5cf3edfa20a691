"""A request that brings papers, as a job. A request that is wrong as a whole is refused at once."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from typing import BinaryIO, NoReturn

from fastapi import Request
from starlette.datastructures import UploadFile

from api.backend import Backend
from api.errors import not_json
from api.jobs import Jobs, Watch, Work
from api.spool import Job, Order
from rag.corpus import paper_from_record, read_papers
from rag.errors import InvalidInput
from rag.types import IngestReport

SOURCE = "api"
"""What ``Paper.sources`` holds for a paper of a JSON list that names none."""


async def job_of(request: Request, jobs: Jobs) -> Job:
    """The job that a request asks for, queued.

    Raises:
        InvalidInput: the body is neither a JSON list nor a form with a file that some reader knows.
        NotReady: too many jobs wait already.
        DiskFull: there is no room for it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _upload(request, jobs)
    if kind == "application/json":
        body = await request.body()
        return await asyncio.to_thread(_list, body, jobs)
    raise InvalidInput(
        "Send a JSON list as application/json, or a file as multipart/form-data.", field="content-type"
    )


def adding_to(backend: Backend) -> Work:
    """What adds the papers of an order to the service behind."""

    def work(job: Job, body: BinaryIO, watch: Watch) -> IngestReport:
        order = job.order
        if order.name:
            items = read_papers(body, name=order.name, format=order.format)
        else:
            items = (
                paper_from_record(record, f"body:{number}", source=SOURCE)
                for number, record in enumerate(_parsed(body.read()), start=1)
            )
        return backend.service.ingest_papers(
            items,
            on_progress=lambda done, known: watch.progress(done, known or order.total),
            cancelled=watch.cancelled,
            run_id=job.id,
        )

    return work


def _list(body: bytes, jobs: Jobs) -> Job:
    return jobs.submit(Order(total=len(_parsed(body))), BytesIO(body))


def _parsed(body: bytes) -> list[object]:
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(not_json(error), field="body") from error
    if not isinstance(value, list):
        raise InvalidInput("Send a JSON list of papers.", field="body")
    return value


def _no_constant(name: str) -> NoReturn:
    raise InvalidInput(f"The body is not JSON: {name} is none.", field="body")


async def _upload(request: Request, jobs: Jobs) -> Job:
    async with request.form(max_files=1, max_fields=10) as form:
        upload, named = form.get("file"), form.get("format")
        if not isinstance(upload, UploadFile):
            raise InvalidInput("Send the file in the form field 'file'.", field="file")
        order = Order(upload.filename or "upload", named if isinstance(named, str) and named else None)
        return await asyncio.to_thread(_kept, order, upload.file, jobs)


def _kept(order: Order, file: BinaryIO, jobs: Jobs) -> Job:
    read_papers(file, name=order.name, format=order.format)  # refuses what no reader knows; reads no further
    file.seek(0)
    return jobs.submit(order, file)
