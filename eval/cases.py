"""One question with what is known of its answer, and the strict reader of a file of them.

A case says what should happen (``expect``) and, where it should be answered, which papers and which words
of theirs hold the answer. Whatever it doesn't say is left unscored by the metrics, never scored zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from eval.lines import read_lines, refuse
from rag.errors import NotFound
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
    history: tuple[CaseTurn, ...] = Field(default=(), strict=False)
    question: str = Field(min_length=1, max_length=4000)
    expect: Expect | None
    gold_papers: tuple[str, ...] = Field(default=(), strict=False)
    gold_quotes: tuple[Quote, ...] = Field(default=(), strict=False)
    key_facts: tuple[str, ...] = Field(default=(), strict=False)
    reference_answer: str = ""
    about: tuple[str, ...] = Field(default=(), strict=False)
    corrections: tuple[Quote, ...] = Field(default=(), strict=False)
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
        InvalidInput: some lines are not cases, or share an id; names each fault as ``file:line``.
    """
    first: dict[str, int] = {}
    faults: list[str] = []
    rows = read_lines(path, Case)
    for number, case in rows:
        if case.id in first:
            faults.append(f"{path.name}:{number}: id {case.id!r} stands on line {first[case.id]} too")
        first.setdefault(case.id, number)
    refuse(path, faults)
    return tuple(case for _, case in rows)


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


def sampled(cases: Sequence[Case], size: int) -> tuple[Case, ...]:
    """So many cases at even distances, so that every kind keeps its share; all where ``size`` is 0."""
    if not size or size >= len(cases):
        return tuple(cases)
    return tuple(cases[number * len(cases) // size] for number in range(size))


def of_split(cases: Sequence[Case], split: Split | Literal["all"]) -> tuple[Case, ...]:
    """The cases of one split, or all."""
    return tuple(case for case in cases if split in ("all", case.split))
