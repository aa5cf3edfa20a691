"""``POST /v1/chat/completions``, as OpenAI's clients send it and read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field

from api.wire.ask import CitationOut, RefusalOut, UsageOut
from api.wire.fields import FiltersIn, Request, TopK
from rag.checks import MAX_QUESTION, MAX_TURN, MAX_TURNS, check_text
from rag.errors import InvalidInput
from rag.events import CUT_SHORT
from rag.types import Answer, Citation, Mode, Status, Turn

MAX_MESSAGES = 2000
_MARKER = re.compile(r"\[(\d+)\]")

REQUEST: dict[str, Any] = {
    "model": "citewell",
    "messages": [
        {
            "role": "user",
            "content": "How can graph convolutional networks be simplified for recommendation?",
        }
    ],
}


class PartIn(BaseModel):
    """A part of a message: text, or something that can't be read here."""

    type: str
    text: str | None = None
    refusal: str | None = None


class MessageIn(BaseModel):
    """One message. Only what users and the assistant said is taken; other roles are let pass, and ignored."""

    role: Literal["user", "assistant", "system", "developer", "tool", "function"]
    content: str | list[PartIn] | None = None

    def said(self, place: str) -> str:
        """The text of the message.

        Args:
            place: its name in the request.

        Raises:
            InvalidInput: a part of it is no text.
        """
        if not isinstance(self.content, list):
            return self.content or ""
        texts = []
        for number, part in enumerate(self.content):
            text = {"text": part.text, "refusal": part.refusal}.get(part.type)
            if text is None:
                _refuse(f"{place}.content.{number}", f"Parts of type {part.type!r} can't be read; send text.")
            texts.append(text)
        return "\n".join(texts)


class StreamOptionsIn(BaseModel):
    """How to stream."""

    include_usage: bool | None = Field(
        None, strict=True, description="Send a last chunk with `usage` and without choices."
    )


class ResponseFormatIn(BaseModel):
    """What the answer is to be written in."""

    type: str


class LimitsIn(Request):
    """Where to look for the answer; OpenAI's clients send it with `extra_body`."""

    filters: FiltersIn | None = None
    top_k: TopK = 8


class ChatIn(BaseModel):
    """A conversation whose last user message is the question.

    Parameters that steer a model's sampling (`temperature`, `max_tokens`, `seed`…) and offered `tools` change
    nothing and are let pass. What would change the shape of the answer is refused.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [REQUEST]})

    model: str = Field(min_length=1, max_length=200, description="A name from `/v1/models`.")
    messages: Annotated[list[MessageIn], Field(min_length=1, max_length=MAX_MESSAGES)]
    stream: bool | None = Field(None, strict=True, description="Answer as server-sent events.")
    stream_options: StreamOptionsIn | None = None
    n: int | None = Field(None, strict=True, description="Only 1: there is one answer.")
    logprobs: bool | None = Field(None, strict=True, description="Not to be had.")
    response_format: ResponseFormatIn | None = Field(None, description="Only `text`.")
    modalities: list[str] | None = Field(None, description="Only `text`.")
    tool_choice: Any = Field(None, description="Only `auto` and `none`: no tool is ever called.")
    citewell: LimitsIn | None = None

    def check_supported(self) -> None:
        """Refuse what would be ignored to the caller's harm.

        Raises:
            InvalidInput: names the parameter.
        """
        if self.n not in (None, 1):
            _refuse("n", f"n is {self.n}: one question has one answer here; leave n out.")
        if self.logprobs:
            _refuse("logprobs", "There are no logprobs: answers are made of verified sentences.")
        if self.response_format and self.response_format.type != "text":
            _refuse("response_format", "Answers are text; POST /v1/ask gives them as JSON.")
        if self.modalities and self.modalities != ["text"]:
            _refuse("modalities", "Answers are text.")
        if self.tool_choice not in (None, "auto", "none"):
            _refuse("tool_choice", "No tool is ever called here; leave tool_choice out.")

    def asked(self) -> tuple[str, tuple[Turn, ...]]:
        """The question, and what was said before it; other roles' messages are no part of either.

        Raises:
            InvalidInput: nobody asks anything, or not in text.
        """
        last = max((i for i, message in enumerate(self.messages) if message.role == "user"), default=None)
        if last is None:
            _refuse("messages", "There is no message with role user: its content is the question.")
        question = self.messages[last].said(f"messages.{last}")
        check_text(question, f"messages.{last}.content", longest=MAX_QUESTION)
        turns = []
        for number, message in enumerate(self.messages[:last]):
            text = message.said(f"messages.{number}") if message.role in ("user", "assistant") else ""
            if text.strip():
                check_text(text, f"messages.{number}.content", longest=MAX_TURN)
                turns.append(Turn("user" if message.role == "user" else "assistant", text))
        return question, tuple(turns[-MAX_TURNS:])


class UrlCitationOut(BaseModel):
    """Where in the message a marker stands, and the paper that it points to."""

    start_index: int = Field(description="Of the marker in `content`, code points.")
    end_index: int
    title: str
    url: str


class AnnotationOut(BaseModel):
    """A citation, as OpenAI's clients know it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationOut


