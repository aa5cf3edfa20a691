"""Claim-and-evidence pairs, to measure the verifier that every sentence passes.

A row has ``claim``, ``evidence`` (a text) or ``references`` (several), and a ``label``: supported or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from eval.lines import read_lines

SUPPORTED = frozenset({"supports", "support", "supported", "attributable", "entailment"})
UNSUPPORTED = frozenset(
    {"refutes", "refuted", "contradict", "neutral", "not attributable", "not_enough_info", "contradiction"}
)


class _Row(BaseModel):
    model_config = ConfigDict(strict=True)

    id: str = Field(alias="_id", min_length=1)
    claim: str = Field(min_length=1)
    evidence: str = ""
    references: tuple[str, ...] = Field(default=(), strict=False)
    label: str

    @model_validator(mode="after")
    def _is_whole(self) -> _Row:
        if not (self.evidence or self.references):
            raise ValueError("has neither evidence nor references")
        if self.label.casefold() not in SUPPORTED | UNSUPPORTED:
            raise ValueError(f"label {self.label!r} is none of {', '.join(sorted(SUPPORTED | UNSUPPORTED))}")
        return self


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, its evidence, and whether the evidence supports it; ``label`` is the set's own word."""

    id: str
    claim: str
    evidence: str
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
            claim=row.claim,
            evidence="\n\n".join((row.evidence, *row.references)).strip(),
            supported=row.label.casefold() in SUPPORTED,
            label=row.label,
        )
        for row in rows
    )
    return PairSet(path.parent.name, pairs)
