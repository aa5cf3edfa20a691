"""How much of the reference answer's wording the answer shares: ROUGE-L.

    P = LCS(answer, reference) / words of the answer,  R = LCS / words of the reference,  F1 of both

LCS is the length of the longest common subsequence of folded words. Source: Lin (2004), with beta = 1.
Quotes are longer than a reference written for brevity, so read it beside key-fact recall, never alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.citations import f1
from eval.metrics.facts import words


def rouge_l(reference: str, answer: str) -> float | None:
    """ROUGE-L F1; unscored without a reference."""
    expected, said = words(reference).split(), words(answer).split()
    if not expected:
        return None
    if not said:
        return 0.0
    common = longest_common_subsequence(expected, said)
    return f1(common / len(said), common / len(expected))


def longest_common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest sequence that both hold in order, gaps allowed."""
    previous = [0] * (len(other) + 1)
    for item in one:
        current = [0]
        for place, candidate in enumerate(other, start=1):
            best = previous[place - 1] + 1 if item == candidate else max(previous[place], current[-1])
            current.append(best)
        previous = current
    return previous[-1]
