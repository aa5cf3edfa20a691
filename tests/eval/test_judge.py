from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, CompletionResponse, LLMMetadata
from llama_index.core.llms import LLM, CustomLLM
from pydantic import PrivateAttr, SecretStr

from eval.judge import Judge, open_judge, read_verdict
from eval.outcome import Outcome
from eval.run import Asking, ask_one
from rag.errors import ConfigError, ModelFailed
from rag.settings import Settings, load_settings
from tests.eval.conftest import CASES, PAPERS
from tests.fakes.llm_server import Fails, LlmServer, Sends
from tests.fakes.service import FakeService

DOWN = "down"


class Grading(CustomLLM):
    """Says the same of every answer, and keeps what it was shown."""

    _reply: str = PrivateAttr()
    _shown: list[str] = PrivateAttr(default_factory=list)

    def __init__(self, reply: str) -> None:
        super().__init__()
        self._reply = reply

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="grader")

    def chat(self, messages: Any, **_: Any) -> ChatResponse:
        if self._reply == DOWN:
            raise openai.APIConnectionError(request=httpx.Request("POST", "http://127.0.0.1:9/v1"))
        self._shown.append("\n".join(str(message.content) for message in messages))
        return ChatResponse(message=ChatMessage(role="assistant", content=self._reply))

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        raise NotImplementedError

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Any:
        raise NotImplementedError


def test_verdicts_are_kept_apart_from_computed_figures() -> None:
    judge = Judge(Grading('{"correct": true, "supported": false}'))
    record, _ = ask_one(FakeService(PAPERS), CASES[0], Asking(judge=judge))
    assert record.verdicts == {"judge_correct": 1.0, "judge_supported": 0.0}
    assert not any(name.startswith("judge") for name in record.scores)
    assert judge.label.startswith("grader, judge@1:")


def test_the_judge_is_shown_question_reference_answer_and_quotes_inside_a_fence() -> None:
    grader = Grading("{}")
    ask_one(FakeService(PAPERS), CASES[0], Asking(judge=Judge(grader)))
    (shown,) = grader._shown
    for words in (CASES[0].question, CASES[0].reference_answer, "[1] Bees dance"):
        assert words in shown
    assert shown.count("BEGIN ") == 2


def test_only_answers_with_a_reference_are_graded() -> None:
    grader = Grading('{"correct": true, "supported": true}')
    judge = Judge(grader)
    assert judge(CASES[-1], Outcome(status="answered", answer="You're welcome.")) == {}
    record, _ = ask_one(FakeService(()), CASES[0], Asking(judge=judge))
    assert (record.outcome.status, record.verdicts) == ("insufficient_evidence", {})
    assert grader._shown == []


@pytest.mark.parametrize(
    ("reply", "grades"),
    [
        ('Sure: {"correct": false, "supported": true}.', (0.0, 1.0)),
        ('{"correct": true, "supported": true} no, {"correct": false, "supported": true}', (0.0, 1.0)),
        ('{"correct": "yes", "supported": true}', None),
        ('{"correct": true}', None),
        ("{broken", None),
        ("", None),
    ],
)
def test_a_reply_that_is_no_verdict_grades_nothing(reply: str, grades: tuple[float, float] | None) -> None:
    expected = {} if grades is None else dict(zip(("judge_correct", "judge_supported"), grades, strict=True))
    assert read_verdict(reply) == expected


def test_a_judge_that_fails_stops_the_run_and_says_how_to_go_on() -> None:
    with pytest.raises(ModelFailed, match="--resume"):
        ask_one(FakeService(PAPERS), CASES[0], Asking(judge=Judge(Grading(DOWN))))


def test_a_judge_that_is_not_configured_says_what_to_set() -> None:
    with pytest.raises(ConfigError, match="CITEWELL_JUDGE_MODEL"):
        open_judge(load_settings())


def test_the_judge_is_the_model_that_the_settings_name_for_it() -> None:
    settings = load_settings(
        judge_model="big", judge_base_url="http://127.0.0.1:9/v1", judge_api_key=SecretStr("hidden")
    )
    assert open_judge(settings).label.startswith("big, judge@1:")
    built: list[Settings] = []

    def build(given: Settings) -> LLM:
        built.append(given)
        return Grading("")

    open_judge(settings, build)
    assert built == [settings]


def test_the_judge_is_asked_over_the_protocol_of_its_endpoint() -> None:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": VERDICT}}
    reply = {"id": "c", "object": "chat.completion", "created": 1, "model": "grader", "choices": [choice]}
    with LlmServer() as server:
        judge = open_judge(load_settings(judge_model="grader", judge_base_url=server.base_url))
        server.will(Sends(json.dumps(reply), "application/json"))
        record, _ = ask_one(FakeService(PAPERS), CASES[0], Asking(judge=judge))
        assert record.verdicts == {"judge_correct": 1.0, "judge_supported": 1.0}
        (asked,) = server.requests
        assert (asked["model"], asked["temperature"]) == ("grader", 0.0)
        server.will(Fails(500))
        with pytest.raises(ModelFailed, match="--resume"):
            ask_one(FakeService(PAPERS), CASES[0], Asking(judge=judge))
        assert len(server.requests) <= 1 + 2


VERDICT = 'Correct, and supported. {"correct": true, "supported": true}'
