"""How much each stage counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights of the stages, and how deep each one looks.

    Fitted with ``python -m bench.retrieval.fit`` over several public sets and the bundled papers'
    development questions. ``docs/decisions/0007-retrieval-mix.md`` has the figures, and those on sets that
    the weights were not fitted on; ``bench/retrieval/ablation.py`` prints what each stage brings.

    Attributes:
        bm25: weight of shared words: the share of the question's information that they cover.
        dense: weight of the nearest window of the abstract, its cosine.
        sentence: weight of the nearest sentence, its cosine.
        late: weight of late interaction, the mean cosine of each word's nearest word.
        candidates: papers that each arm brings in.
        depth: papers that late interaction looks at, the best by the other three.
    """

    bm25: float = 0.35
    dense: float = 0.15
    sentence: float = 0.15
    late: float = 0.35
    candidates: int = 100
    depth: int = 30

    @property
    def stages(self) -> dict[str, float]:
        """The weight of each stage, by its name."""
        return {"bm25": self.bm25, "dense": self.dense, "sentence": self.sentence, "late": self.late}
