"""Whether an answer is right, as far as gold can tell, and whether a question was treated as it should be.

    right     = cites a gold paper, and says at least half of the key facts
    corrected = cites words that contradict the question's false premise
    treated   = answered where it should be, or refused (or corrected) where it should be

Our own definitions. ``right`` is what risk is counted on: a strict reading would need a judge, a lax one
would let any gold citation pass.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from eval.metrics.spans import PaperSpan, matches

HALF = 0.5


def is_right(gold: Collection[str], cited: Collection[str], facts: float | None) -> bool:
    """Whether a gold paper is cited and at least half of the facts (where there are any) are said."""
    return bool(set(gold) & set(cited)) and (facts is None or facts >= HALF)


def is_corrected(corrections: Sequence[PaperSpan], cited: Sequence[PaperSpan]) -> bool:
    """Whether some citation matches words that contradict the premise."""
    return any(matches(span, words) for span in cited for words in corrections)
