"""A receipt put to the test: asked again, does the service still say the same?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

from rag.saved.record import Provenance, Saved
from rag.types import Answer, Request

Ask = Callable[[Request], Answer]
"""A question to its answer, which is not kept."""


@dataclass(frozen=True, slots=True)
class Replay:
    """How an answer compares with what is said now.

    Attributes:
        before: as it was sent.
        now: as it is said now.
        differences: fields that differ; none where the answer is the same.
        circumstances: what else changed meanwhile, and may be why: corpus, code, models, settings.
    """

    before: Saved
    now: Answer
    differences: tuple[str, ...]
    circumstances: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the same is said, resting on the same words of the same papers."""
        return not self.differences


def replay(saved: Saved, ask: Ask, made_by: Provenance) -> Replay:
    """Ask a kept question again, exactly as it was asked.

    What quoted sentences answered is answered by quoting again, whatever writes now: only that can be
    expected to repeat itself to the letter.

    Args:
        saved: the answer.
        ask: asks without keeping.
        made_by: what answers now.
    """
    request = saved.request
    if saved.answer.mode == "extractive":
        request = replace(request, mode="extractive")
    now = ask(request)
    return Replay(
        saved,
        now,
        tuple(_differences(saved.answer, now)),
        tuple(_circumstances(saved, now, made_by)),
    )


def _differences(before: Answer, now: Answer) -> Iterator[str]:
    for name in ("status", "standalone_question", "mode", "model", "answer"):
        was, is_ = getattr(before, name), getattr(now, name)
        if was != is_:
            yield f"{name}: {was!r} before, {is_!r} now"
    if (was_cited := _cited(before)) != (is_cited := _cited(now)):
        yield f"citations: {_listed(was_cited)} before, {_listed(is_cited)} now"
    was_found, is_found = ([hit.paper.id for hit in each.retrieved] for each in (before, now))
    if was_found != is_found:
        yield f"retrieved: {', '.join(was_found)} before, {', '.join(is_found)} now"


def _cited(answer: Answer) -> list[tuple[int, str, int, int, str]]:
    return [(c.number, c.paper.id, c.span.start, c.span.end, c.paper.sha256) for c in answer.citations]


def _listed(cited: list[tuple[int, str, int, int, str]]) -> str:
    told = (f"[{n}] {paper}:{start}-{end} of {sha256[:8]}" for n, paper, start, end, sha256 in cited)
    return ", ".join(told) or "none"


def _circumstances(saved: Saved, now: Answer, made_by: Provenance) -> Iterator[str]:
    before = asdict(saved.answer.index) | asdict(saved.made_by)
    today = asdict(now.index) | asdict(made_by)
    for name, was in before.items():
        if was != today[name]:
            yield f"{name}: {_told(was)} before, {_told(today[name])} now"


def _told(value: object) -> str:
    return ", ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
