from __future__ import annotations

import io
import json
import logging
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import logs
from api.keys import KeyFile
from rag.errors import ModelFailed
from rag.settings import load_settings
from tests.fakes.app import app_over, served
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

PRIVATE = "quetzalcoatl"
"""Stands in everything that is asked, and must stand in no log."""


def asked_of(url: str, key: str, service: WholeService) -> None:
    """Everything that can be asked, well and badly, with the private word in it."""
    question = f"What is {PRIVATE}?"
    bodies: list[Any] = [
        {"question": question},
        {"question": question, "stream": True},
        {"question": question, "top_k": PRIVATE},
        {"question": question, PRIVATE: 1},
        {"question": question, "history": [{"role": "user", "content": PRIVATE}]},
        {"query": question, "filters": {"authors": [PRIVATE]}},
        [{"title": PRIVATE, "abstract": PRIVATE}, {"id": PRIVATE}, PRIVATE],
        PRIVATE,
    ]
    failures = [ValueError(question), ModelFailed(question), None]
    with httpx.Client(base_url=url, headers={"X-API-Key": key}, timeout=60) as client:
        for failure in failures:
            service.before_call = lambda failure=failure: failing(failure)  # type: ignore[misc]
            for path in ("/v1/ask", "/v1/search", "/v1/papers", "/v1/chat/completions", f"/v1/{PRIVATE}"):
                for body in bodies:
                    client.post(path, json=body)
                client.post(path, content=f'{{"question": "{PRIVATE}'.encode())
                client.post(path, files={"file": (f"{PRIVATE}.txt", PRIVATE.encode())})
            for name in ("ask_papers", "search_papers", "get_paper", PRIVATE):
                arguments = {"question": question, "query": question, "paper_id": PRIVATE}
                call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
                body = call | {"params": {"name": name, "arguments": arguments}}
                client.post("/mcp", json=body, headers={"Accept": "application/json, text/event-stream"})
                client.post("/mcp", json=body)
            for method in ("GET", "DELETE", "OPTIONS", "PUT"):
                for path in (
                    f"/v1/papers/{PRIVATE}",
                    f"/v1/papers?q={PRIVATE}&cursor={PRIVATE}",
                    f"/?{PRIVATE}",
                ):
                    client.request(method, path, headers={"Referer": f"http://{PRIVATE}.example"})
            client.get("/v1/papers", headers={"Authorization": f"Bearer {PRIVATE}", "X-API-Key": PRIVATE})
            client.get("/v1/papers", headers={"X-Request-ID": f"{PRIVATE} with a space"})
        while "\ncitewell_jobs 0" not in client.get("/metrics").text:
            time.sleep(0.02)


def failing(failure: Exception | None) -> None:
    if failure is not None:
        try:
            raise KeyError(PRIVATE)
        except KeyError as cause:
            raise failure from cause


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_log_holds_what_was_asked_or_a_key(log_format: str, tmp_path: Path) -> None:
    key = KeyFile(tmp_path / "api-keys.json").add("lab", "write")
    settings = load_settings(data_dir=tmp_path, log_level="debug", log_format=log_format, rate_limit="off")
    service, log = WholeService(PAPERS), io.StringIO()
    with logs.writing(settings, log), served(app_over(service, settings)) as url:
        asked_of(url, key, service)
    written = log.getvalue()
    assert PRIVATE not in written.lower()
    assert key not in written
    assert "ValueError" in written
    assert "KeyError" in written
    assert "test_api_logs.py" in written  # where it happened
    assert ('"key": "lab"' if log_format == "json" else " key=lab") in written
    assert ('"refused": "wrong_key"' if log_format == "json" else "GET refused 401") in written


def test_every_line_of_a_request_has_its_id_in_whatever_thread(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, log_format="json")
    service, log = WholeService(PAPERS), io.StringIO()
    service.before_call = lambda: logging.getLogger("rag.deep").info("at work")
    with logs.writing(settings, log), served(app_over(service, settings)) as url:
        for path, name in (("/v1/ask", "question"), ("/v1/search", "query")):
            headers = {"X-Request-ID": f"mine{path}".replace("/", "-")}
            body = {name: "How is attention made sparse?"}
            response = httpx.post(f"{url}{path}", json=body, headers=headers, timeout=60)
            assert response.headers["x-request-id"] == headers["X-Request-ID"]
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    for request_id in ("mine-v1-ask", "mine-v1-search"):
        of_it = [line for line in lines if line.get("request_id") == request_id]
        assert [line["message"] for line in of_it if line["logger"] == "rag.deep"] == ["at work"]
        (end,) = (line for line in of_it if line["logger"] == "citewell.api")
        assert (end["method"], end["status"]) == ("POST", 200)
        assert end["route"].startswith("/v1/")
        assert end["ms"] > 0


def test_a_line_of_text_stays_one_line() -> None:
    log = io.StringIO()
    with logs.writing(load_settings(), log):
        logging.getLogger("citewell.api").info("%s", "one\nERROR forged\r\x1b[31m\u2028\x85line")
    assert log.getvalue().count("\n") == 1
    assert len(log.getvalue().splitlines()) == 1
    assert "\x1b" not in log.getvalue()


def test_libraries_are_heard_from_warnings_on() -> None:
    log = io.StringIO()
    with logs.writing(load_settings(log_level="debug"), log):
        logging.getLogger("httpx").info("GET http://elsewhere/?q=asked")
        logging.getLogger("rag.index").debug("ours")
        logging.getLogger("chromadb").warning("theirs")
    assert [line.split()[2] for line in log.getvalue().splitlines()] == ["rag.index", "chromadb"]


def test_how_the_process_logs_is_put_back() -> None:
    root, ours = logging.getLogger(), logging.getLogger("rag")
    before = root.handlers[:], root.level, ours.level
    with logs.writing(load_settings(log_level="debug"), io.StringIO()):
        pass
    assert (root.handlers[:], root.level, ours.level) == before
