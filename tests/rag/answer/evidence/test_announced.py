from __future__ import annotations

import pytest

from rag.answer.evidence.announced import announced

ITEMS = [
    "Nets are trained.",
    "Training considers two constraints.",
    "A data term fits.",
    "Then, another smooths.",
]


@pytest.mark.parametrize(
    ("texts", "place", "items"),
    [
        (ITEMS, 1, [2, 3]),
        (ITEMS, 0, []),
        ([*ITEMS, "It is fast."], 1, [2, 3]),
        (
            ["Our contribution is twofold.", "We first make data.", "It is large.", "Secondly, we fit."],
            0,
            [1, 3],
        ),
        (["It has two parts.", "First, a net.", "It is fast.", "It is small.", "Second, a loss."], 0, []),
        (["It has two parts.", "First, a net."], 0, []),  # one is no list
        (["It has two parts.", "It is fast.", "Second, a loss."], 0, []),
        (["It has two parts."], 0, []),
    ],
)
def test_what_a_sentence_announces_stands_behind_it(texts: list[str], place: int, items: list[int]) -> None:
    assert announced(texts, place) == items


def test_a_long_sentence_says_enough_itself() -> None:
    long = "Training considers two constraints " + "of all those that are known so far " * 4 + "as parts."
    assert announced([long, "First, a net.", "Second, a loss."], 0) == []
