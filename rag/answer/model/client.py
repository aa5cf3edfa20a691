"""A chat model behind LlamaIndex's LLM interface, held to bounds: a deadline, idle time, one retry.

The call runs on an event loop of its own, where it can be cancelled at any moment: whoever stops reading
closes the connection to the model. Thoughts that a model writes between tags are left out.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Awaitable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import openai
from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.llms import LLM

from rag import watch
from rag.answer.model.prompts import Message
from rag.answer.model.thoughts import Thoughts
from rag.errors import ModelFailed, ModelTimeout, Stopped
from rag.types import Cancelled, Usage, never

_LONGEST_WAIT = 10.0  # seconds that a Retry-After is obeyed; a model that asks for more is given up
_SHORTEST_WAIT = 0.25
_GRACE = 2.0  # seconds beyond a deadline, after which nothing more is expected
_LOOK_UP = 0.1  # seconds between looks at whether anybody still waits
_COMPLETE = ("stop", "length")
HTTP_TOO_MANY, HTTP_SERVER_FAULT = 429, 500

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a call may take.

    Attributes:
        timeout_s: seconds in all, waiting for its turn and one retry included.
        idle_timeout_s: seconds without a word.
        concurrency: calls at one time.
    """

    timeout_s: float = 60.0
    idle_timeout_s: float = 20.0
    concurrency: int = 4


@dataclass(frozen=True, slots=True)
class Ended:
    """How a reply ended: ``stop``, or ``length`` where it was cut at the most tokens allowed."""

    reason: str
    usage: Usage


class ChatModel:
    """Streams replies of one model.

    Args:
        llm: any chat model of LlamaIndex that streams and tells why it stopped as OpenAI's does; it must not
            retry by itself.
        bounds: of every call.
    """

    def __init__(self, llm: LLM, bounds: Bounds | None = None) -> None:
        self._llm = llm
        self._bounds = bounds or Bounds()
        self._turns = threading.BoundedSemaphore(self._bounds.concurrency)
        self._loop = _Loop()

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self._llm.metadata.model_name)

    def stream(self, messages: Sequence[Message], cancelled: Cancelled = never) -> Reply:
        """Asks; the reply comes as it is read.

        Args:
            messages: of the conversation.
            cancelled: whether to stop; looked at ten times a second, also while a turn is waited for.

        Raises:
            ModelTimeout: no turn was free in time.
            Stopped: it was cancelled before a turn was free.
        """
        until = time.monotonic() + self._bounds.timeout_s
        while not self._turns.acquire(timeout=_LOOK_UP):
            _stop_if(cancelled)
            if time.monotonic() > until:
                raise ModelTimeout(
                    f"The language model {self.name} had no turn free in time; try again later."
                )
        asked = [ChatMessage(role=m.role, content=m.content) for m in messages]
        return Reply(self, asked, until, cancelled)

    @property
    def about(self) -> dict[str, object]:
        """What can be told of every call."""
        told = self._llm.metadata
        return {
            "operation": "chat",
            "provider": "openai",
            "model": told.model_name,
            "max_tokens": told.num_output,
        }

    def complete(self, messages: Sequence[Message], cancelled: Cancelled = never) -> tuple[str, Usage]:
        """The whole reply.

        Raises:
            ModelFailed: the model failed, or sent something else than a complete reply.
            ModelTimeout: it did not answer in time.
            Stopped: it was cancelled.
        """
        reply = self.stream(messages, cancelled)
        text = "".join(reply)
        return text, reply.ended.usage if reply.ended else Usage()

    def close(self) -> None:
        """Ends the loop; calls that still run are cancelled."""
        self._loop.stop()

    def _start(self, reply: Reply) -> Future[None]:
        future = self._loop.run(self._pump(reply))
        future.add_done_callback(lambda _: self._turns.release())  # a call cancelled early never begins
        return future

    async def _pump(self, reply: Reply) -> None:
        """One call and at most one retry, into the reply's queue."""
        try:
            async with asyncio.timeout(max(0.0, reply.until - time.monotonic())):
                try:
                    await self._once(reply)
                except openai.APIError as error:
                    wait = _retry_wait(error)
                    if reply.begun or wait is None:
                        raise
                    await asyncio.sleep(wait)
                    await self._once(reply)
        except TimeoutError:
            reply.put(ModelTimeout(f"The language model {self.name} did not answer in time."))
        except ModelFailed as error:
            reply.put(error)
        except openai.APITimeoutError:
            reply.put(ModelTimeout(f"The language model {self.name} did not answer in time."))
        except openai.APIError as error:
            reply.put(
                ModelFailed(f"The language model {self.name} failed: {_what(error)}.", kind=_kind(error))
            )
        except Exception as error:  # noqa: BLE001  # a reply that is no reply fails in any way at all
            reply.put(
                ModelFailed(
                    f"The language model {self.name} sent no usable reply: {type(error).__name__}.",
                    kind="bad_reply",
                )
            )

    async def _once(self, reply: Reply) -> None:
        chunks = await self._in_time(self._llm.astream_chat(reply.messages))
        reason, usage, said, thoughts = "", Usage(), False, Thoughts()
        while True:
            try:
                chunk = await self._in_time(anext(chunks))
            except StopAsyncIteration:
                break
            if text := thoughts.feed(chunk.delta or ""):
                said = said or not text.isspace()
                reply.put(text)
            reason = _reason(chunk) or reason
            usage = _usage(chunk) or usage
        if reason not in _COMPLETE:
            told = f"it ended with {reason!r}" if reason else "the reply broke off"
            raise ModelFailed(
                f"The language model {self.name} gave no complete reply: {told}.", kind="cut_off"
            )
        if rest := thoughts.finish():
            said = True
            reply.put(rest)
        if not said:
            raise ModelFailed(f"The language model {self.name} gave an empty reply.", kind="empty")
        reply.put(Ended(reason, usage))

    async def _in_time(self, step: Awaitable[_T]) -> _T:
        """The step's result, unless the model is silent for too long."""
        async with asyncio.timeout(
            self._bounds.idle_timeout_s
        ):  # wait_for may swallow the deadline's cancellation
            return await step


