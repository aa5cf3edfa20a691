"""Two workers over one library and a Chroma server: what clients see while parts of it die and come back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.settings import load_settings
from rag.wiring import open_service
from tests.fakes.chroma import Chroma
from tests.fakes.embedding import WordHashEmbedding
from tests.fakes.process import ROOT, Server, server, until, workers
from tests.system.killing import own_word

REAL = "tests.fakes.serve_real"


def papers(numbers: range) -> list[dict[str, str]]:
    return [
        {
            "id": f"p{number}",
            "title": f"On {own_word(number)}",
            "abstract": f"We study {own_word(number)} at length. The results hold.",
        }
        for number in numbers
    ]


def call(method: str, url: str, **sent: Any) -> httpx.Response:
    """A request on a connection of its own, so that any worker may take it."""
    with httpx.Client(timeout=120, verify=False) as client:  # noqa: S501  # no TLS; certificates take long to read
        return client.request(method, url, **sent)


def add(url: str, records: list[dict[str, str]]) -> str:
    response = call("post", f"{url}/v1/papers", json=records)
    assert response.status_code == 202, response.text
    return str(response.headers["location"])


def ended(url: str, place: str) -> dict[str, Any]:
    while True:
        job: dict[str, Any] = call("get", url + place).json()
        if job["state"] not in ("queued", "running"):
            return job
        time.sleep(0.1)


def found(url: str, number: int) -> dict[str, Any]:
    response = call(
        "post", f"{url}/v1/search", json={"query": f"On {own_word(number)}", "top_k": 1}, timeout=60
    )
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return [result["paper_id"] for result in body["results"]]


@dataclass
class Clients:
    """Several clients that search without a pause, and what they met."""

    url: str
    broken: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    answered: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=120, verify=False) as client:  # noqa: S501  # as above
            asked = {"query": f"On {own_word(7)}", "top_k": 3}
            while not self._done.is_set():
                try:
                    response = client.post("/v1/search", json=asked)
                except httpx.TransportError as error:
                    self.broken.append(repr(error))
                    continue
                if response.status_code != 200 or ids(response.json())[0] != "p7":
                    self.wrong.append(response.text[:300])
                self.answered += 1

    @contextmanager
    def at_work(self, count: int) -> Iterator[None]:
        threads = [threading.Thread(target=self.run) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._done.set()
            for thread in threads:
                thread.join()


@pytest.mark.slow
def test_two_workers_while_one_dies_and_the_store_goes_and_comes_back(
    tmp_path: Path, chroma: Chroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWELL_CHROMA_URL", chroma.url)
    monkeypatch.setenv("CITEWELL_DATA_DIR", str(tmp_path / "data"))
    with server(REAL, ("serve", "--port", "0", "--workers", "2")) as many:
        assert ended(many.url, add(many.url, papers(range(20))))["added"] == 20
        dies_under_load(many)
        changes_are_seen_by_all(many.url)
        beside_another_process(monkeypatch)
        without_the_store(many.url, chroma)
        status, _ = many.stop(signal.SIGTERM)
    assert status == 0


def dies_under_load(many: Server) -> None:
    until(lambda: len(workers(many)) == 2)
    before = workers(many)
    clients = Clients(many.url)
    with clients.at_work(4):
        until(lambda: clients.answered > 20)
        place = add(many.url, papers(range(20, 200)))
        until(lambda: call("get", many.url + place).json()["state"] != "queued")
        os.kill(before[0], signal.SIGKILL)
        until(lambda: len(set(workers(many)) - set(before)) == 1)
        job = ended(many.url, place)
        answered = clients.answered
        until(lambda: clients.answered > answered + 20)
    assert clients.wrong == []
    assert len(clients.broken) <= 4, "only what the dead worker was asked at that moment may break"
    assert (job["state"], job["added"], job["unchanged"]) == ("succeeded", 180, 0)


def changes_are_seen_by_all(url: str) -> None:
    """What was acknowledged is seen at once on every connection, whichever worker takes it."""
    assert ended(url, add(url, papers(range(200, 201))))["added"] == 1
    assert all(ids(found(url, 200)) == ["p200"] for _ in range(10))
    assert call("delete", f"{url}/v1/papers/p200").status_code == 204
    assert not any("p200" in ids(found(url, 200)) for _ in range(10))
    assert {call("get", f"{url}/v1/papers/p200").status_code for _ in range(5)} == {404}


def beside_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line shares the library where it names the same store, and is told how where it doesn't."""
    beside = run("status")
    assert beside.returncode == 0, beside.stderr
    assert "200" in beside.stdout
    with monkeypatch.context() as without:
        without.delenv("CITEWELL_CHROMA_URL")
        refused = run("status")
    assert refused.returncode == 1
    assert "CITEWELL_CHROMA_URL=http://" in refused.stderr


def without_the_store(url: str, chroma: Chroma) -> None:
    chroma.stop()
    body = found(url, 3)
    assert ids(body) == ["p3"]
    assert body["degraded"] == ["dense"]
    assert call("delete", f"{url}/v1/papers/p4").status_code == 204
    assert "p4" not in ids(found(url, 4))
    assert ended(url, add(url, papers(range(300, 301))))["added"] == 1
    assert ids(found(url, 300)) == ["p300"], "a small change needs no store"
    place = add(url, papers(range(301, 421)))  # so many that all is written anew
    until(lambda: (call("get", url + place).json()["error"] or {}).get("status") == 503)
    assert call("get", f"{url}/v1/papers/p420").status_code == 200
    assert call("get", f"{url}/readyz").status_code == 200
    chroma.start()
    assert ended(url, place)["added"] == 120
    until(lambda: found(url, 3)["degraded"] == [])
    assert all(ids(found(url, 420)) == ["p420"] for _ in range(5))


def run(*arguments: str, **limits: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", REAL, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        **limits,
    )


def test_several_workers_on_an_embedded_store_are_refused(tmp_path: Path) -> None:
    refused = run("--data-dir", str(tmp_path), "serve", "--port", "0", "--workers", "2")
    assert refused.returncode == 1
    assert "chroma run" in refused.stderr
    assert "CITEWELL_CHROMA_URL" in refused.stderr


@pytest.mark.slow
def test_a_full_disk_fails_cleanly_and_the_old_index_serves(tmp_path: Path) -> None:
    import json
    import resource

    (tmp_path / "papers.jsonl").write_text("\n".join(map(json.dumps, papers(range(300)))))
    settings = load_settings(data_dir=tmp_path / "data")
    service = open_service(settings, WordHashEmbedding())
    service.ingest([tmp_path / "papers.jsonl"])
    service.close()
    (tmp_path / "more.jsonl").write_text("\n".join(map(json.dumps, papers(range(300, 900)))))
    size = (tmp_path / "data" / "library.sqlite3").stat().st_size

    def full() -> None:  # no file may grow past this: what a write gets from a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 65_536, size + 65_536))

    more = ("--data-dir", str(tmp_path / "data"), "ingest", str(tmp_path / "more.jsonl"))
    failed = run(*more, preexec_fn=full)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert "space" in failed.stderr
    service = open_service(settings, WordHashEmbedding())
    assert service.search(f"On {own_word(7)}", top_k=1).hits[0].paper.id == "p7"
    service.ingest([tmp_path / "more.jsonl"])
    assert service.status().papers == 900
    assert service.search(f"On {own_word(777)}", top_k=1).hits[0].paper.id == "p777"
    service.close()
