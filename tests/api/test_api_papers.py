from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest

from api.jobs import Jobs, Watch, Work
from api.spool import Job, Order, Spool
from data import bundled_papers
from rag.errors import NotFound, NotReady, StoreUnavailable
from rag.settings import load_settings
from rag.types import IngestReport
from tests.fakes.app import app_over, running
from tests.fakes.papers import PARSING, SPARSE
from tests.fakes.whole import WholeService


async def ended(client: httpx.AsyncClient, response: httpx.Response) -> dict[str, Any]:
    """The job that a response speaks of, once it has ended."""
    assert response.status_code == 202, response.text
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    while True:
        job: dict[str, Any] = (await client.get(response.headers["location"])).json()
        if job["state"] not in ("queued", "running"):
            return job
        await asyncio.sleep(0.005)


async def test_pages_hold_every_paper_once(client: httpx.AsyncClient) -> None:
    ids, cursor = [], None
    while True:
        page = (
            await client.get("/v1/papers", params={"limit": 1, **({"cursor": cursor} if cursor else {})})
        ).json()
        ids += [paper["id"] for paper in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert ids == sorted(ids)
    assert len(ids) == 3


async def test_a_word_narrows_the_list(client: httpx.AsyncClient) -> None:
    page = (await client.get("/v1/papers", params={"q": "PARSING"})).json()
    assert [paper["id"] for paper in page["items"]] == ["parsing"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "9" * 5000, "1.5", ""])
async def test_a_bad_limit_is_refused(client: httpx.AsyncClient, limit: str) -> None:
    response = await client.get("/v1/papers", params={"limit": limit})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("address", ["10.1000/sparse.1", "10.1000%2Fsparse.1"])
async def test_an_id_may_hold_a_slash(client: httpx.AsyncClient, address: str) -> None:
    body = (await client.get(f"/v1/papers/{address}")).json()
    assert body["id"] == SPARSE.id
    assert body["abstract"] == SPARSE.abstract
    assert body["source"] == "first.txt"


