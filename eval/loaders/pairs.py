"""Claim-and-evidence pairs, to measure the verifier that every sentence passes.

A row has ``claim``, ``evidence`` (a text) or ``references`` (several), and a ``label``: supported or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from eval.lines import read_lines
from rag.types import Paper

SUPPORTED = frozenset({"supports", "support", "supported", "attributable", "entailment"})
UNSUPPORTED = frozenset(
    {"refutes", "refuted", "contradict", "neutral", "not attributable", "not_enough_info", "contradiction"}
)


_MARKER = re.compile(r"\s*\[\d+\]")
_TITLE = "Title:"


class _Row(BaseModel):
    model_config = ConfigDict(strict=True)

    id: str = Field(alias="_id", min_length=1)
    claim: str = Field(min_length=1)
    evidence: str = ""
    references: tuple[str, ...] = Field(default=(), strict=False)
    label: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that isn't blank."""
        return tuple(text for text in (self.evidence, *self.references) if text.strip())

    @model_validator(mode="after")
    def _is_whole(self) -> _Row:
        if not self.texts:
            raise ValueError("has neither evidence nor references")
        if self.label.casefold() not in SUPPORTED | UNSUPPORTED:
            raise ValueError(f"label {self.label!r} is none of {', '.join(sorted(SUPPORTED | UNSUPPORTED))}")
        return self


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, texts that may support it, and whether one does; ``label`` is the set's own word."""

    id: str
    claim: str
    evidence: tuple[Paper, ...]
    supported: bool
    label: str


@dataclass(frozen=True, slots=True)
class PairSet:
    """Pairs and the name of their set."""

    name: str
    pairs: tuple[Pair, ...]


def load_pairs(path: Path) -> PairSet:
    """Every pair of one file.

    Raises:
        NotFound: there is no such file.
        InvalidInput: some lines are malformed or carry an unknown label; names each.
    """
    rows = [row for _, row in read_lines(path, _Row)]
    pairs = tuple(
        Pair(
            id=row.id,
            claim=_MARKER.sub("", row.claim),
            evidence=tuple(_paper(f"{row.id}-{i}", text) for i, text in enumerate(row.texts)),
            supported=row.label.casefold() in SUPPORTED,
            label=row.label,
        )
        for row in rows
    )
    return PairSet(path.parent.name, pairs)


def _paper(name: str, text: str) -> Paper:
    """A text as a paper; one that begins with a title line gets that title."""
    first, _, rest = text.partition("\n\n")
    if first.startswith(_TITLE) and rest.strip():
        return Paper(name, " ".join(first.removeprefix(_TITLE).split()), rest.strip())
    return Paper(name, "", text.strip())
