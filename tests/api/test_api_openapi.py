from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from api.wire.openai_error import speaks_openai
from api.wire.problem import MEDIA_TYPE, Problem
from rag.settings import load_settings
from tests.fakes.app import app_over, served
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

APP = app_over(WholeService(PAPERS), load_settings(max_body_bytes=1024 * 1024))
DOCUMENT: dict[str, Any] = APP.openapi()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(app_over(WholeService(PAPERS), load_settings(max_body_bytes=1024 * 1024))) as url:
        yield url


@schema.parametrize()
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_no_request_gets_an_undocumented_answer(case: schemathesis.Case[Any], url: str) -> None:
    # What a schema can't say is refused too: a blank question, years in the wrong order, a file of no format.
    excluded: list[Any] = [positive_data_acceptance]
    if (case.method, case.path) == ("POST", "/v1/papers"):
        excluded.append(negative_data_rejection)  # bad records are rejected one by one, by the job
    response = case.call(base_url=url)
    if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        excluded.append(negative_data_rejection)  # a refusal that this check does not know
    case.validate_response(response, excluded_checks=excluded)


def test_every_route_of_the_contract_is_there() -> None:
    assert {(method, path) for path, method, _ in OPERATIONS} >= {
        ("post", "/v1/ask"),
        ("post", "/v1/search"),
        ("get", "/v1/answers/{answer_id}"),
        ("get", "/v1/answers/{answer_id}/export"),
        ("post", "/v1/answers/{answer_id}/feedback"),
        ("get", "/v1/papers"),
        ("post", "/v1/papers"),
        ("get", "/v1/papers/{paper_id}"),
        ("delete", "/v1/papers/{paper_id}"),
        ("get", "/v1/jobs/{job_id}"),
        ("get", "/v1/models"),
        ("get", "/v1/models/{model}"),
        ("post", "/v1/chat/completions"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
    }


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_error_is_documented_in_the_address_es_own_way(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    kind, shape = ("application/json", "ErrorEnvelope") if speaks_openai(path) else (MEDIA_TYPE, "Problem")
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            schema = {"$ref": f"#/components/schemas/{shape}"}
            assert response["content"] == {kind: {"schema": schema}}, (path, method, status)


def test_the_example_of_a_problem_is_one() -> None:
    example = DOCUMENT["components"]["schemas"]["Problem"]["examples"][0]
    assert Problem.model_validate(example).model_dump() == example


EXAMPLES = [("/v1/ask", "AskIn"), ("/v1/search", "SearchIn"), ("/v1/chat/completions", "ChatIn")]


@pytest.mark.parametrize(("path", "name"), EXAMPLES)
async def test_the_examples_of_requests_are_answered(client: httpx.AsyncClient, path: str, name: str) -> None:
    examples = DOCUMENT["components"]["schemas"][name]["examples"]
    assert examples
    for example in examples:
        assert (await client.post(path, json=example)).status_code == 200


def test_nothing_a_document_refers_to_is_missing() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    references = {
        part.split('"')[0] for part in str(DOCUMENT).replace("'", '"').split("#/components/schemas/")[1:]
    }
    assert references <= set(schemas)
