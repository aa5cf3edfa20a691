"""Two things that change places around the word that sets one against the other: who outperforms whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answer.lexicon import groups, words_of
from rag.answer.text.tokens import Token
from rag.answer.verify.opposites import compares, sides
from rag.answer.verify.statement import Statement

_BE = frozenset({"is", "are", "was", "were", "be", "been", "being"})
_NO_SUBJECT = frozenset(
    {"a", "an", "and", "had", "has", "have", "no", "of", "or", "show", "showed", "shows", "the", "with"}
)
_BY = 2  # words behind a passive verb among which its "by" stands


def turned_round(claim: Statement, span: Statement) -> Iterator[str]:
    """Words that have on their left what the span has on their right, and the other way, as ``turned: word``.

    A passive ("is outperformed by") changes the places itself.
    """
    for i, ours in enumerate(claim.tokens):
        if not _directed(claim.tokens, i):
            continue
        for j, theirs in enumerate(span.tokens):
            if _alike(ours, theirs) and _directed(span.tokens, j):
                left, right = _around(claim.tokens, i)
                before, behind = _around(span.tokens, j)
                both = (left & right) | (before & behind)
                crossed = bool((left & behind) - both and (right & before) - both)
                straight = bool((left & before) - both and (right & behind) - both)
                same = _voice(claim.tokens, i) * _voice(span.tokens, j)
                if crossed != straight and same == (1 if crossed else -1):
                    yield f"turned: {ours.text}"


def _directed(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word sets what stands before it against what stands behind it: a verb, "faster", "than"."""
    word = tokens[at].folded
    before = tokens[at - 1].folded if at else ""
    behind = tokens[at + 1].folded if at + 1 < len(tokens) else ""
    if word == "than" or (word.endswith("er") and sides(word)):
        return True
    verb = word.endswith(("s", "ed", "ing")) and (compares(word) or word in groups("causes")[0])
    return verb and before not in _NO_SUBJECT and behind not in _BE


def _alike(ours: Token, theirs: Token) -> bool:
    same = ours.folded == theirs.folded or set(ours.terms) & set(theirs.terms)
    return bool(same or set(sides(ours.folded)) & set(sides(theirs.folded)))


def _around(tokens: Sequence[Token], at: int) -> tuple[frozenset[str], frozenset[str]]:
    """The terms of a word's clause before it and behind it."""
    first, last = at, at
    while first > 0 and not _ends(tokens[first - 1]):
        first -= 1
    while last + 1 < len(tokens) and not _ends(tokens[last + 1]):
        last += 1
    terms = [
        frozenset(term for token in part for term in token.terms)
        for part in (tokens[first:at], tokens[at + 1 : last + 1])
    ]
    return terms[0], terms[1]


def _ends(token: Token) -> bool:
    return token.text == ";" or token.folded in words_of("clauses") or token.folded == "and"


def _voice(tokens: Sequence[Token], at: int) -> int:
    """1 as it stands, -1 where a passive or "less than" turns it, 0 where nothing is told of who does it."""
    word = tokens[at].folded
    if word == "than":
        signs = [sign for token in tokens[:at] if compares(token.folded) for _, sign in sides(token.folded)]
        return signs[-1] if signs else 0
    if word.endswith("er") or not any(token.folded in _BE for token in tokens[max(0, at - 2) : at]):
        return 1
    return -1 if any(token.folded == "by" for token in tokens[at + 1 : at + 1 + _BY]) else 0
