"""Whether what is said rests on what is cited.

    supported share = sentences marked supported that carry a citation / sentences
    grounding       = content words of the sentences that stand in what they cite / their content words

The first is the service's own verdict held to its promise; the second looks for itself, and is 1 for quotes.
Source: token precision against the evidence, as K-precision in Adlakha et al. (2024). Unscored for answers
that state nothing (refusals, small talk).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.facts import words

SHORT = 3


def supported_share(sentences: Sequence[tuple[bool, Sequence[int]]]) -> float | None:
    """The share of sentences that are marked supported and cite something.

    Args:
        sentences: of each, the mark and the citation numbers.
    """
    if not sentences:
        return None
    return sum(supported and bool(cited) for supported, cited in sentences) / len(sentences)


def grounding(sentences: Sequence[tuple[str, Sequence[int]]], quotes: Mapping[int, str]) -> float | None:
    """The share of content words (over three letters) that stand in the quotes their sentence cites."""
    found = total = 0
    for text, cited in sentences:
        evidence = {word for number in cited for word in words(quotes.get(number, "")).split()}
        said = [word for word in words(text).split() if len(word) > SHORT]
        total += len(said)
        found += sum(word in evidence for word in said)
    return found / total if total else None
