"""An optional second opinion: a language model, pinned apart from the one that answers, grades each answer.

Its verdicts are kept apart from computed figures, in ``Record.verdicts`` and under names that begin with
``judge_``. A reply that is no verdict leaves the answer ungraded; it is never counted as a bad grade.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import openai
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms import LLM
from llama_index.llms.openai_like import OpenAILike

from eval.cases import Case
from eval.outcome import Outcome
from rag.answer.model.prompts import Prompt, fence_for, load_prompt
from rag.errors import ConfigError, ModelFailed
from rag.settings import Settings

PROMPT = "judge"
GRADES = ("correct", "supported")
TIMEOUT_S = 120.0

_OBJECT = re.compile(r"\{[^{}]*\}")


class Judge:
    """Grades answers to questions that have a reference answer. Any thread may call it.

    Args:
        llm: the judge.
        prompt: what it is told; the bundled one where missing.
    """

    def __init__(self, llm: LLM, prompt: Prompt | None = None) -> None:
        self._llm = llm
        self._prompt = prompt or load_prompt(PROMPT)

    @property
    def label(self) -> str:
        """The model and the prompt, as they are recorded."""
        return f"{self._llm.metadata.model_name}, {self._prompt.label}"

    def __call__(self, case: Case, outcome: Outcome) -> dict[str, float]:
        """``judge_correct`` and ``judge_supported``, 0 or 1; nothing without a reference or a verdict.

        Raises:
            ModelFailed: the judge can't be asked; what was graded stays, and the run can be resumed.
        """
        if not case.reference_answer:
            return {}
        quotes = "\n".join(f"[{cited.number}] {cited.quote}" for cited in outcome.citations)
        texts = (case.question, case.reference_answer, outcome.answer, quotes)
        messages = self._prompt.render(
            question=case.question,
            reference=case.reference_answer,
            answer=outcome.answer,
            quotes=quotes,
            fence=fence_for(texts),
        )
        try:
            reply = self._llm.chat([ChatMessage(role=m.role, content=m.content) for m in messages])
        except openai.OpenAIError as error:
            raise ModelFailed(f"The judge {self.label} failed: {error}. Go on with --resume.") from error
        return read_verdict(reply.message.content or "")


def read_verdict(reply: str) -> dict[str, float]:
    """The grades in the last JSON object of a reply that holds both; nothing where none does."""
    for found in reversed(_OBJECT.findall(reply)):
        try:
            grades = json.loads(found)
        except ValueError:
            continue
        if all(isinstance(grades.get(name), bool) for name in GRADES):
            return {f"judge_{name}": float(grades[name]) for name in GRADES}
    return {}


def open_judge(settings: Settings, build: Callable[[Settings], LLM] | None = None) -> Judge:
    """The judge that the settings name.

    Args:
        settings: name the model and its endpoint.
        build: settings to model; an OpenAI-compatible endpoint unless given.

    Raises:
        ConfigError: no judge is named.
    """
    if not settings.judge_model:
        raise ConfigError("No judge is configured: set CITEWELL_JUDGE_MODEL and CITEWELL_JUDGE_BASE_URL.")
    return Judge((build or _endpoint)(settings))


def _endpoint(settings: Settings) -> LLM:
    key = settings.judge_api_key.get_secret_value() if settings.judge_api_key else "none"
    judge: LLM = OpenAILike(
        model=settings.judge_model or "",
        api_base=settings.judge_base_url,
        api_key=key,
        is_chat_model=True,
        temperature=0.0,
        timeout=TIMEOUT_S,
        max_retries=1,  # the default asks a failing server twelve times
    )
    return judge
