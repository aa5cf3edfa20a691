"""The hard rules: what a sentence states must stand in its span, or the sentence is not supported by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from rag.answer.text.names import stands_in
from rag.answer.text.quantities import Quantity, quantities
from rag.answer.text.tokens import Token
from rag.answer.verify.bound_to import misplaced
from rag.answer.verify.clauses import last_clause
from rag.answer.verify.crossed import crossed
from rag.answer.verify.opposites import negated_forms, sides
from rag.answer.verify.statement import Statement, Turn, denies
from rag.answer.verify.strength import overstated
from rag.answer.verify.turned import turned_round

CONTRADICTING = ("negation", "opposite")
"""Reasons that tell not merely that something is missing but that the span says otherwise."""
_ANCHOR = 2  # equal words on both sides between which one word in place of another is no rewording
_CLAUSE = 2  # words with a meaning that make a clause
_SWAPPED = 2  # words that may be exchanged there


def faults(
    claim: Statement, span: Statement, *, title: str = "", defined: Iterable[tuple[str, str]] = ()
) -> tuple[str, ...]:
    """What keeps a span from supporting a claim, as ``reason: word``; empty when nothing does.

    Args:
        claim: the sentence.
        span: what it is held against.
        title: of the paper, and names that it introduces: what "we", "it" or "this method" in the span may
            be called.
        defined: acronyms that the paper introduces, with their words.
    """
    found = [
        *_numbers(claim, span),
        *misplaced(claim, span),
        *_names(claim, span, title, defined),
        *_denials(claim, span),
        *_sides(claim, span),
        *exchanged(claim, span),
        *_added(claim, span),
        *overstated(claim, span),
        *crossed(claim, span),
        *turned_round(claim, span),
    ]
    return tuple(dict.fromkeys(found))


def _added(claim: Statement, span: Statement) -> Iterator[str]:
    """A last clause of which not one word stands in the span."""
    clause = last_clause(claim.text)
    start = len(claim.text) - len(clause)
    said = [token for token in claim.tokens if token.start >= start and token.terms]
    if len(said) >= _CLAUSE and not any(term in span.held for token in said for term in token.terms):
        yield f"added: {said[0].text}"


def _numbers(claim: Statement, span: Statement) -> Iterator[str]:
    for quantity in claim.quantities:
        if not any(quantity.agrees(other) for other in span.quantities):
            yield f"number: {quantity.text.strip()}"


_SELF = frozenset({"we", "our", "this", "it", "its", "the", "these", "ours", "paper", "here"})


def _names(
    claim: Statement, span: Statement, title: str, defined: Iterable[tuple[str, str]]
) -> Iterator[str]:
    known = tuple(defined)
    own = span.words & _SELF
    for name in claim.names:
        if not stands_in(name, span.text, known) and not (own and title and stands_in(name, title, known)):
            yield f"name: {name}"


def _denials(claim: Statement, span: Statement) -> Iterator[str]:
    for turn in claim.denials:
        if not any(_same_place(turn, other) for other in span.denials):
            yield f"negation: {turn.word}"
    for turn in span.denials:
        reached = turn.scope[: 1 if turn.bare else 2]
        if (
            reached
            and all(term in claim.held for term in reached)
            and not any(_same_place(turn, other) for other in claim.denials)
        ):
            yield f"negation: {turn.word}"


def _same_place(one: Turn, other: Turn) -> bool:
    if not one.around or not other.around:
        return True
    return bool(set(one.scope) & set(other.scope)) or len(one.around & other.around) >= min(
        2, len(one.around)
    )


def _sides(claim: Statement, span: Statement) -> Iterator[str]:
    for turn in claim.sides:
        best = [] if turn.word in span.words else _nearest(turn, span.sides)
        contrary = best and all(other.sign != turn.sign for other in best)
        if contrary and not _denied_between(claim, span, turn, best[0]):
            yield f"opposite: {turn.word} / {best[0].word}"
    for token in claim.tokens:
        if token.terms and token.folded not in span.words:
            for form in negated_forms(token.folded):
                if form in span.words and form not in claim.words:
                    yield f"opposite: {token.folded} / {form}"


def _nearest(turn: Turn, others: Sequence[Turn]) -> list[Turn]:
    """The places of the same group that speak most surely of the same thing."""
    same = [other for other in others if other.group == turn.group]
    most = max((len(turn.around & other.around) for other in same), default=0)
    alone = all(other.sign == same[0].sign for other in same) if same else False
    return [other for other in same if len(turn.around & other.around) == most] if most or alone else []


def _denied_between(claim: Statement, span: Statement, turn: Turn, other: Turn) -> bool:
    """Whether one of the two is denied and the other is not: "not higher" is no contrary of "lower"."""
    return _is_denied(claim, turn) != _is_denied(span, other)


def _is_denied(statement: Statement, turn: Turn) -> bool:
    return any(
        turn.word in denial.word or set(denial.scope) & set(turn.scope) for denial in statement.denials
    )


def exchanged(claim: Statement, span: Statement) -> Iterator[str]:
    """Words put in place of others between words that are the same: a slip or a lie, but no rewording."""
    ours, theirs = _words(claim), _words(span)
    matcher = SequenceMatcher(None, [t.folded for t in ours], [t.folded for t in theirs], autojunk=False)
    codes = matcher.get_opcodes()
    moved = sum(denies(t.folded) for t in ours) == sum(denies(t.folded) for t in theirs)  # see _denials
    for i, (kind, a, b, c, d) in enumerate(codes):
        if kind == "equal" or not _anchored(codes, i, len(ours), len(theirs)):
            continue
        put, taken = ours[a:b], theirs[c:d]
        lost = [t.folded for t in (*put, *taken) if denies(t.folded)]
        if (
            lost
            and not moved
            and len(put) <= _SWAPPED
            and len(taken) <= _SWAPPED
            and not (put and taken and _both_deny(put, taken))
        ):
            yield f"negation: {lost[0]}"
        elif _same_side(put, taken):
            continue
        elif contrary := _contrary(put, taken):
            yield f"opposite: {contrary}"
        elif kind == "replace" and len(put) <= _SWAPPED and len(taken) <= _SWAPPED and _differ(put, taken):
            yield f"exchanged: {put[0].text} / {taken[0].text}"


def _both_deny(put: Sequence[Token], taken: Sequence[Token]) -> bool:
    return any(denies(t.folded) for t in put) and any(denies(t.folded) for t in taken)


def _anchored(codes: Sequence[tuple[str, int, int, int, int]], i: int, ours: int, theirs: int) -> bool:
    """Whether equal words stand on both sides of a change, or both sentences end there."""
    left = codes[i - 1][2] - codes[i - 1][1] if i else 0
    right = codes[i + 1][2] - codes[i + 1][1] if i + 1 < len(codes) else 0
    _, a, b, c, d = codes[i]
    starts = (a == 0 and c == 0) or (left > 0 and i == 1)
    ends = (b == ours and d == theirs) or (right > 0 and i + 2 == len(codes))
    return (left >= _ANCHOR or starts) and (right >= _ANCHOR or ends) and left + right >= 2 * _ANCHOR - 1


def _differ(put: Sequence[Token], taken: Sequence[Token]) -> bool:
    """Whether both hold a word with a meaning, and none in common."""
    ours = {term for token in put for term in token.terms}
    theirs = {term for token in taken for term in token.terms}
    return bool(ours and theirs) and not ours & theirs and not _same_numbers(put, taken)


def _contrary(put: Sequence[Token], taken: Sequence[Token]) -> str:
    """Single words that are of one group of opposites and of different sides; empty where they are none."""
    if len(put) != 1 or len(taken) != 1:
        return ""
    turned = {(group, -sign) for group, sign in sides(put[0].folded)}
    return f"{put[0].folded} / {taken[0].folded}" if turned & set(sides(taken[0].folded)) else ""


def _same_side(put: Sequence[Token], taken: Sequence[Token]) -> bool:
    """Single words that say the same of a group of opposites: "reduced", "lowered"."""
    single = len(put) == 1 and len(taken) == 1
    return single and bool(set(sides(put[0].folded)) & set(sides(taken[0].folded)))


def _same_numbers(put: Sequence[Token], taken: Sequence[Token]) -> bool:
    """Whether both are the same numbers, spelt in two ways."""
    ours, theirs = (quantities(" ".join(token.text for token in tokens)) for tokens in (put, taken))
    return bool(ours) and len(ours) == len(theirs) and all(map(Quantity.agrees, ours, theirs))


def _words(statement: Statement) -> list[Token]:
    return [token for token in statement.tokens if not token.is_mark]
