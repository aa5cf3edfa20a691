"""The reranking protocol, against a server on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from llama_index.core.schema import NodeWithScore

from rag.errors import ModelFailed
from rag.retrieve import Reranker
from rag.retrieve.rerank_endpoint import RerankEndpoint
from rag.settings import load_settings
from rag.types import Paper
from rag.wiring import reranker

Answer = Callable[[dict[str, Any]], object]
PAPERS = [Paper("a", "One", "short"), Paper("b", "Two", "a longer abstract"), Paper("c", "", "mid length")]


def by_length(asked: dict[str, Any]) -> object:
    """The longer the text, the better."""
    scores = [(len(text), i) for i, text in enumerate(asked["documents"])]
    return {"results": [{"index": i, "relevance_score": n} for n, i in sorted(scores, reverse=True)]}


@pytest.fixture
def serving() -> Iterator[Callable[[Answer], tuple[str, list[dict[str, Any]]]]]:
    """Starts a server that answers so; gives its base URL and what it is asked."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> tuple[str, list[dict[str, Any]]]:
        asked: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append(body | {"path": self.path, "key": self.headers["Authorization"]})
                data = json.dumps(answer(body)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/v1", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


Serving = Callable[[Answer], tuple[str, list[dict[str, Any]]]]


def test_papers_come_in_the_order_of_the_endpoint(serving: Serving) -> None:
    url, asked = serving(by_length)
    settings = load_settings(rerank_base_url=url, rerank_model="cross", rerank_api_key="k", rerank_depth=3)
    made = reranker(settings)
    assert made is not None
    assert made.depth == 3
    order = made.order("what \ud800 length?", PAPERS)
    assert [PAPERS[place].id for place, _ in order] == ["b", "c", "a"]
    assert order[0][1] == float(len("Two\na longer abstract"))
    assert asked[0]["path"] == "/v1/rerank"
    assert asked[0]["query"] == "what ? length?"
    assert (asked[0]["model"], asked[0]["key"], asked[0]["top_n"]) == ("cross", "Bearer k", 3)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        "sorry",
        {"results": [{"index": 0, "relevance_score": 1}]},
        {"results": [{"index": i, "score": 1} for i in range(3)]},
        {"results": [{"index": i, "relevance_score": "best"} for i in range(3)]},
    ],
)
def test_an_answer_without_a_score_for_each_is_refused(serving: Serving, answer: object) -> None:
    url, _ = serving(lambda _: answer)
    with pytest.raises(ModelFailed, match="check the address"):
        Reranker(RerankEndpoint(model="cross", base_url=url)).order("q", PAPERS)


def test_an_endpoint_that_is_down_says_so() -> None:
    with pytest.raises(ModelFailed, match="reranking endpoint failed"):
        Reranker(RerankEndpoint(model="cross", base_url="http://127.0.0.1:9/v1")).order("q", PAPERS)


def test_nothing_is_asked_for_no_papers() -> None:
    endpoint = RerankEndpoint(model="cross", base_url="http://127.0.0.1:9/v1")
    nothing: list[NodeWithScore] = []
    assert endpoint.postprocess_nodes(nothing, query_str="q") == []


def test_without_an_address_there_is_no_reranker() -> None:
    assert reranker(load_settings()) is None
