from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, assume, settings
from pydantic import TypeAdapter
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from api.app import NOUNS
from api.wire.openai_error import ErrorEnvelope, speaks_openai
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
LONGEST_URL = 2**16
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(app_over(WholeService(PAPERS), load_settings(max_body_bytes=1024 * 1024))) as url:
        yield url


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,  # a commit's run is told again as it was
    suppress_health_check=list(HealthCheck),
)
def test_no_request_gets_an_undocumented_answer(case: schemathesis.Case[Any], url: str) -> None:
    # What a schema can't say is refused too: a blank question, years in the wrong order, a file of no format.
    excluded: list[Any] = [positive_data_acceptance]
    if (case.method, case.path) == ("POST", "/v1/papers"):
        excluded.append(negative_data_rejection)  # bad records are rejected one by one, by the job
    response = case.call(base_url=url)
    assume(
        len(str(response.request.url)) < LONGEST_URL
    )  # the server refuses a longer one before the app sees it
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
    kind, shape = ("application/json", ErrorEnvelope) if speaks_openai(path) else (MEDIA_TYPE, Problem)
    assert {"403", "500"} <= set(operation["responses"])
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            assert list(response["content"]) == [kind], (path, method, status)
            told = response["content"][kind]
            assert told["schema"] == {"$ref": f"#/components/schemas/{shape.__name__}"}
            assert shape.model_validate(told["example"]).model_dump() == told["example"]


def test_every_operation_has_a_name_of_its_own_that_a_client_can_call() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    assert not any("__" in name for name in DOCUMENT["components"]["schemas"])


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_every_json_answer_has_an_example_that_is_one(noun: ModuleType) -> None:
    for route in noun.router.routes:
        if not isinstance(route, APIRoute) or not route.include_in_schema or route.response_model is None:
            continue
        for method in route.methods or ():
            responses = DOCUMENT["paths"][route.path_format][method.lower()]["responses"]
            (told,) = (told for status, told in responses.items() if status.startswith("2"))
            example = told["content"]["application/json"]["example"]
            shape = TypeAdapter(route.response_model)
            dumped = shape.dump_python(shape.validate_python(example), mode="json")
            assert dumped == example, f"{route.name}: take its example anew from a server"


def test_the_example_of_an_answer_keeps_the_promises() -> None:
    def shown(path: str, method: str) -> Any:
        return DOCUMENT["paths"][path][method]["responses"]["200"]["content"]["application/json"]["example"]

    answer, paper = shown("/v1/ask", "post"), shown("/v1/papers/{paper_id}", "get")
    for citation in answer["citations"]:
        assert citation["paper_id"] == paper["id"]
        assert paper["abstract"][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["sha256"] == paper["sha256"]
    completion = shown("/v1/chat/completions", "post")
    assert completion["citations"] == answer["citations"]
    assert completion["choices"][0]["message"]["content"] == answer["answer"]


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
