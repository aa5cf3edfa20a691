"""Numbers and the words they stand with: a number of one thing must not be told of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rag.answer.lexicon import words_of
from rag.answer.text.quantities import Quantity
from rag.answer.text.tokens import Token
from rag.answer.verify.statement import Statement

# Words with a meaning that a number is bound to on each side: in the claim, in the span.
_OURS, _THEIRS = 1, 2
_LISTS = frozenset({"and", "or", ","})
_ENDS = _LISTS | frozenset(";:()—")
_PREPOSITIONS = frozenset(
    {"after", "against", "as", "at", "between", "but", "by", "compared", "during", "for", "from", "in", "on"}
    | {"over", "per", "than", "to", "versus", "vs", "whereas", "while", "with", "within"}
)
# Terms that go with any number.
_ANY = frozenset(
    {"achiev", "attain", "get", "give", "group", "obtain", "reach", "report", "score", "show", "use"}
)


def misplaced(claim: Statement, span: Statement) -> Iterator[str]:
    """Numbers that stand with a word which the span has with another number, as ``number: text``."""
    theirs = _bound(span, _THEIRS)
    for quantity, terms in _bound(claim, _OURS).items():
        own = [bound for other, bound in theirs.items() if quantity.agrees(other)]
        if not own:
            continue  # a number that is not there is told by itself
        kept = frozenset[str]().union(*own)
        others = (bound for other, bound in theirs.items() if other.value != quantity.value)
        if terms & frozenset[str]().union(*others) - kept - _ANY:
            yield f"number: {quantity.text.strip()}"


def _bound(statement: Statement, near: int) -> Mapping[Quantity, frozenset[str]]:
    """Of each number the terms it stands with; in a list ("12 cats and 9") its neighbour's too."""
    found: dict[Quantity, frozenset[str]] = {}
    left_before, right_before = frozenset[str](), frozenset[str]()
    for quantity in statement.quantities:
        inside = [
            i for i, token in enumerate(statement.tokens) if quantity.start <= token.start < quantity.end
        ]
        if not inside:
            continue
        left, by_list = _side(statement, [*range(inside[0] - 1, -1, -1)], near)
        right, _ = _side(statement, [*range(inside[-1] + 1, len(statement.tokens))], near)
        if by_list and not left:
            left = left_before
            right = right or right_before
        found[quantity] = left | right
        if left or right:  # a year between two numbers of a list is none of them
            left_before, right_before = left, right
    return found


def _side(statement: Statement, places: Sequence[int], near: int) -> tuple[frozenset[str], bool]:
    """The nearest terms on one side, up to a number or the end of the phrase; whether a list ends it."""
    terms: set[str] = set()
    words = 0
    for place in places:
        token = statement.tokens[place]
        if _is_number(statement, token) or token.folded in _ENDS | _PREPOSITIONS:
            return frozenset(terms), token.folded in _LISTS or token.folded == "to"
        if token.terms and token.folded not in words_of("light"):
            terms.update(token.terms)
            words += 1
        if words == near:
            break
    return frozenset(terms), False


def _is_number(statement: Statement, token: Token) -> bool:
    return any(quantity.start <= token.start < quantity.end for quantity in statement.quantities)
