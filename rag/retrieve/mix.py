"""How much each stage counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights of the stages, and how deep each one looks.

    Attributes:
        bm25: weight of shared words.
        dense: weight of the nearest window of the abstract.
        sentence: weight of the nearest sentence.
        late: share of late interaction in the final score; the mix of the three above has the rest.
        candidates: papers that each arm brings in.
        depth: papers that late interaction looks at.
    """

    bm25: float = 0.30
    dense: float = 0.35
    sentence: float = 0.35
    late: float = 0.5
    candidates: int = 100
    depth: int = 50

    @property
    def base(self) -> dict[str, float]:
        """The weights of the stages that every candidate is scored by."""
        return {"bm25": self.bm25, "dense": self.dense, "sentence": self.sentence}
