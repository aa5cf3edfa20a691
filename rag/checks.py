"""What may be asked: the bounds of every request, checked once for every door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from rag.errors import InvalidInput
from rag.types import Filters, Mode, Request, Turn

MAX_QUESTION = 4000
"""Characters of a question."""
MAX_TURN = 32_000
"""Characters of one turn of the history."""
MAX_TURNS = 200
MAX_TOP_K = 50
MAX_COMMENT = 2000
"""Characters of what someone says of an answer."""
MAX_NAMES = 1000
"""Names in one list of a filter."""
YEARS = range(1, 10_000)


def check_request(request: Request) -> None:
    """Refuse a question that is out of bounds.

    Raises:
        InvalidInput: it is; names the field.
    """
    check_text(request.question, "question", longest=MAX_QUESTION)
    _check_history(request.history)
    check_filters(request.filters)
    check_top_k(request.top_k)
    _check_mode(request.mode)


def check_text(text: str, field: str, *, longest: int) -> None:
    """Refuse text that is blank, too long, or that no store can keep.

    Raises:
        InvalidInput: names the field.
    """
    if not text.strip():
        raise InvalidInput(f"{field} is empty: write a question in plain words.", field=field)
    if len(text) > longest:
        raise InvalidInput(f"{field} has {len(text)} characters: at most {longest} are taken.", field=field)
    _check_storable(text, field)


def check_top_k(top_k: int) -> None:
    """Refuse a number of papers that is out of bounds.

    Raises:
        InvalidInput: it is.
    """
    if not 1 <= top_k <= MAX_TOP_K:
        raise InvalidInput(f"top_k is {top_k}: ask for 1 to {MAX_TOP_K} papers.", field="top_k")


def _check_mode(mode: str) -> None:
    if mode not in get_args(Mode):
        raise InvalidInput(f"mode is {mode!r}: take one of {', '.join(get_args(Mode))}.", field="mode")


def _check_history(history: Sequence[Turn]) -> None:
    if len(history) > MAX_TURNS:
        raise InvalidInput(
            f"history has {len(history)} turns: send the last {MAX_TURNS} at most.", field="history"
        )
    for place, turn in enumerate(history):
        field = f"history.{place}.content"
        if len(turn.content) > MAX_TURN:
            raise InvalidInput(f"{field} is longer than {MAX_TURN} characters: shorten it.", field=field)
        _check_storable(turn.content, field)


def check_filters(filters: Filters) -> None:
    """Refuse filters that can match nothing by mistake.

    Raises:
        InvalidInput: names the field.
    """
    for name in ("paper_ids", "sources", "authors", "categories"):
        names: tuple[str, ...] = getattr(filters, name)
        if len(names) > MAX_NAMES:
            raise InvalidInput(
                f"filters.{name} holds {len(names)} names: at most {MAX_NAMES}.", field=f"filters.{name}"
            )
        for place, text in enumerate(names):
            _check_storable(text, f"filters.{name}.{place}")
    for name in ("year_from", "year_to"):
        year: int | None = getattr(filters, name)
        if year is not None and year not in YEARS:
            raise InvalidInput(
                f"filters.{name} is {year}: take a year from {YEARS.start} to {YEARS.stop - 1}.",
                field=f"filters.{name}",
            )
    if None not in (filters.year_from, filters.year_to) and filters.year_from > filters.year_to:  # type: ignore[operator]  # neither is None
        raise InvalidInput("filters.year_from lies after year_to: swap them.", field="filters.year_from")


def check_comment(comment: str) -> None:
    """Refuse a comment that is too long, or that no store can keep.

    Raises:
        InvalidInput: it is.
    """
    if len(comment) > MAX_COMMENT:
        raise InvalidInput(
            f"comment has {len(comment)} characters: at most {MAX_COMMENT} are kept.", field="comment"
        )
    _check_storable(comment, "comment")


def _check_storable(text: str, field: str) -> None:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInput(f"{field} holds NUL or a lone surrogate: take it out.", field=field)
