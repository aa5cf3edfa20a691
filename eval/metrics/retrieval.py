"""How well the gold papers are ranked, at paper level, through ``ir-measures``.

    nDCG@10 = DCG@10 / ideal DCG@10,  DCG@k = sum over ranks i <= k of gain(i) / log2(i + 1)
    Recall@k = gold papers in the first k / gold papers
    MRR@10 = 1 / rank of the first gold paper, 0 beyond rank 10
    hit@k = 1 where a gold paper stands in the first k, else 0

Source: Järvelin and Kekäläinen (2002) for nDCG; trec_eval's definitions, as ir-measures computes them.
A question without gold papers is left unscored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R, Success, nDCG

MEASURES = {
    "ndcg@10": nDCG @ 10,
    "recall@1": R @ 1,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "mrr@10": RR @ 10,
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
}


def ranking_scores(gold: Mapping[str, int], ranking: Sequence[str]) -> dict[str, float | None]:
    """Each measure of one ranking.

    Args:
        gold: relevance by paper id; papers with 0 count as not relevant.
        ranking: paper ids, best first, each once.
    """
    relevant = {paper: grade for paper, grade in gold.items() if grade > 0}
    if not relevant:
        return dict.fromkeys(MEASURES)
    if not ranking:
        return dict.fromkeys(MEASURES, 0.0)
    run = {"q": {paper: float(-rank) for rank, paper in enumerate(ranking)}}
    found = ir_measures.calc_aggregate(MEASURES.values(), {"q": relevant}, run)
    return {name: float(found[measure]) for name, measure in MEASURES.items()}