class MessageOut(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[AnnotationOut]


FinishReason = Literal["stop", "length"]


class ChoiceOut(BaseModel):
    """The one choice there is."""

    index: int = 0
    message: MessageOut
    logprobs: None = None
    finish_reason: FinishReason


class AboutOut(BaseModel):
    """What `/v1/ask` says of the same answer, and OpenAI's protocol has no place for."""

    id: str = Field(description="The answer's id.")
    status: Status
    confidence: float
    refusal: RefusalOut | None
    mode: Literal["extractive", "llm"]
    model: str
    degraded: list[str]

    @classmethod
    def of(cls, answer: Answer) -> AboutOut:
        """From the answer."""
        return cls(
            id=answer.id,
            status=answer.status,
            confidence=answer.confidence,
            refusal=RefusalOut.of(answer.refusal) if answer.refusal else None,
            mode=answer.mode,
            model=answer.model,
            degraded=list(answer.degraded),
        )


class CompletionOut(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut
    citations: list[CitationOut] = Field(description="As in `/v1/ask`.")
    citewell: AboutOut

    @classmethod
    def of(cls, answer: Answer, *, completion_id: str, created: int, model: str) -> CompletionOut:
        """The answer that is not streamed."""
        message = MessageOut(content=answer.answer, annotations=annotations_of(answer))
        return cls(
            id=completion_id,
            created=created,
            model=model,
            choices=[ChoiceOut(message=message, finish_reason=finish_reason(answer))],
            usage=UsageOut.of(answer.usage),
            citations=[CitationOut.of(citation) for citation in answer.citations],
            citewell=AboutOut.of(answer),
        )


MODES: dict[str, Mode] = {"citewell": "auto", "citewell-extractive": "extractive", "citewell-llm": "llm"}
"""What may write the answer, by the name of the model asked for."""
CREATED = 1793491200
"""Seconds since 1970, as the protocol wants of a model: when these names were first given."""


class ServedModelOut(BaseModel):
    """A name that can be asked."""

    id: str
    object: Literal["model"] = "model"
    created: int = CREATED
    owned_by: str = "citewell"


class ServedModelsOut(BaseModel):
    """The names that can be asked."""

    object: Literal["list"] = "list"
    data: list[ServedModelOut]


def annotations_of(answer: Answer) -> list[AnnotationOut]:
    """One for each marker in the text, in its order."""
    cited = {citation.number: citation for citation in answer.citations}
    return [
        AnnotationOut(
            url_citation=UrlCitationOut(
                start_index=start, end_index=end, title=citation.paper.title, url=citation.paper.url
            )
        )
        for start, end, citation in _marked(answer.answer, cited)
    ]


def _marked(text: str, cited: dict[int, Citation]) -> Iterator[tuple[int, int, Citation]]:
    for marker in _MARKER.finditer(text):
        if (citation := cited.get(int(marker[1]))) is not None:
            yield marker.start(), marker.end(), citation


def finish_reason(answer: Answer) -> FinishReason:
    """Why the text ends: ``length`` where a language model was cut off at its most tokens."""
    return "length" if CUT_SHORT in answer.degraded else "stop"


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidInput(message, field=field)
