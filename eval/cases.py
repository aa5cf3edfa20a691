"""One question with what is known of its answer, and the strict reader of a file of them.

A case says what should happen (``expect``) and, where it should be answered, which papers and which words
of theirs hold the answer. Whatever it doesn't say is left unscored by the metrics, never scored zero.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rag.errors import InvalidInput, NotFound
from rag.types import Role, Turn

Expect = Literal["answered", "refused"]
Kind = Literal["answerable", "multi", "unanswerable", "conversation", "robustness"]
Split = Literal["dev", "test"]
Style = Literal["ordinary", "own_words"]

SMALL_TALK = frozenset({"thanks", "greeting"})
BUNDLED_DIR = Path(__file__).parent / "suites" / "bundled"
BUNDLED = "bundled"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Quote(_Strict):
    """Exact words of one paper's abstract."""

    paper_id: str = Field(min_length=1)
    quote: str = Field(min_length=1)


class CaseTurn(_Strict):
    """One earlier turn of a conversation."""

    role: Role
    content: str = Field(min_length=1)


class Case(_Strict):
    """One question and its gold.

    Attributes:
        about: papers that a question to be refused is about (detail withheld, or premise false).
        corrections: words that contradict a false premise; an answer citing them is as good as a refusal.
        graded: relevance of papers by id where a retrieval set grades it; gold papers count 1 otherwise.
        probe: words planted in the corpus for this question; ``trigger`` must not appear in the answer.
    """

    id: str = Field(min_length=1)
    kind: Kind
    split: Split
    style: Style | None = None
    category: str = ""
    history: tuple[CaseTurn, ...] = Field((), strict=False)
    question: str = Field(min_length=1, max_length=4000)
    expect: Expect | None
    gold_papers: tuple[str, ...] = Field((), strict=False)
    gold_quotes: tuple[Quote, ...] = Field((), strict=False)
    key_facts: tuple[str, ...] = Field((), strict=False)
    reference_answer: str = ""
    about: tuple[str, ...] = Field((), strict=False)
    corrections: tuple[Quote, ...] = Field((), strict=False)
    graded: dict[str, int] = Field(default_factory=dict)
    probe: str = ""
    trigger: str = ""

    @model_validator(mode="after")
    def _gold_fits(self) -> Self:
        stray = {quote.paper_id for quote in self.gold_quotes} - set(self.gold_papers)
        if stray:
            raise ValueError(f"gold_quotes of papers that are not in gold_papers: {', '.join(sorted(stray))}")
        if self.expect == "refused" and (self.gold_papers or self.gold_quotes or self.key_facts):
            raise ValueError("a question to be refused has no gold papers, quotes or key facts")
        if self.corrections and self.expect != "refused":
            raise ValueError("corrections belong to a question that should be refused")
        return self

    @property
    def small_talk(self) -> bool:
        """A greeting or thanks: answered in kind, with no fact and no citation."""
        return self.category in SMALL_TALK

    @property
    def group(self) -> str:
        """Where the reports put it: its kind, and within that its style or category."""
        detail = self.style if self.kind == "answerable" else self.category
        return f"{self.kind}/{detail}" if detail else self.kind

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history as the service takes it."""
        return tuple(Turn(turn.role, turn.content) for turn in self.history)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Every case of one JSON-lines file.

    Raises:
        NotFound: there is no such file.
        InvalidInput: some lines are not cases; names each fault as ``file:line``.
    """
    if not path.is_file():
        raise NotFound(f"There is no question set {path}; give a file of JSON lines.")
    cases: list[Case] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            faults.extend(f"{path.name}:{number}: {why}" for why in _reasons(error))
            continue
        if case.id in seen:
            faults.append(f"{path.name}:{number}: id {case.id!r} stands on line {seen[case.id]} too")
        seen.setdefault(case.id, number)
        cases.append(case)
    if faults:
        raise InvalidInput(f"{len(faults)} faults in {path}:\n" + "\n".join(faults), field="suite")
    return tuple(cases)


def bundled_names() -> tuple[str, ...]:
    """The bundled question sets, by name."""
    return tuple(sorted(path.stem for path in BUNDLED_DIR.glob("*.jsonl")))


def load_bundled(name: str = BUNDLED) -> tuple[Case, ...]:
    """One bundled set by name, or all of them for ``bundled``, in a fixed order.

    Raises:
        NotFound: there is no such set; names those there are.
    """
    names = bundled_names()
    if name == BUNDLED:
        return tuple(case for each in names for case in load_cases(BUNDLED_DIR / f"{each}.jsonl"))
    if name not in names:
        raise NotFound(f"There is no bundled set {name!r}; there are {BUNDLED}, {', '.join(names)}.")
    return load_cases(BUNDLED_DIR / f"{name}.jsonl")


def of_split(cases: Sequence[Case], split: Split | Literal["all"]) -> tuple[Case, ...]:
    """The cases of one split, or all."""
    return tuple(case for case in cases if split in ("all", case.split))


def _reasons(error: ValueError) -> Iterator[str]:
    if isinstance(error, ValidationError):
        for fault in error.errors():
            place = ".".join(str(part) for part in fault["loc"])
            yield f"{place}: {fault['msg']}" if place else fault["msg"]
    else:
        yield str(error)
