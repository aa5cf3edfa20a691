"""What condensing a conversation into a standalone question is worth to retrieval.

    gain = nDCG@10 of the question as condensed - nDCG@10 of the question as typed, in -1..1

Source: the comparison of rewritten with raw turns in TREC CAsT (Dalton et al., 2019). Unscored outside
conversations, and where a turn has no gold papers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.retrieval import ranking_scores

MEASURE = "ndcg@10"


def condensing_scores(
    gold: Mapping[str, int], condensed: Sequence[str], raw: Sequence[str] | None
) -> dict[str, float | None]:
    """nDCG@10 of both rankings and their difference; ``raw`` is ``None`` where there is no history."""
    names = ("condensed_ndcg@10", "raw_ndcg@10", "condensing_gain")
    if raw is None:
        return dict.fromkeys(names)
    after, before = ranking_scores(gold, condensed)[MEASURE], ranking_scores(gold, raw)[MEASURE]
    gain = None if after is None or before is None else after - before
    return dict(zip(names, (after, before, gain), strict=True))
