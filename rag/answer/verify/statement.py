"""What a sentence commits itself to: terms, quantities, names, what it denies and which side it takes."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer.lexicon import words_of
from rag.answer.verify.names import names
from rag.answer.verify.opposites import sides
from rag.answer.verify.quantities import Quantity, quantities
from rag.answer.verify.tokens import Token, tokenize
from rag.index.words import Words

_SCOPE = 3  # terms that a negation reaches forward
_AROUND = 3  # words with terms, each way, by which two places are known to speak of the same


@dataclass(frozen=True, slots=True)
class Turn:
    """A place where a sentence takes a side: it denies, or says more rather than less.

    Attributes:
        word: that does it.
        group: of opposites, or -1 for a denial.
        sign: 1 or -1.
        scope: terms it reaches forward, nearest first.
        around: terms near it on either side.
    """

    word: str
    group: int
    sign: int
    scope: tuple[str, ...]
    around: frozenset[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, taken apart once."""

    text: str
    tokens: tuple[Token, ...]
    terms: tuple[str, ...]
    held: frozenset[str]
    words: frozenset[str]
    quantities: tuple[Quantity, ...]
    names: tuple[str, ...]
    denials: tuple[Turn, ...]
    sides: tuple[Turn, ...]


def read_statement(text: str, words: Words) -> Statement:
    """Takes a sentence apart."""
    tokens = tokenize(text, words)
    terms = tuple(term for token in tokens for term in token.terms)
    folded = frozenset(token.folded for token in tokens if not token.is_mark)
    denials = tuple(_turn(tokens, i, -1, -1) for i, token in enumerate(tokens) if _denies(tokens, i))
    turned = tuple(
        _turn(tokens, i, group, sign) for i, token in enumerate(tokens) for group, sign in sides(token.folded)
    )
    return Statement(
        text, tokens, terms, frozenset(terms), folded, quantities(text), names(text), denials, turned
    )


def denies(word: str) -> bool:
    """Whether a word (lower case) denies by itself."""
    return word in words_of("negators") or word.endswith("n't")


def _denies(tokens: tuple[Token, ...], i: int) -> bool:
    following = tokens[i + 1].folded if i + 1 < len(tokens) else ""
    return denies(tokens[i].folded) and not (
        tokens[i].folded == "not" and following in ("only", "just", "merely")
    )


def _turn(tokens: tuple[Token, ...], i: int, group: int, sign: int) -> Turn:
    scope: list[str] = []
    for token in tokens[i + 1 :]:
        if len(scope) >= _SCOPE or token.is_mark or token.folded in words_of("clauses"):
            break
        scope += token.terms
    near = _near(tokens[i + 1 :]) | _near(tokens[:i][::-1])
    return Turn(tokens[i].folded, group, sign, tuple(scope), near)


def _near(tokens: tuple[Token, ...]) -> frozenset[str]:
    bearing = [token for token in tokens if token.terms][:_AROUND]
    return frozenset(term for token in bearing for term in token.terms)
