"""What a sentence commits itself to: terms, quantities, names, what it denies and which side it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.answer.lexicon import words_of
from rag.answer.text.names import names
from rag.answer.text.quantities import Quantity, quantities
from rag.answer.text.tokens import Token, tokenize
from rag.answer.verify.opposites import sides
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
        scope: terms it reaches, nearest first: behind it, else before it; without light ones.
        around: terms near it on either side, in its clause.
        bare: whether such a noun stands beside it, so that the scope is what the denial is about.
    """

    word: str
    group: int
    sign: int
    scope: tuple[str, ...]
    around: frozenset[str]
    bare: bool = False


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
    """Whether a word denies where it stands: not in "not only", nor in the bound "no more than 6"."""
    behind = [token.folded for token in tokens[i + 1 : i + 4]] + [""] * 3
    bounds = behind[1] == "than" and bool(quantities(behind[2]))
    return denies(tokens[i].folded) and not (
        (tokens[i].folded == "not" and behind[0] in ("only", "just", "merely")) or bounds
    )


def _turn(tokens: tuple[Token, ...], i: int, group: int, sign: int) -> Turn:
    near = _near(tokens[i + 1 :]) | _near(tokens[:i][::-1])
    behind = following(tokens, i)
    scope = behind or following(tokens[i::-1], 0)
    bare = not behind or _is_light(tokens[i + 1 : i + 4])
    return Turn(tokens[i].folded, group, sign, scope, near, bare)


def _is_light(tokens: Sequence[Token]) -> bool:
    """Whether a noun that says nothing by itself stands among the next words."""
    return any(token.folded in words_of("light") for token in tokens)


def following(tokens: Sequence[Token], i: int) -> tuple[str, ...]:
    """The next few terms behind a word, within its clause."""
    clause = takewhile(lambda token: not token.is_mark and not _begins_clause(token), tokens[i + 1 :])
    return tuple(term for token in _telling(clause) for term in token.terms)[:_SCOPE]


def _near(tokens: tuple[Token, ...]) -> frozenset[str]:
    bearing = _telling(takewhile(lambda token: not _begins_clause(token), tokens))[:_AROUND]
    return frozenset(term for token in bearing for term in token.terms)


def _begins_clause(token: Token) -> bool:
    return token.text == ";" or token.folded in words_of("clauses")


def _telling(tokens: Iterable[Token]) -> list[Token]:
    """The words with terms, without those that say little by themselves unless there are no others."""
    bearing = [token for token in tokens if token.terms]
    return [token for token in bearing if token.folded not in words_of("light")] or bearing