async def test_two_sources_are_both_told(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/papers/parsing")).json()
    assert body["sources"] == list(PARSING.sources)


async def test_a_removed_paper_is_in_no_later_answer(client: httpx.AsyncClient) -> None:
    asked = {"question": "How is attention made sparse?"}
    assert (await client.post("/v1/ask", json=asked)).json()["status"] == "answered"
    assert (await client.delete(f"/v1/papers/{SPARSE.id}")).status_code == 204
    assert (await client.post("/v1/ask", json=asked)).json()["status"] == "insufficient_evidence"
    assert (await client.get(f"/v1/papers/{SPARSE.id}")).status_code == 404
    assert (await client.delete(f"/v1/papers/{SPARSE.id}")).status_code == 404


async def test_a_list_is_added_and_its_bad_records_are_named(client: httpx.AsyncClient) -> None:
    records: list[object] = [
        {"title": "Tokens", "abstract": "Tokens are cut.", "year": 2020},
        {"title": "No abstract"},
        7,
        {"id": "parsing", "title": PARSING.title, "abstract": "Changed words."},
    ]
    job = await ended(client, await client.post("/v1/papers", json=records))
    assert (job["state"], job["added"], job["updated"], job["unchanged"]) == ("succeeded", 1, 1, 0)
    assert (job["done"], job["total"]) == (4, 4)
    assert [rejection["where"] for rejection in job["rejected"]] == ["body:2:abstract", "body:3"]
    assert all(rejection["why"] for rejection in job["rejected"])
    assert (await client.get("/v1/papers/parsing")).json()["abstract"] == "Changed words."


async def test_an_uploaded_file_is_read_in_whatever_format(client: httpx.AsyncClient) -> None:
    page = bundled_papers()[0]
    job = await ended(client, await client.post("/v1/papers", files={"file": (page.name, page.read_bytes())}))
    assert job["state"] == "succeeded"
    assert job["added"] > 100
    lines = b'{"title": "Tokens", "abstract": "Tokens are cut."}\n{"title": 3}\n'
    job = await ended(client, await client.post("/v1/papers", files={"file": ("more.jsonl", lines)}))
    assert job["added"] == 1
    assert [rejection["where"] for rejection in job["rejected"]] == ["more.jsonl:2:title"]


@pytest.mark.parametrize(
    "data",
    [
        b"@article{k, title={Tokens}, abstract={Tokens are cut.}, author={Owen, Bo}, year=2021}",
        b"TY  - JOUR\nTI  - Tokens\nAB  - Tokens are cut.\nAU  - Owen, Bo\nPY  - 2021\nER  -\n",
        b"PMID- 7\nTI  - Tokens\nAB  - Tokens are cut.\nFAU - Owen, Bo\nDP  - 2021 May\n",
        b'Title,Abstract,Author,Year\nTokens,Tokens are cut.,"Owen, Bo",2021\n',
        b'[{"title": "Tokens", "abstract": "Tokens are cut.", "year": 2021,'
        b' "author": [{"given": "Bo", "family": "Owen"}]}]',
    ],
)
async def test_exports_of_other_programs_are_read(client: httpx.AsyncClient, data: bytes) -> None:
    job = await ended(client, await client.post("/v1/papers", files={"file": ("upload", data)}))
    assert (job["state"], job["added"], job["rejected"]) == ("succeeded", 1, [])
    (paper,) = (await client.get("/v1/papers", params={"q": "tokens"})).json()["items"]
    assert (paper["title"], paper["abstract"]) == ("Tokens", "Tokens are cut.")
    assert (paper["authors"], paper["year"]) == (["Bo Owen"], 2021)


async def test_a_named_format_is_taken(client: httpx.AsyncClient) -> None:
    lines = b'{"title": "Tokens", "abstract": "Tokens are cut."}\n'
    files = {"file": ("odd.bin", lines)}
    job = await ended(client, await client.post("/v1/papers", files=files, data={"format": "jsonl"}))
    assert job["added"] == 1


@pytest.mark.parametrize(
    ("request_parts", "kind"),
    [
        ({"files": {"file": ("x.jpg", b"\xff\xd8\xff\xe0\0\0")}}, "unknown-format"),
        ({"files": {"file": ("x.jsonl", b"{}")}, "data": {"format": "nosuch"}}, "unknown-format"),
        ({"files": {"other": ("x.jsonl", b"{}")}}, "invalid-input"),
        ({"json": {"title": "x", "abstract": "y"}}, "invalid-input"),
        ({"json": "text"}, "invalid-input"),
        ({"content": b"", "headers": {"content-type": "application/json"}}, "invalid-input"),
        ({"content": b"[NaN]", "headers": {"content-type": "application/json"}}, "invalid-input"),
        ({"content": b"[]", "headers": {"content-type": "text/plain"}}, "invalid-input"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, "invalid-input"),
        ({"content": b""}, "invalid-input"),
    ],
)
async def test_a_request_that_brings_no_papers_is_refused_at_once(
    client: httpx.AsyncClient, request_parts: dict[str, Any], kind: str
) -> None:
    response = await client.post("/v1/papers", **request_parts)
    assert response.status_code == 422
    assert response.json()["type"].endswith(kind)


async def test_a_job_that_fails_says_why(client: httpx.AsyncClient, service: WholeService) -> None:
    def refuse(*_: object, **__: object) -> IngestReport:
        raise NotReady("The disk is away; bring it back.")

    service.ingest_papers = refuse  # type: ignore[method-assign]
    job = await ended(client, await client.post("/v1/papers", json=[]))
    assert job["state"] == "failed"
    assert job["error"]["detail"] == "The disk is away; bring it back."


async def test_a_defect_in_a_job_shows_no_insides(client: httpx.AsyncClient, service: WholeService) -> None:
    def break_down(*_: object, **__: object) -> IngestReport:
        raise KeyError("secret")

    service.ingest_papers = break_down  # type: ignore[method-assign]
    job = await ended(client, await client.post("/v1/papers", json=[]))
    assert job["error"]["status"] == 500
    assert "secret" not in json.dumps(job)


async def test_an_unknown_job_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/jobs/none")).status_code == 404


async def test_questions_are_answered_while_papers_are_added(service: WholeService) -> None:
    hold = threading.Event()

    def slow(*_: object, **__: object) -> IngestReport:
        hold.wait(60)
        return IngestReport(added=1)

    service.ingest_papers = slow  # type: ignore[method-assign]
    async with running(app_over(service)) as client:
        response = await client.post("/v1/papers", json=[])
        answer = await client.post("/v1/ask", json={"question": "How is attention made sparse?"})
        assert answer.json()["status"] == "answered"
        hold.set()
        assert (await ended(client, response))["added"] == 1


async def test_a_disk_that_is_full_is_told_at_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("api.spool.os.fsync", full)
    response = await client.post("/v1/papers", json=[])
    assert response.status_code == 507
    assert response.json()["type"].endswith("disk-full")


def submitted(jobs: Jobs) -> str:
    return jobs.submit(Order(), BytesIO(b"[]")).id


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.002)


def is_at(jobs: Jobs, job_id: str, state: str) -> Callable[[], bool]:
    return lambda: jobs.get(job_id).state == state


