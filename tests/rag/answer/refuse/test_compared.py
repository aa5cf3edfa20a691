from __future__ import annotations

import pytest

from rag.answer.refuse.compared import rival_missing
from rag.types import Paper
from tests.rag.answer.sample import WORDS, ask, weighed

PAPER = Paper(
    "a",
    "LightGCN: simple nets",
    "LightGCN beats NGCF. Convolutional neural nets are slower than GPT-2.",
)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Is LightGCN better than PinSage?", True),
        ("What is the difference between LightGCN and BERT4Rec?", True),
        ("How does PinSage compare to LightGCN?", True),
        ("Is LightGCN better than NGCF? (PinSage)", False),  # the talk before it
        ("LightGCN vs. CLIP", True),
        ("Is LightGCN better than NGCF?", False),
        ("Does LightGCN outperform CNNs?", False),  # spelt out
        ("Is it faster than GPT2?", False),
        ("Is LightGCN better than before?", False),
        ("Is there an interaction between LightGCN and elF3?", False),
        ("What is PinSage?", False),
    ],
)
def test_what_is_compared_must_be_spoken_of(question: str, missing: bool) -> None:
    assert rival_missing(ask(question), [weighed(PAPER, [0.5, 0.5], 1.0).reading], WORDS) == missing
