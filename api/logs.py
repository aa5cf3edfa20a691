"""The log of a server: a line for people or a JSON object, each with the id of the request it belongs to.

What was asked never gets in. Our own messages don't hold it, and of an error that nobody foresaw only the
kind and the place are written, since its message may quote anything.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

from opentelemetry import trace

from rag.settings import Settings

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The request that is worked on; threads that work for it are started in its context."""

OURS = ("api", "citewell", "cli", "rag")
_UNSEEN = {chr(code): repr(chr(code))[1:-1] for code in (*range(32), 127, *range(128, 160), 0x2028, 0x2029)}
_PLAIN = str.maketrans(_UNSEEN)


@contextmanager
def writing(settings: Settings, stream: TextIO | None = None) -> Iterator[None]:
    """Send every record of this process to one place: ours from the level set on, others' from warnings on.

    Args:
        settings: the form and the level.
        stream: where to; standard error where missing.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else Lines())
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in OURS]
    before = root.handlers, [logger.level for logger in (root, *ours)]
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for logger in ours:
        logger.setLevel(settings.log_level.upper())
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.handlers = before[0]
        for logger, level in zip((root, *ours), before[1], strict=True):
            logger.setLevel(level)


class Lines(logging.Formatter):
    """``time level logger [request id] message``, and where an error happened below it."""

    def format(self, record: logging.LogRecord) -> str:
        """One record; nothing in its message can begin a line of its own."""
        request_id = REQUEST_ID.get()
        bound = f" [{request_id}]" if request_id else ""
        line = f"{_time(record)} {record.levelname} {record.name}{bound} {_message(record)}".translate(_PLAIN)
        return "\n".join([line, *_where(_error(record))])


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``, ``request_id``, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        told: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if request_id := REQUEST_ID.get():
            told["request_id"] = request_id
        if (span := trace.get_current_span().get_span_context()).is_valid:
            told["trace_id"] = trace.format_trace_id(span.trace_id)
        told.update(getattr(record, "fields", {}))
        if where := list(_where(_error(record))):
            told["error"] = where
        return json.dumps(told)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    """The message; of asyncio's its first line, as the others show the values at hand."""
    message = record.getMessage()
    return message.partition("\n")[0] if record.name == "asyncio" else message


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _where(error: BaseException | None) -> Iterator[str]:
    """The kinds of errors and the places they went through, causes first; no messages."""
    if error is None:
        return
    if error.__cause__ is not None or not error.__suppress_context__:
        yield from _where(error.__cause__ or error.__context__)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _where(member)
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