class Reply:
    """A reply as it comes: iterate for its text, then see ``ended``. Closing it ends the call.

    Iterating raises ModelFailed where the reply is not complete, ModelTimeout where it takes too long,
    Stopped where it was cancelled.
    """

    def __init__(
        self, model: ChatModel, messages: list[ChatMessage], until: float, cancelled: Cancelled = never
    ) -> None:
        self.messages = messages
        self.until = until
        self._cancelled = cancelled
        self.begun = False
        self.ended: Ended | None = None
        self._queue: queue.SimpleQueue[str | Ended | ModelFailed] = queue.SimpleQueue()
        self._about = model.about
        self._future = model._start(self)

    def put(self, item: str | Ended | ModelFailed) -> None:
        """Hands on what the model sent; for the call itself."""
        self.begun = self.begun or isinstance(item, str)
        self._queue.put(item)

    def __iter__(self) -> Iterator[str]:
        asked = time.monotonic()
        try:
            with watch.stage("chat", stream=True, **self._about) as note:
                while not isinstance(item := self._next(), Ended):
                    if isinstance(item, ModelFailed):
                        raise item
                    if asked:
                        note({"first_chunk_s": time.monotonic() - asked})
                        asked = 0.0
                    yield item
                self.ended = item
                usage = item.usage
                note(
                    {
                        "finish_reason": item.reason,
                        "input_tokens": usage.prompt_tokens,
                        "output_tokens": usage.completion_tokens,
                    }
                )
        finally:
            self.close()

    def close(self) -> None:
        """Ends the call and its connection, if it still runs."""
        self._future.cancel()

    def _next(self) -> str | Ended | ModelFailed:
        while True:  # what has come is read to the end, however late
            _stop_if(self._cancelled)
            with suppress(queue.Empty):
                return self._queue.get(timeout=_LOOK_UP)
            if time.monotonic() > self.until + _GRACE:
                break
        return ModelTimeout("The language model did not answer in time.")


class _Loop:
    """An event loop in a thread of its own, started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        """Starts work on the loop."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._serve, args=(self._loop,), name="llm", daemon=True).start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """Cancels what runs and ends the thread."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(_GRACE)
            loop.call_soon_threadsafe(loop.stop)

    @staticmethod
    def _serve(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _stop_if(cancelled: Cancelled) -> None:
    if cancelled():
        raise Stopped("The answer was stopped before it was written; ask again.")


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _retry_wait(error: openai.APIError) -> float | None:
    """Seconds to wait before the one retry; None where another try would not help."""
    if isinstance(error, openai.APITimeoutError):
        return None
    if isinstance(error, openai.APIStatusError):
        if error.status_code != HTTP_TOO_MANY and error.status_code < HTTP_SERVER_FAULT:
            return None
        told = error.response.headers.get("retry-after", "")
        wait = float(told) if told.replace(".", "", 1).isdecimal() else _SHORTEST_WAIT
        return max(wait, _SHORTEST_WAIT) if wait <= _LONGEST_WAIT else None
    return _SHORTEST_WAIT if isinstance(error, openai.APIConnectionError) else None


def _what(error: openai.APIError) -> str:
    if isinstance(error, openai.APIStatusError):
        return f"it answered {error.status_code}"
    return "it can't be reached" if isinstance(error, openai.APIConnectionError) else "it sent an error"


def _kind(error: openai.APIError) -> str:
    if isinstance(error, openai.APIStatusError):
        if error.status_code == HTTP_TOO_MANY:
            return "rate_limited"
        return "server_error" if error.status_code >= HTTP_SERVER_FAULT else "refused"
    return "unreachable" if isinstance(error, openai.APIConnectionError) else "failed"


def _reason(chunk: ChatResponse) -> str:
    choices = getattr(chunk.raw, "choices", None) or []
    return str(getattr(choices[0], "finish_reason", None) or "") if choices else ""


def _usage(chunk: ChatResponse) -> Usage | None:
    told = getattr(chunk.raw, "usage", None)
    if told is None:
        return None
    return Usage(int(told.prompt_tokens or 0), int(told.completion_tokens or 0))
