from __future__ import annotations

import signal
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from api.wire.openai_error import speaks_openai
from tests.fakes.hostile import Hostile, requests
from tests.fakes.process import server

EVERY = list(requests())


def fault_of(sent: Hostile, response: httpx.Response) -> str:
    """What is wrong with a response; empty where it is as it should be."""
    if response.status_code >= 500:
        return f"{sent.label}: {response.status_code} {response.text[:200]}"
    if "Traceback" in response.text:
        return f"{sent.label}: shows a traceback"
    if response.status_code >= 400 and sent.method != "HEAD":
        kind = response.headers.get("content-type")
        openai = speaks_openai(sent.path)
        if kind != ("application/json" if openai else "application/problem+json"):
            return f"{sent.label}: {response.status_code} as {kind}"
        if not openai and response.json()["status"] != response.status_code:
            return f"{sent.label}: {response.status_code} as {response.json()['status']}"
    return ""


async def test_nothing_hostile_breaks_a_route(client: httpx.AsyncClient) -> None:
    faults = []
    for sent in EVERY:
        response = await client.request(sent.method, sent.path, content=sent.body, headers=sent.headers)
        faults.append(fault_of(sent, response))
    assert [fault for fault in faults if fault] == []
    assert len(EVERY) > 400


RAW = [
    b"GET /v1/papers/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /v1/papers/% HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
    b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 400 + b"\r\nConnection: close\r\n\r\n",
    b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: \xff\x01\r\nConnection: close\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\r\n" * 100,
    b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n",
]


def raw_faults(url: str) -> list[str]:
    """What is wrong with the answers to bytes that no HTTP client would send."""
    address = urlsplit(url)
    faults = []
    for sent in RAW:
        with socket.create_connection((address.hostname, address.port), timeout=2) as connection:
            try:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                received = connection.recv(65536)
            except (ConnectionError, TimeoutError):
                received = b""
        if received.startswith(b"HTTP/1.1 5"):
            faults.append(f"{sent[:60]!r}: {received[:60]!r}")
    return faults


def too_much(url: str, *, declared: bool) -> httpx.Response:
    body = b"x" * 3_000_000
    content = body if declared else iter([body[:1_000_000]] * 3)
    return httpx.post(f"{url}/v1/ask", content=content, headers={"content-type": "application/json"})


@pytest.mark.slow
def test_nothing_hostile_breaks_a_real_server() -> None:
    with server() as running:
        with httpx.Client(base_url=running.url, timeout=30) as client:
            faults = [
                fault_of(
                    sent, client.request(sent.method, sent.path, content=sent.body, headers=sent.headers)
                )
                for sent in EVERY
            ]
        faults += raw_faults(running.url)
        faults += [
            fault_of(Hostile("too much", "POST", ""), too_much(running.url, declared=declared))
            for declared in (True, False)
        ]
        assert httpx.get(f"{running.url}/readyz").status_code == 200
        status, log = running.stop(signal.SIGTERM)
    assert [fault for fault in faults if fault] == []
    assert status == 0
    assert "Traceback" not in log
    assert " 413 " in log
