"""Two things that change places around the word that sets one against the other: who outperforms whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answer.lexicon import paragraphs, words_of
from rag.answer.verify.opposites import compares, sides
from rag.answer.verify.statement import Statement
from rag.answer.verify.tokens import Token

_BE = frozenset({"is", "are", "was", "were", "be", "been", "being"})
_BY = 2  # words behind a passive verb among which its "by" stands


def turned_round(claim: Statement, span: Statement) -> Iterator[str]:
    """Words that have on their left what the span has on their right, and the other way, as ``turned: word``.

    A passive ("is outperformed by") changes the places itself.
    """
    for i, ours in enumerate(claim.tokens):
        if not _directed(ours.folded):
            continue
        for j, theirs in enumerate(span.tokens):
            if _directed(theirs.folded) and _alike(ours, theirs):
                left, right = _around(claim.tokens, i)
                before, behind = _around(span.tokens, j)
                both = (left & right) | (before & behind)
                crossed = bool((left & behind) - both and (right & before) - both)
                straight = bool((left & before) - both and (right & behind) - both)
                same_voice = _passive(claim.tokens, i) == _passive(span.tokens, j)
                if crossed != straight and crossed == same_voice:
                    yield f"turned: {ours.text}"


def _directed(word: str) -> bool:
    """Whether a word sets what stands before it against what stands behind it."""
    causes = frozenset(paragraphs("causes")[0].split())
    return compares(word) or word in causes or (word.endswith("er") and bool(sides(word)))


def _alike(ours: Token, theirs: Token) -> bool:
    return bool(set(ours.terms) & set(theirs.terms)) or bool(
        set(sides(ours.folded)) & set(sides(theirs.folded))
    )


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


def _passive(tokens: Sequence[Token], at: int) -> bool:
    behind = [token.folded for token in tokens[at + 1 : at + 1 + _BY]]
    return "by" in behind and any(token.folded in _BE for token in tokens[max(0, at - 2) : at])
