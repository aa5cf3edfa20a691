"""The client against llama.cpp and a real, very small model: what it writes is poor, how it comes is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from llama_index.llms.openai_like import OpenAILike

from bench.small_model import NAME, missing, served
from rag.answer.model.client import Bounds, ChatModel
from rag.answer.model.prompts import Message
from rag.answer.write.writer import LlmWriter, Room
from rag.errors import ModelFailed
from rag.types import Paper, Turn

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")]


@pytest.fixture(scope="module")
def model() -> Iterator[ChatModel]:
    with served() as url:
        llm = OpenAILike(
            model=NAME,
            api_base=url,
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
        rewritten = LlmWriter(model).condense("And in the open?", history)
    except ModelFailed:
        return
    assert "\n" not in rewritten.carried
    assert rewritten.usage.completion_tokens
