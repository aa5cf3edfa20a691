"""Conditions that a sentence takes from one side of a contrast and ties to what the other side says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from rag.answer.text.tokens import Token
from rag.answer.verify.statement import Statement

_CONTRAST = frozenset({"but", "however", "whereas", "while", "yet"})
_BEFORE_CONDITION = frozenset(
    {"above", "among", "at", "below", "during", "for", "in", "on", "over", "to", "under", "with"}
)
_DENIES = frozenset({"no", "not", "none", "neither", "nor", "never", "without"})
_TIED = 2  # terms of one side that make a claim that side's


def crossed(claim: Statement, span: Statement) -> Iterator[str]:
    """Conditions of the claim that the span sets for something else, as ``crossed: word``.

    "A lowers X in men, but does nothing for Y in women" gives no "A lowers X in women".
    """
    sides = [frozenset(term for token in side for term in token.terms) for side in _contrasted(span.tokens)]
    if len(sides) < 2 or claim.words & _DENIES or len(_contrasted(claim.tokens)) > 1:
        return
    shared = frozenset(
        term for i, side in enumerate(sides) for term in side.intersection(*sides[:i], *sides[i + 1 :])
    )
    own = [side - shared for side in sides]
    for word, terms in _conditions(claim.tokens):
        rest = claim.held - terms
        for i, side in enumerate(own):
            others = max(len(rest & other) for j, other in enumerate(own) if j != i)
            if terms <= side and not rest & side and others >= _TIED:
                yield f"crossed: {word}"


def _contrasted(tokens: Sequence[Token]) -> list[list[Token]]:
    """The parts of a sentence that words of contrast set against each other."""
    sides: list[list[Token]] = [[]]
    for i, token in enumerate(tokens):
        after = tokens[i + 1].folded if i + 1 < len(tokens) else ""
        if token.text == ";" or (token.folded in _CONTRAST and not after.endswith("ing")):
            sides.append([])
        else:
            sides[-1].append(token)
    return [side for side in sides if any(token.terms for token in side)]


def _conditions(tokens: Sequence[Token]) -> Iterator[tuple[str, frozenset[str]]]:
    """What stands behind each preposition that sets a condition, up to the next: a word, and all terms."""
    for i, token in enumerate(tokens):
        if token.folded in _BEFORE_CONDITION:
            phrase = takewhile(
                lambda each: not each.is_mark and each.folded not in _BEFORE_CONDITION, tokens[i + 1 : i + 5]
            )
            telling = [each for each in phrase if each.terms]
            if telling:
                yield telling[0].text, frozenset(term for each in telling for term in each.terms)
