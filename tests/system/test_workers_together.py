"""Two workers of one server: what is counted, and limited, is the server's and not a worker's."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest

from api.keys import KeyFile
from tests.fakes.process import server, until, workers

RATE = 60


@pytest.mark.slow
def test_a_rate_and_the_figures_are_of_all_workers_also_when_one_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeyFile(tmp_path / "api-keys.json")
    first, watcher = keys.add("first", "read"), keys.add("watcher", "read")
    monkeypatch.setenv("CITEWELL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CITEWELL_RATE_LIMIT", f"{RATE}/day")
    monkeypatch.setenv("CITEWELL_CHROMA_URL", "http://127.0.0.1:9")  # several workers need one; none is asked
    with server(arguments=("serve", "--port", "0", "--workers", "2")) as many:
        until(lambda: len(workers(many)) == 2)
        before = workers(many)
        met = Counter(call(many.url, first) for _ in range(RATE // 2))
        os.kill(before[0], signal.SIGKILL)
        until(lambda: len(set(workers(many)) - set(before)) == 1)
        met += Counter(call(many.url, first) for _ in range(RATE))
        shown = [figures(many.url, watcher) for _ in range(10)]
        status, _ = many.stop(signal.SIGTERM)
    assert status == 0
    assert met == {200: RATE, 429: RATE // 2}
    for figure in shown:
        assert figure['citewell_requests_total{method="GET",route="/v1/papers",status="200"}'] == RATE
        assert figure['citewell_refused_requests_total{reason="rate"}'] == RATE // 2
        assert figure["citewell_ready"] == 1
        assert figure["citewell_calls"] == 0
    assert len({figure["citewell_event_loop_lag_seconds_count"] for figure in shown}) < 4


def call(url: str, key: str) -> int:
    """On a connection of its own, so that any worker may take it."""
    with httpx.Client(timeout=60, verify=False) as client:  # noqa: S501  # no TLS; certificates take long to read
        return client.get(f"{url}/v1/papers", headers={"X-API-Key": key}).status_code


def figures(url: str, key: str) -> dict[str, float]:
    with httpx.Client(timeout=60, verify=False) as client:  # noqa: S501  # as above
        text = client.get(f"{url}/metrics", headers={"X-API-Key": key}).text
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}
