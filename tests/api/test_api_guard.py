from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from api import rates
from api.access import needed
from api.app import create_app
from api.keys import KeyFile
from api.middleware import SECURITY_HEADERS
from rag.errors import ConfigError
from rag.settings import load_settings
from tests.fakes.app import app_over, running
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

ASKED = {"question": "How is attention made sparse?"}
PROBLEM = "application/problem+json"


async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
    """An app beside the routes, as one that speaks another protocol is."""
    await PlainTextResponse("inside")(scope, receive, send)


@asynccontextmanager
async def client_with(
    service: WholeService | None = None, **given: object
) -> AsyncIterator[httpx.AsyncClient]:
    app = app_over(service or WholeService(PAPERS), load_settings(**given))
    app.mount("/beside", mounted)
    async with running(app) as client:
        yield client


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods]


EVERY_ROUTE = routes_of(app_over(WholeService()))
OPEN_PATHS = [
    "/",
    "/docs",
    "/openapi.json",
    "/static/page/main.js",
    "/static/swagger/swagger-ui.css",
    "/healthz",
    "/readyz",
]


def test_only_probes_among_the_routes_are_open() -> None:
    assert {path for method, path in EVERY_ROUTE if needed(method, path) is None} == {"/healthz", "/readyz"}


def test_only_papers_are_written() -> None:
    writes = {(method, path) for method, path in EVERY_ROUTE if needed(method, path) == "write"}
    assert writes == {("POST", "/v1/papers"), ("DELETE", "/v1/papers/{paper_id}")}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"])
@pytest.mark.parametrize(
    "path", ["/v1/later", "/", "/static/x", "/v1/ask/", "/v1//ask", "/healthz", "/v1/asks"]
)
def test_what_no_rule_names_needs_the_most(method: str, path: str) -> None:
    assert needed(method, path) == "write"


async def test_with_keys_every_route_mount_and_unknown_address_asks_for_one(tmp_path: Path) -> None:
    KeyFile(tmp_path / "api-keys.json").add("lab", "write")
    asked = [(method, path) for method, path in EVERY_ROUTE if path not in ("/healthz", "/readyz")]
    asked += [("GET", "/beside/"), ("POST", "/beside/x"), ("GET", "/nosuch"), ("OPTIONS", "/v1/ask")]
    async with client_with(data_dir=tmp_path) as client:
        for method, path in asked:
            for headers in ({}, {"Authorization": "Bearer citewell_wrong"}, {"X-API-Key": "wrong"}):
                response = await client.request(method, path, headers=headers)
                assert response.status_code == 401, (method, path)
                openai = path.startswith(("/v1/chat", "/v1/models"))
                assert response.headers["content-type"] == ("application/json" if openai else PROBLEM)
                assert response.headers["www-authenticate"].startswith("Bearer")
                assert response.headers["x-content-type-options"] == "nosniff"
        for path in OPEN_PATHS:
            assert (await client.get(path)).status_code == 200, path


@pytest.mark.parametrize("form", ["Bearer", "bearer", "X-API-Key"])
async def test_a_key_opens_what_its_scope_reaches(tmp_path: Path, form: str) -> None:
    keys = KeyFile(tmp_path / "api-keys.json")

    def sent(secret: str) -> dict[str, str]:
        return {form: secret} if form == "X-API-Key" else {"Authorization": f"{form} {secret}"}

    reader, writer = sent(keys.add("reader", "read")), sent(keys.add("writer", "write"))
    async with client_with(data_dir=tmp_path) as client:
        for headers in (reader, writer):
            assert (await client.post("/v1/ask", json=ASKED, headers=headers)).status_code == 200
            assert (await client.get("/v1/papers/parsing", headers=headers)).status_code == 200
            assert (await client.get("/metrics", headers=headers)).status_code == 200
            assert (await client.get("/beside/", headers=headers)).text == "inside"
        refused = await client.delete("/v1/papers/parsing", headers=reader)
        assert refused.status_code == 403
        assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
        assert (await client.post("/v1/papers", json=[], headers=reader)).status_code == 403
        assert (await client.delete("/v1/papers/parsing", headers=writer)).status_code == 204


async def test_a_key_made_while_the_server_runs_shuts_it_and_a_lost_file_does_not_open_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "api-keys.json"
    async with client_with(data_dir=tmp_path) as client:
        assert (await client.post("/v1/ask", json=ASKED)).status_code == 200
        secret = KeyFile(path).add("lab", "read")
        assert (await client.post("/v1/ask", json=ASKED)).status_code == 401
        headers = {"X-API-Key": secret}
        assert (await client.post("/v1/ask", json=ASKED, headers=headers)).status_code == 200
        path.unlink()
        assert (await client.post("/v1/ask", json=ASKED, headers=headers)).status_code == 401
        path.write_text("{")
        broken = await client.post("/v1/ask", json=ASKED, headers=headers)
        assert broken.status_code == 503
        assert str(tmp_path) not in broken.text
        assert (await client.get("/healthz")).status_code == 200


