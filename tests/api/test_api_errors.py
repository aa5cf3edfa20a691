from __future__ import annotations

import logging
import re

import httpx
import pytest

from api.errors import KINDS, problem_of
from rag import errors
from tests.fakes.whole import WholeService

EVERY_ERROR = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, errors.CitewellError)
]


def test_every_error_is_mapped() -> None:
    assert set(KINDS) == set(EVERY_ERROR)


def test_every_kind_has_its_own_name() -> None:
    assert len({kind.name for kind in KINDS.values()}) == len(KINDS)


def test_an_error_of_a_later_subclass_is_told_as_its_parent() -> None:
    class Later(errors.ModelTimeout):
        pass

    assert problem_of(Later("slow")).status == 504


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
async def test_every_error_is_a_problem_document(
    client: httpx.AsyncClient, service: WholeService, kind: type[errors.CitewellError]
) -> None:
    def fail() -> None:
        raise kind("what happened in /secret/folder")

    service.before_call = fail
    response = await client.post("/v1/ask", json={"question": "Anything?"}, headers={"X-Request-ID": "my-id"})
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == problem["status"] == KINDS[kind].status
    assert problem["request_id"] == response.headers["x-request-id"] == "my-id"
    assert ("/secret/folder" in response.text) is not KINDS[kind].private
    assert ("retry-after" in response.headers) is (response.status_code == 503)


async def test_a_defect_is_logged_and_told_without_its_insides(
    client: httpx.AsyncClient, service: WholeService, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise KeyError("insides")

    service.before_call = fail
    response = await client.post("/v1/ask", json={"question": "Anything?"})
    assert response.status_code == 500
    assert response.json()["type"] == "urn:citewell:problem:internal-server-error"
    assert "insides" not in response.text
    assert "KeyError" in caplog.text
    assert response.headers["content-security-policy"]


async def test_no_question_stands_in_the_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "citewell")
    await client.post("/v1/ask", json={"question": "Is my illness in the papers?"})
    await client.get("/v1/papers", params={"q": "illness"})
    assert "/v1/ask 200" in caplog.text
    assert "illness" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("citewell")
    )


@pytest.mark.parametrize("given", ["", "a" * 129, "with space", "naïve", "new\tline"])
async def test_an_odd_request_id_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    response = await client.get("/healthz", headers={b"X-Request-ID": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://[broken"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_pages_of_other_origins_change_nothing(
    client: httpx.AsyncClient, service: WholeService, headers: dict[str, str]
) -> None:
    response = await client.delete("/v1/papers/parsing", headers=headers)
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert "parsing" in service.stored


async def test_the_own_page_may_ask(client: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert (await client.post("/v1/ask", json={"question": "Parsing?"}, headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/nosuch", "/v1/", "/static/nosuch.js", "/v1/ask/"])
async def test_an_unknown_address_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_names_the_right_ones(client: httpx.AsyncClient) -> None:
    response = await client.put("/v1/ask")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    response = await client.put("/v1/papers/10.1000/sparse.1")
    assert response.headers["allow"] == "DELETE, GET"


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/papers", "/v1/chat/completions"])
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"question":\n "x" "y"}', "The body is not JSON: Expecting ',' delimiter (line 2, column 6)."),
        ('{"question": "café"}'.encode("latin-1"), "The body is not JSON: byte 17 is no UTF-8."),
        (
            b"[" * 100_000,
            "The body can't be read as JSON: it nests too deeply, or a number in it is too long.",
        ),
        (
            b"[" + b"1" * 5_000 + b"]",
            "The body can't be read as JSON: it nests too deeply, or a number in it is too long.",
        ),
    ],
    ids=["syntax", "encoding", "depth", "digits"],
)
async def test_a_body_that_is_not_json_is_told_where_it_breaks(
    client: httpx.AsyncClient, path: str, body: bytes, told: str
) -> None:
    response = await client.post(path, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    said = response.json()
    assert (said["error"]["message"] if "error" in said else said["detail"]) == told
