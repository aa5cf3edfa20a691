from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.loaders.pairs import Pair, PairSet
from eval.pairs import Judged, measure_pairs, pair_figures
from rag.types import Paper


def pair(name: str, supported: bool, label: str = "") -> Pair:
    word = label or ("Supports" if supported else "Neutral")
    return Pair(name, f"claim {name}", (Paper(name, "", "text"),), supported, word)


JUDGED = (
    Judged(pair("a", True), supported=True, support=0.9),
    Judged(pair("b", True), supported=False, support=0.3),
    Judged(pair("c", False), supported=True, support=0.6),
    Judged(pair("d", False), supported=False, support=0.2),
    Judged(pair("e", False, "Refutes"), supported=False, support=0.1),
)


def test_figures_of_a_verifier_are_those_counted_by_hand() -> None:
    found = {name: estimate.value for name, estimate in pair_figures(JUDGED, seed=0).items()}
    assert found == pytest.approx(
        {
            "auroc": 0.8333,
            "supported_precision": 0.5,
            "supported_recall": 0.5,
            "supported_f1": 0.5,
            "passed: Neutral": 0.5,
            "passed: Refutes": 0.0,
            "passed: Supports": 0.5,
        }
    )


def test_every_pair_is_written_with_its_verdict(tmp_path: Path) -> None:
    pairs = PairSet("small", tuple(each.pair for each in JUDGED))
    verdicts = {each.pair.id: (each.supported, each.support) for each in JUDGED}
    measure_pairs(lambda one: verdicts[one.id], pairs, tmp_path, seed=0)
    rows = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert [(row["id"], row["expected"], row["supported"]) for row in rows][:3] == [
        ("a", True, True),
        ("b", True, False),
        ("c", False, True),
    ]
    assert json.loads((tmp_path / "figures.json").read_text())["auroc"]["n"] == 5