async def test_a_server_that_others_can_reach_asks_for_a_key_even_if_there_is_none(tmp_path: Path) -> None:
    async with client_with(data_dir=tmp_path, host="0.0.0.0") as client:  # noqa: S104  # that is the point
        assert (await client.post("/v1/ask", json=ASKED)).status_code == 401


async def test_nobody_is_asked_without_keys_whatever_is_sent(tmp_path: Path) -> None:
    async with client_with(data_dir=tmp_path) as client:
        headers = {"Authorization": "Bearer none"}
        assert (await client.post("/v1/ask", json=ASKED, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "given", [{"Host": "evil.example"}, {"Host": ""}, {"Host": "127.0.0.1.evil.example"}, {"Host": "["}]
)
async def test_without_keys_the_server_answers_to_this_machines_names_only(
    tmp_path: Path, given: dict[str, str]
) -> None:
    async with client_with(data_dir=tmp_path) as client:
        for path in ("/", "/metrics", "/v1/papers", "/beside/", "/healthz"):
            refused = await client.get(path, headers=given)
            assert refused.status_code == 403
            assert refused.headers["content-type"] == PROBLEM
        for own in ("localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000", "citewell.localhost."):
            assert (await client.get("/v1/papers", headers={"Host": own})).status_code == 200


async def test_host_names_can_be_allowed_and_keys_make_them_free(tmp_path: Path) -> None:
    host = {"Host": "Papers.example.org:443"}
    async with client_with(data_dir=tmp_path, allowed_hosts="other.example, papers.example.org") as client:
        assert (await client.get("/v1/papers", headers=host)).status_code == 200
        assert (await client.get("/v1/papers", headers={"Host": "evil.example"})).status_code == 403
    key = {"X-API-Key": KeyFile(tmp_path / "api-keys.json").add("lab", "read")}
    async with client_with(data_dir=tmp_path) as client:
        assert (await client.get("/v1/papers", headers=host | key)).status_code == 200
    async with client_with(data_dir=tmp_path, allowed_hosts="other.example") as client:
        assert (await client.get("/v1/papers", headers=host | key)).status_code == 403


async def test_each_key_has_a_rate_of_its_own_on_routes_and_mounts(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "api-keys.json")
    first, second = ({"X-API-Key": keys.add(name, "read")} for name in ("first", "second"))
    async with client_with(data_dir=tmp_path, rate_limit="3/hour") as client:
        paths = ["/v1/papers", "/beside/", "/nosuch", "/v1/jobs/x", "/beside/", "/v1/papers"]
        answers = [await client.get(path, headers=first) for path in paths]
        assert [answer.status_code for answer in answers] == [200, 200, 404, 429, 429, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 3600
        assert answers[-1].headers["content-type"] == PROBLEM
        assert (await client.get("/v1/papers", headers=second)).status_code == 200
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/v1/papers")).status_code == 401
        figures = (await client.get("/metrics", headers=second)).text
    assert 'citewell_refused_requests_total{reason="rate"} 3.0' in figures
    assert 'citewell_refused_requests_total{reason="no_key"} 1.0' in figures
    assert 'citewell_requests_total{method="GET",route="refused",status="429"} 3.0' in figures


async def test_many_at_once_get_no_more_than_the_rate(tmp_path: Path) -> None:
    async with client_with(data_dir=tmp_path, rate_limit="5/hour") as client:
        answers = await asyncio.gather(*(client.get("/v1/papers") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 15


@pytest.mark.parametrize(("rate_limit", "limited"), [(None, False), ("off", False), ("2/hour", True)])
async def test_without_keys_there_is_a_rate_only_where_one_is_set(
    tmp_path: Path, rate_limit: str | None, limited: bool
) -> None:
    async with client_with(data_dir=tmp_path, rate_limit=rate_limit) as client:
        answers = [(await client.get("/v1/papers")).status_code for _ in range(4)]
    assert (429 in answers) is limited


async def test_a_count_that_fails_lets_nothing_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("the store of counts is gone")

    monkeypatch.setattr(rates, "_open", fail)
    async with client_with(data_dir=tmp_path, rate_limit="2/hour") as client:
        refused = await client.get("/v1/papers")
        assert refused.status_code == 503
        assert "retry-after" in refused.headers


async def test_no_other_origin_may_read_unless_it_is_allowed(tmp_path: Path) -> None:
    origin = {"Origin": "https://lab.example.org"}
    preflight = origin | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    async with client_with(data_dir=tmp_path) as client:
        assert "access-control-allow-origin" not in (await client.get("/v1/papers", headers=origin)).headers
        assert (await client.options("/v1/ask", headers=preflight)).status_code == 405
        assert (await client.post("/v1/ask", json=ASKED, headers=origin)).status_code == 403
    KeyFile(tmp_path / "api-keys.json").add("lab", "read")
    async with client_with(data_dir=tmp_path, allowed_origins="https://lab.example.org") as client:
        allowed = await client.options("/v1/ask", headers=preflight)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://lab.example.org"
        refused = await client.post("/v1/ask", json=ASKED, headers=origin)
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == "https://lab.example.org"
        other = await client.options("/v1/ask", headers=preflight | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


async def test_a_call_that_takes_too_long_is_told_so() -> None:
    service = WholeService(PAPERS)
    app = app_over(service, load_settings(call_timeout_s=0.05))
    async with running(app) as client:
        hold = threading.Event()
        service.before_call = lambda: hold.wait(60) and None  # type: ignore[assignment]
        try:
            slow = await client.post("/v1/ask", json=ASKED)
            assert slow.status_code == 504
            assert slow.json()["type"].endswith(":timed-out")
            assert app.state.parts.backend.in_flight == 1
        finally:
            hold.set()


@pytest.mark.parametrize(
    "given",
    [
        {"allowed_origins": "*"},
        {"allowed_origins": "lab.example.org"},
        {"allowed_origins": "https://lab.example.org/page"},
        {"rate_limit": "often"},
        {"rate_limit": "0/minute"},
        {"rate_limit": ""},
    ],
)
def test_a_setting_that_can_not_be_meant_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="CITEWELL_"):
        load_settings(**given)


def test_lists_come_with_commas_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_ALLOWED_HOSTS", "a.example, b.example,")
    assert load_settings().allowed_hosts == ("a.example", "b.example")
    assert load_settings().allowed_origins == ()


def test_an_app_can_be_made_of_settings_alone() -> None:
    assert create_app(lambda _: None, load_settings()).title == "Citewell"  # type: ignore[arg-type,return-value]


async def test_openai_addresses_refuse_as_openai_does(tmp_path: Path) -> None:
    key = {"Authorization": f"Bearer {KeyFile(tmp_path / 'api-keys.json').add('lab', 'read')}"}
    body = {"model": "citewell", "messages": [{"role": "user", "content": ASKED["question"]}]}
    async with client_with(data_dir=tmp_path, rate_limit="1/hour") as client:
        refused = await client.post("/v1/chat/completions", json=body)
        assert refused.status_code == 401
        assert refused.json()["error"]["type"] == "authentication_error"
        assert (await client.post("/v1/chat/completions", json=body, headers=key)).status_code == 200
        limited = await client.get("/v1/models", headers=key)
        assert limited.status_code == 429
        assert limited.json()["error"]["type"] == "rate_limit_error"
        assert int(limited.headers["retry-after"]) >= 1
    async with client_with(data_dir=tmp_path) as client:
        foreign = await client.post(
            "/v1/chat/completions", json=body, headers={"Origin": "https://evil.example"}
        )
        assert foreign.json()["error"]["type"] == "permission_error"


async def test_every_kind_of_response_carries_the_security_headers(tmp_path: Path) -> None:
    def fail() -> None:
        raise KeyError("a defect")

    service = WholeService(PAPERS)
    service.before_call = fail
    secret = KeyFile(tmp_path / "api-keys.json").add("lab", "read")
    async with client_with(service, data_dir=tmp_path, rate_limit="9/hour") as client:
        seen = {}
        for path, method, content, sent in [
            ("/", "GET", b"", {}),
            ("/static/page.css", "GET", b"", {}),
            ("/v1/papers", "GET", b"", {}),
            ("/v1/papers", "GET", b"", {"Host": ""}),
            ("/v1/papers", "GET", b"", {"X-API-Key": secret}),
            ("/v1/papers", "POST", b"[]", {"X-API-Key": secret}),
            ("/v1/nosuch", "GET", b"", {"X-API-Key": secret}),
            ("/v1/ask", "GET", b"", {"X-API-Key": secret}),
            ("/v1/ask", "POST", b"x" * 1_100_000, {"X-API-Key": secret}),
            ("/v1/ask", "POST", b"{}", {"X-API-Key": secret}),
            ("/v1/search", "POST", b'{"query": "x"}', {"X-API-Key": secret}),
            ("/beside/", "GET", b"", {"X-API-Key": secret}),
            *[("/v1/papers", "GET", b"", {"X-API-Key": secret})] * 3,
        ]:
            headers = {"Content-Type": "application/json", **sent}
            response = await client.request(method, path, content=content, headers=headers)
            seen[response.status_code] = response
            assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS, path
    assert set(seen) == {200, 401, 403, 404, 405, 413, 422, 429, 500}


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions", "/v1/answers/x/feedback", "/mcp"])
async def test_no_address_takes_a_body_without_end(tmp_path: Path, path: str, declared: bool) -> None:
    async def portions() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 50_000

    content = b" " * 2_000_000 if declared else portions()
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    async with client_with(data_dir=tmp_path) as client:
        assert (await client.post(path, content=content, headers=headers)).status_code == 413
