"""Against a real server on the loopback that speaks the protocol, or pretends to."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.embed.openai_like import OpenAICompatible
from rag.embed.passages import identity_of
from rag.errors import ModelFailed, ModelTimeout
from tests.fakes.embedding import WordHashEmbedding
from tests.rag.embed.contract import EmbeddingContract

Reply = tuple[int, str, bytes]
Behaviour = Callable[[dict[str, Any]], Reply]


def embeddings(request: dict[str, Any]) -> Reply:
    """What a proper endpoint answers, from the fake model."""
    vectors = [WordHashEmbedding().get_text_embedding(text) for text in request["input"]]
    if request.get("encoding_format") == "base64":
        packed: list[Any] = [
            base64.b64encode(np.array(vector, dtype=np.float32).tobytes()).decode() for vector in vectors
        ]
    else:
        packed = vectors
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(packed)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    body = {"object": "list", "data": data, "model": request["model"], "usage": usage}
    return 200, "application/json", json.dumps(body).encode()


@dataclass
class Endpoint:
    """A server whose behaviour can be changed while it runs."""

    behaviour: Behaviour = embeddings
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    def model(self, **options: Any) -> OpenAICompatible:
        return OpenAICompatible(model="tiny", base_url=self.url, api_key="secret-key", **options)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(request)
            state.keys.append(self.headers["Authorization"])
            status, kind, body = state.behaviour(request)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


class TestOpenAICompatible(EmbeddingContract):
    @pytest.fixture
    def model(self, endpoint: Endpoint) -> BaseEmbedding:
        return endpoint.model()


def test_identity_names_model_and_place_and_never_the_key(endpoint: Endpoint) -> None:
    identity = identity_of(endpoint.model())
    assert identity.name == f"tiny at {endpoint.url}"
    assert identity.dim == 64
    assert "secret-key" not in repr(identity)


def test_a_sign_in_within_the_address_is_left_out_of_the_identity(endpoint: Endpoint) -> None:
    signed = endpoint.url.replace("http://", "http://user:pass@")
    assert identity_of(OpenAICompatible(model="tiny", base_url=signed)).name == f"tiny at {endpoint.url}"


def test_the_key_is_sent(endpoint: Endpoint) -> None:
    endpoint.model().get_text_embedding("word")
    assert endpoint.keys == ["Bearer secret-key"]


def test_many_texts_go_in_batches(endpoint: Endpoint) -> None:
    endpoint.model(batch_size=10).get_text_embedding_batch([f"word {i}" for i in range(25)])
    assert [len(request["input"]) for request in endpoint.requests] == [10, 10, 5]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ((500, "text/plain", b"oh"), "answered 500"),
        ((401, "application/json", b'{"error": {"message": "no"}}'), "the key"),
        ((200, "text/html", b"<html>login</html>"), "something else"),
        ((200, "application/json", b'{"data": []}'), "something else|0 vectors"),
        ((200, "application/json", b"{}"), "something else"),
    ],
)
async def test_failures_are_named(endpoint: Endpoint, reply: Reply, says: str) -> None:
    endpoint.behaviour = lambda _: reply
    with pytest.raises(ModelFailed, match=says) as caught:
        endpoint.model().get_query_embedding("word")
    assert "secret-key" not in str(caught.value)
    with pytest.raises(ModelFailed, match=says):
        await endpoint.model().aget_query_embedding("word")


def test_a_passing_failure_is_tried_once_more(endpoint: Endpoint) -> None:
    replies = iter([(503, "text/plain", b"busy")])
    endpoint.behaviour = lambda request: next(replies, None) or embeddings(request)
    assert len(endpoint.model().get_text_embedding("word")) == 64
    assert len(endpoint.requests) == 2


def test_a_lasting_failure_is_tried_twice_and_no_more(endpoint: Endpoint) -> None:
    endpoint.behaviour = lambda _: (503, "text/plain", b"busy")
    with pytest.raises(ModelFailed):
        endpoint.model().get_text_embedding("word")
    assert len(endpoint.requests) == 2


def test_no_answer_in_time_is_a_timeout(endpoint: Endpoint) -> None:
    def slow(request: dict[str, Any]) -> Reply:
        time.sleep(0.4)
        return embeddings(request)

    endpoint.behaviour = slow
    with pytest.raises(ModelTimeout, match=r"within 0\.1 s"):
        endpoint.model(timeout_s=0.1).get_text_embedding("word")


def test_nobody_there_is_a_failure_that_says_so() -> None:
    with pytest.raises(ModelFailed, match="can't be reached"):
        OpenAICompatible(model="tiny", base_url="http://127.0.0.1:9/v1").get_text_embedding("word")


def test_a_changed_dimension_is_refused(endpoint: Endpoint) -> None:
    model = endpoint.model()
    model.get_text_embedding("word")

    def shorter(_: dict[str, Any]) -> Reply:
        body = {
            "object": "list",
            "model": "tiny",
            "data": [{"index": 0, "embedding": [1.0, 0.0]}],
            "usage": None,
        }
        return 200, "application/json", json.dumps(body).encode()

    endpoint.behaviour = shorter
    with pytest.raises(ModelFailed, match="can't be used"):
        model.get_text_embedding("word")
