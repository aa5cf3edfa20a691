from __future__ import annotations

import pytest

from rag.answer.refuse.variants import missing_variants
from rag.types import Paper
from tests.rag.answer.sample import weighed

PAPER = Paper(
    "a",
    "Mixing nets",
    "On CIFAR-10, ImageNet and PROSE we beat GPT2-small. MIMIC-III, HDL cholesterol and ResNets help.",
)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How does it do on CIFAR-100?", ("CIFAR-100",)),
        ("How does it do on CIFAR-10-LT and ImageNet-C?", ("CIFAR-10-LT", "ImageNet-C")),
        ("Does it beat PROSE-FD or GPT-4?", ("PROSE-FD", "GPT-4")),
        ("Is ResNet-50 used?", ("ResNet-50",)),
        ("How does it do on CIFAR-10?", ()),
        ("Does it beat GPT-2?", ()),
        ("Is MIMIC-III used?", ()),
        ("Is HDL-C used?", ()),  # cholesterol
        ("Is HDL-D used?", ("HDL-D",)),
        ("Is MIMIC-IV used?", ("MIMIC-IV",)),
        ("Is VGG-19 used?", ()),  # nothing is told of its kin
        ("Is CIFAR100 used?", ()),
        ("Is it good? (CIFAR-100)", ()),  # the talk before it
    ],
)
def test_of_variants_only_what_is_named_counts(question: str, missing: tuple[str, ...]) -> None:
    assert missing_variants(question, [weighed(PAPER, [0.5, 0.5], 1.0).reading]) == missing
