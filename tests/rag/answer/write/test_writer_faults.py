from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from llama_index.llms.openai_like import OpenAILike

from rag.answer.model.client import Bounds, ChatModel
from rag.answer.model.prompts import Message
from rag.errors import ModelFailed, ModelTimeout
from rag.types import Usage
from tests.fakes.llm_server import Behaviour, Fails, Hangs, LlmServer, Says, Sends

ASKED = [Message("system", "Answer."), Message("user", "Where?")]
QUICK = Bounds(timeout_s=8.0, idle_timeout_s=1.5, concurrency=2)


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


def model_at(server: LlmServer, bounds: Bounds = QUICK) -> ChatModel:
    llm = OpenAILike(
        model="fake",
        api_base=server.base_url,
        api_key="none",
        is_chat_model=True,
        max_retries=0,
        timeout=10.0,
        additional_kwargs={"stream_options": {"include_usage": True}},
    )
    return ChatModel(llm, bounds)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The first call of a process imports half of the client; the short bounds here leave no time for it."""
    with LlmServer() as server:
        model = model_at(server, Bounds())
        model.complete(ASKED)
        model.close()


@pytest.fixture
def model(server: LlmServer) -> Iterator[ChatModel]:
    made = model_at(server)
    yield made
    made.close()


def test_a_reply_comes_in_portions_and_its_tokens_are_counted(server: LlmServer, model: ChatModel) -> None:
    server.will(Says("The city is Paris [1]."))
    reply = model.stream(ASKED)
    portions = list(reply)
    assert "".join(portions) == "The city is Paris [1]."
    assert len(portions) > 1
    assert reply.ended is not None
    assert (reply.ended.reason, reply.ended.usage) == ("stop", Usage(11, 7))
    assert server.requests[0]["messages"] == [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "Where?"},
    ]


def test_a_reply_cut_at_the_most_tokens_says_so(server: LlmServer, model: ChatModel) -> None:
    server.will(Says("The city is", finish="length"))
    reply = model.stream(ASKED)
    assert "".join(reply) == "The city is"
    assert reply.ended is not None
    assert reply.ended.reason == "length"


@pytest.mark.parametrize("fault", [Fails(500), Fails(503), Fails(429, {"Retry-After": "0"})])
def test_one_failure_before_the_first_word_is_tried_again(
    server: LlmServer, model: ChatModel, fault: Behaviour
) -> None:
    server.will(fault, Says("Paris."))
    assert model.complete(ASKED) == ("Paris.", Usage(11, 7))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        (Fails(500), 2),
        (Fails(429, {"Retry-After": "0"}), 2),
        (Fails(429, {"Retry-After": "3600"}), 1),
        (Fails(401), 1),
        (Fails(400), 1),
        (Sends("<html><body>Sign in</body></html>", "text/html"), 1),
        (Sends("data: {not json\n\n"), 1),
        (Sends("data: []\n\n"), 1),
        (Sends('data: {"error": {"message": "overloaded"}}\n\n'), 1),
        (Sends(""), 1),
        (Says("The city is", finish=None), 1),
        (Says("The city is", finish="content_filter"), 1),
        (Says(""), 1),
        (Says("   \n"), 1),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_complete_reply_is_a_failure(
    server: LlmServer, model: ChatModel, fault: Behaviour, requests: int
) -> None:
    server.will(fault)
    with pytest.raises(ModelFailed):
        model.complete(ASKED)
    assert len(server.requests) == requests


@pytest.mark.parametrize("fault", [Hangs(), Hangs("The city"), Hangs(pings=True), Hangs("The", pings=True)])
def test_silence_is_a_timeout_whether_or_not_the_connection_is_kept_warm(
    server: LlmServer, model: ChatModel, fault: Behaviour
) -> None:
    server.will(fault)
    began = time.monotonic()
    with pytest.raises(ModelTimeout):
        model.complete(ASKED)
    assert time.monotonic() - began < 6
    assert len(server.requests) == 1


def test_a_reply_that_came_in_time_is_read_however_late(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.will(Says("Ferns wait."))
    model = model_at(server, Bounds(timeout_s=2.0))
    reply = model.stream(ASKED)
    time.sleep(2.2)
    with monkeypatch.context() as patched:
        patched.setattr("rag.answer.model.client._GRACE", 0.0)
        assert "".join(reply) == "Ferns wait."
    model.close()


def test_a_reply_that_never_ends_is_stopped_at_the_deadline(server: LlmServer) -> None:
    server.will(Says("word " * 1000, pause_s=0.05))
    model = model_at(server, Bounds(timeout_s=0.6, idle_timeout_s=0.5))
    began = time.monotonic()
    with pytest.raises(ModelTimeout):
        model.complete(ASKED)
    assert time.monotonic() - began < 6
    model.close()


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with LlmServer() as server:
        model = model_at(server)
    with pytest.raises(ModelFailed, match="can't be reached"):
        model.complete(ASKED)
    model.close()


def test_closing_a_reply_closes_the_connection_to_the_model(server: LlmServer, model: ChatModel) -> None:
    server.will(Hangs("The city", pings=True))
    reply = model.stream(ASKED)
    assert next(iter(reply)) == "The city"
    reply.close()
    assert server.closed.wait(2.0)


def test_no_more_calls_run_than_allowed(server: LlmServer) -> None:
    model = model_at(server, Bounds(timeout_s=20.0, idle_timeout_s=5.0, concurrency=1))
    server.will(Says("Paris it is, as ever.", pause_s=0.02))
    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(lambda _: model.complete(ASKED)[0], range(3)))
    assert replies == ["Paris it is, as ever."] * 3
    assert server.most_at_once == 1
    model.close()
