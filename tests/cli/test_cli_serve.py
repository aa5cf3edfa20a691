from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from api.backend import Opening
from cli.serve import fill
from tests.fakes.papers import PAPERS
from tests.fakes.process import ROOT, server
from tests.fakes.whole import WholeService

if TYPE_CHECKING:
    from rag.service import Service


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_answers_and_ends_well_on_a_signal(number: signal.Signals) -> None:
    with server() as running:
        assert running.ready_line.startswith("Ready: 3 papers, http://127.0.0.1:")
        asked = {"question": "How is attention made sparse?"}
        answer = httpx.post(f"{running.url}/v1/ask", json=asked, timeout=30)
        assert answer.json()["status"] == "answered"
        status, log = running.stop(number)
    assert status == 0
    assert "Traceback" not in log


def test_a_port_that_is_taken_is_a_one_line_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "tests.fakes.serve", "serve", "--port", port],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert ended.returncode == 1
    assert "CITEWELL_PORT" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_service_that_cannot_be_opened_ends_the_server_with_its_message() -> None:
    code = (
        "import sys; from cli.main import main; from cli.session import Session\n"
        "from rag.errors import LibraryLocked\n"
        "def fail(settings): raise LibraryLocked('Another process holds it; stop that one first.')\n"
        "sys.exit(main(['serve', '--port', '0'], Session(open_service=fail)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "Error: Another process holds it; stop that one first."
    assert "Traceback" not in ended.stderr


def test_an_empty_library_is_filled_with_the_bundled_papers_and_says_so() -> None:
    service, opening = WholeService(), Opening()
    fill(cast("Service", service), opening)
    assert len(service.stored) == 214
    assert "bundled papers are being added" in opening.doing


def test_a_library_that_holds_papers_is_left_as_it_is() -> None:
    service = WholeService(PAPERS)
    fill(cast("Service", service), Opening())
    assert len(service.stored) == 3


def test_filling_stops_when_nobody_waits_any_more() -> None:
    service, opening = WholeService(), Opening()
    opening.cancelled.set()
    fill(cast("Service", service), opening)
    assert not service.stored
