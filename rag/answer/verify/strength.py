"""What makes a sentence say more than its source: a hedge left out, "some" made "all", a link a cause."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answer.lexicon import groups, words_of
from rag.answer.verify.statement import Statement, following

_ALL = frozenset({"all", "always", "every", "everyone", "everything", "invariably", "universally"})
_ALSO_ALL = _ALL | {
    "any", "both", "consistently", "each", "entire", "every", "only", "throughout", "uniformly", "whole",
    "none", "never", "no",
}  # fmt: skip
_NOT_ALL = frozenset({"at", "above", "after", "almost", "nearly", "not", "virtually"})
_MOST = frozenset({"majority", "mostly"})
_ALSO_MOST = _MOST | _ALL | {"largely", "mainly", "main", "most", "predominantly", "primarily"}


def overstated(claim: Statement, span: Statement) -> Iterator[str]:
    """What a claim says more surely, of more, or more strongly than its span, as ``strength: word``."""
    yield from _hedges(claim, span)
    yield from _universals(claim, span)
    yield from _causes(claim, span)


def _hedges(claim: Statement, span: Statement) -> Iterator[str]:
    """Hedges of which what they soften stands in the claim, which does not soften it."""
    surely, _ = groups("hedges")
    softer = words_of("hedges")
    if claim.words & softer - span.words:
        return
    kept = _reached(claim, softer)
    for i, token in enumerate(span.tokens):
        if token.folded in surely and not (i and token.text == "May"):
            softened = following(span.tokens, i)
            if softened and softened[0] in claim.held and not kept & set(softened):
                yield f"strength: {token.folded}"


def _universals(claim: Statement, span: Statement) -> Iterator[str]:
    """Words for the whole of something of which the span says less."""
    counted = {quantity.start for quantity in claim.quantities}
    for i, token in enumerate(claim.tokens):
        before = claim.tokens[i - 1].folded if i else ""
        after = {near.start for near in claim.tokens[i + 1 : i + 3]}
        whole = token.folded in _ALL and before not in _NOT_ALL and not after & counted
        known = _ALSO_ALL if whole else _ALSO_MOST if token.folded in _MOST else None
        if known is None:
            continue
        reached = following(claim.tokens, i)
        if not (_reached(span, known) & set(reached) if reached else span.words & known):
            yield f"strength: {token.folded}"


def _reached(statement: Statement, words: frozenset[str]) -> frozenset[str]:
    """The terms just behind any of these words."""
    return frozenset(
        term
        for i, token in enumerate(statement.tokens)
        if token.folded in words
        for term in following(statement.tokens, i)
    )


def _causes(claim: Statement, span: Statement) -> Iterator[str]:
    """Causes where the span has only a link."""
    causes, links = groups("causes")
    named = claim.words & causes - span.words
    if span.words & links and not span.words & causes and not claim.words & links:
        yield from (f"strength: {word}" for word in sorted(named))
