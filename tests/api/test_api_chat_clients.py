"""Real clients of OpenAI's protocol: OpenAI's, LlamaIndex's over it, and Hugging Face's, all its own code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from rag.errors import NotReady
from tests.fakes.app import app_over, served
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService

QUESTION = "How is attention made sparse, and what does parsing need?"
ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": QUESTION}]
SERVICE = WholeService(PAPERS)
ANSWER = SERVICE.ask(QUESTION)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with served(app_over(SERVICE)) as url:
        yield f"{url}/v1"


@pytest.fixture
def client(base_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=base_url, api_key="none", max_retries=0) as made:
        yield made


def assert_is_the_answer(completion: ChatCompletion) -> None:
    choice = completion.choices[0]
    assert choice.message.content == ANSWER.answer
    assert choice.finish_reason == "stop"
    assert choice.message.annotations is not None
    for annotation, citation in zip(choice.message.annotations, ANSWER.citations, strict=True):
        marked = annotation.url_citation
        assert ANSWER.answer[marked.start_index : marked.end_index] == f"[{citation.number}]"
        assert (marked.title, marked.url) == (citation.paper.title, citation.paper.url)
    assert completion.usage is not None
    extra: Any = completion.model_extra
    assert [cited["quote"] for cited in extra["citations"]] == [c.quote for c in ANSWER.citations]


def test_openai_s_client_gets_the_answer(client: openai.OpenAI) -> None:
    assert_is_the_answer(client.chat.completions.create(model="citewell", messages=ASKED))


async def test_openai_s_asynchronous_client_gets_the_answer(base_url: str) -> None:
    async with openai.AsyncOpenAI(base_url=base_url, api_key="none") as client:
        assert_is_the_answer(await client.chat.completions.create(model="citewell", messages=ASKED))
        text = ""
        async for chunk in await client.chat.completions.create(
            model="citewell", messages=ASKED, stream=True
        ):
            text += chunk.choices[0].delta.content or ""
        assert text == ANSWER.answer


def test_openai_s_client_streams_the_answer_and_its_tokens(client: openai.OpenAI) -> None:
    usage: list[Any] = []
    reasons, text, cited = [], "", 0
    for chunk in client.chat.completions.create(
        model="citewell", messages=ASKED, stream=True, stream_options={"include_usage": True}
    ):
        usage += [chunk.usage] if chunk.usage else []
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasons += [choice.finish_reason] if choice.finish_reason else []
        cited += len((chunk.model_extra or {}).get("citations", ()))
    assert (text, reasons, len(usage), cited) == (ANSWER.answer, ["stop"], 1, len(ANSWER.citations))


def test_openai_s_stream_helper_puts_the_chunks_together(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="citewell", messages=ASKED) as stream:
        for _ in stream:
            pass
        whole = stream.get_final_completion()
    assert whole.choices[0].message.content == ANSWER.answer
    assert whole.choices[0].finish_reason == "stop"


def test_openai_s_client_lists_models_and_raises_its_own_errors(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["citewell", "citewell-extractive"]
    assert client.models.retrieve("citewell").owned_by == "citewell"
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.chat.completions.create(model="citewell", messages=ASKED, n=2)
    assert refused.value.param == "n"
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="citewell", messages=[])


def test_openai_s_client_raises_what_fails_in_the_middle(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise NotReady("The store is away.")

    monkeypatch.setattr(SERVICE, "after_event", fail)
    with pytest.raises(openai.APIError, match="The store is away"):
        list(client.chat.completions.create(model="citewell", messages=ASKED, stream=True))


def test_llamaindex_gets_and_streams_the_answer(base_url: str) -> None:
    llm = OpenAILike(model="citewell", api_base=base_url, api_key="none", is_chat_model=True, max_retries=0)
    asked = [ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content=QUESTION)]
    assert llm.chat(asked).message.content == ANSWER.answer
    assert "".join(part.delta or "" for part in llm.stream_chat(asked)) == ANSWER.answer
    assert str(llm.complete(QUESTION)) == ANSWER.answer


async def test_hugging_face_s_client_gets_and_streams_the_answer(base_url: str) -> None:
    with InferenceClient(base_url=base_url, api_key="none") as client:
        whole = client.chat.completions.create(model="citewell", messages=ASKED)
        assert whole.choices[0].message.content == ANSWER.answer
        parts = client.chat.completions.create(model="citewell", messages=ASKED, stream=True)
        assert "".join(part.choices[0].delta.content or "" for part in parts) == ANSWER.answer
    async with AsyncInferenceClient(base_url=base_url, api_key="none") as other:
        parts = await other.chat.completions.create(model="citewell", messages=ASKED, stream=True)
        assert "".join([part.choices[0].delta.content or "" async for part in parts]) == ANSWER.answer