@contextmanager
def worker(folder: Path, work: Work, **bounds: int) -> Iterator[Jobs]:
    jobs = Jobs(folder, work, **bounds)  # type: ignore[arg-type]  # the bounds are whole numbers
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.stop()


def test_too_many_waiting_jobs_are_refused(tmp_path: Path) -> None:
    hold = threading.Event()

    def wait(*_: object) -> IngestReport:
        hold.wait(60)
        return IngestReport()

    with worker(tmp_path, wait, queued=2) as jobs:
        until(is_at(jobs, submitted(jobs), "running"))
        for _ in range(2):
            submitted(jobs)
        with pytest.raises(NotReady):
            submitted(jobs)
        hold.set()


def test_the_oldest_jobs_are_forgotten(tmp_path: Path) -> None:
    known = []
    with worker(tmp_path, lambda *_: IngestReport(), kept=1) as jobs:
        for _ in range(3):
            known.append(submitted(jobs))
            until(is_at(jobs, known[-1], "succeeded"))
        with pytest.raises(NotFound):
            jobs.get(known[0])
        assert [jobs.get(job_id).state for job_id in known[1:]] == ["succeeded", "succeeded"]


def test_a_job_that_is_cut_off_by_a_stop_goes_on_at_the_next_start(tmp_path: Path) -> None:
    began = threading.Event()

    def work(_: Job, body: BinaryIO, watch: Watch) -> IngestReport:
        assert body.read() == b"[]"
        watch.progress(1, 2)
        began.set()
        until(watch.cancelled)
        return IngestReport(added=1)

    with worker(tmp_path, work) as jobs:
        job_id = submitted(jobs)
        assert began.wait(60)
    assert (jobs.get(job_id).state, jobs.get(job_id).done) == ("queued", 1)
    with worker(tmp_path, lambda *_: IngestReport(added=2)) as later:
        until(lambda: later.waiting() == 0)
        assert (later.get(job_id).state, later.get(job_id).report.added) == ("succeeded", 2)


def test_a_job_that_has_ended_is_not_done_again_whoever_died_of_it(tmp_path: Path) -> None:
    ended = Job(state="succeeded", report=IngestReport(added=1))
    Spool(tmp_path).add(ended, BytesIO(b"[]"))  # what it brought is still there
    with worker(tmp_path, lambda *_: IngestReport(added=2)) as jobs:
        until(lambda: jobs.waiting() == 0)
        assert jobs.get(ended.id) == ended


def test_one_worker_is_at_it_and_all_can_tell(tmp_path: Path) -> None:
    at_once, most = 0, 0

    def work(*_: object) -> IngestReport:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.02)
        at_once -= 1
        return IngestReport(added=1)

    with worker(tmp_path, work) as one, worker(tmp_path, work) as other:
        known = [submitted(jobs) for jobs in (one, other, one, other)]
        for jobs in (one, other):
            for job_id in known:
                until(is_at(jobs, job_id, "succeeded"))
    assert most == 1


def test_a_job_that_workers_die_of_is_given_up(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    job = Job(state="running", tries=3, request_id="mine")
    spool.add(job, BytesIO(b"[]"))
    with worker(tmp_path, lambda *_: IngestReport()) as jobs:
        until(is_at(jobs, job.id, "failed"))
        problem = jobs.get(job.id).error
    assert problem is not None
    assert "died 3 times" in problem.detail
    assert problem.request_id == "mine"


def test_a_job_waits_for_a_store_that_is_away(tmp_path: Path) -> None:
    away = [StoreUnavailable("It is away."), StoreUnavailable("Still.")]

    def work(*_: object) -> IngestReport:
        if away:
            raise away.pop()
        return IngestReport(unchanged=1)

    with worker(tmp_path, work) as jobs:
        job_id = submitted(jobs)
        until(lambda: jobs.get(job_id).error is not None)
        assert jobs.get(job_id).state in ("queued", "running")
        until(is_at(jobs, job_id, "succeeded"))
        assert jobs.get(job_id).error is None


def test_an_upload_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))

    async def add() -> None:
        async with running(app_over(WholeService())) as client:
            line = b'{"title": "Tokens", "abstract": "Tokens are cut."}\n'
            files = {"file": ("more.jsonl", line + b" " * 1_100_000)}  # more than is held in memory
            job = await ended(client, await client.post("/v1/papers", files=files))
            assert job["added"] == 1

    asyncio.run(add())
    assert list((tmp_path / "temp").iterdir()) == []
    kept = sorted(path.suffix for path in (load_settings().data_dir / "jobs").iterdir())
    assert kept == ["", ".json"]  # the lock, and how the job ended
