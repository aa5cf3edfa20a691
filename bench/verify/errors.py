"""Changes to a true sentence: some keep it true, the others plant one error each; None where none fits.

The words exchanged here are a list of their own, not the verifier's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

Change = Callable[[str, str, random.Random], str | None]
"""``(sentence, text of another paper, random numbers)`` to the changed sentence."""

_NUMBER = re.compile(r"(?<![\w.\-^{])\d+(?:\.\d+)?(?![\w\-^}])")
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|does|do|has|have|will|may|should)\b(?! not\b| no\b)")
_NOT = re.compile(
    r"\b(is|are|was|were|can|does|do|did|has|have|will|may|should|could) not\b|\bcannot\b|\bno (?=[a-z]{3})"
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w-]*[A-Z0-9][\w-]*|[A-Z][a-z]{3,})\b")
_CONTRARY = {
    "increase": "decrease", "increases": "decreases", "increased": "decreased", "higher": "lower",
    "lower": "higher", "improve": "worsen", "improves": "worsens", "improved": "worsened",
    "better": "worse", "more": "less", "outperforms": "underperforms", "outperform": "underperform",
    "large": "small", "high": "low", "low": "high", "reduce": "increase", "reduces": "increases",
    "reduced": "increased", "faster": "slower", "effective": "ineffective",
    "significant": "insignificant", "significantly": "insignificantly", "with": "without",
    "positive": "negative", "strong": "weak", "first": "last", "before": "after", "linear": "nonlinear",
    "efficient": "inefficient", "supervised": "unsupervised", "possible": "impossible",
    "simple": "complex", "local": "global", "global": "local", "fewer": "more", "larger": "smaller",
    "smaller": "larger", "accurate": "inaccurate", "stable": "unstable", "known": "unknown",
    "always": "never", "success": "failure", "dependent": "independent", "supports": "refutes",
}  # fmt: skip
_SHORTENED_AT = re.compile(
    r", (?:which|and|while|whereas|with|thus|thereby|so|where|but) [^,]*(?=[.]$)| \([^()]*\)"
)
_OPENER = re.compile(
    r"^(?:However|Moreover|Furthermore|In addition|Finally|Thus|Therefore|Additionally|Specifically), "
)
_OPENING = re.compile(
    r"^((?:In|For|By|To|With|On|After|During|Using|Based on|At|From) [^,]{6,80}), (\w.*)([.])$"
)


def _same(sentence: str, _other: str, _rng: random.Random) -> str | None:
    return sentence


def _shortened(sentence: str, _other: str, _rng: random.Random) -> str | None:
    short = _SHORTENED_AT.sub("", sentence, count=1)
    return short if short != sentence and len(short.split()) > 5 else None


def _moved(sentence: str, _other: str, _rng: random.Random) -> str | None:
    found = _OPENING.match(sentence)
    if not found or "," in found[2]:
        return None
    opening, rest, stop = found.groups()
    return f"{rest[0].upper()}{rest[1:]} {opening[0].lower()}{opening[1:]}{stop}"


def _without_opener(sentence: str, _other: str, _rng: random.Random) -> str | None:
    rest = re.sub(
        r"^(?:However|Moreover|Furthermore|In addition|Finally|Thus|Therefore|Additionally|Specifically), ",
        "",
        sentence,
    )
    return rest[0].upper() + rest[1:] if rest != sentence else None


def _number(sentence: str, _other: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return None
    match = rng.choice(found)
    old = match.group()
    new = f"{float(old) * rng.choice((0.5, 1.1, 2, 3)) + 0.3:.{len(old.partition('.')[2])}f}"
    if float(new) == float(old):
        new = str(int(float(old)) + 7)
    return sentence[: match.start()] + new + sentence[match.end() :]


def _not_put_in(sentence: str, _other: str, rng: random.Random) -> str | None:
    found = list(_AUXILIARY.finditer(sentence))
    if not found:
        return None
    match = rng.choice(found)
    return f"{sentence[: match.end()]} not{sentence[match.end() :]}"


def _not_left_out(sentence: str, _other: str, rng: random.Random) -> str | None:
    found = [m for m in _NOT.finditer(sentence) if not sentence[m.end() :].startswith(" only")]
    if not found:
        return None
    match = rng.choice(found)
    put = {"cannot": "can", "no ": ""}.get(match.group(), match.group(1) or "")
    return sentence[: match.start()] + put + sentence[match.end() :]


def _name(sentence: str, other: str, rng: random.Random) -> str | None:
    ours = list(_NAME.finditer(sentence))
    theirs = [m.group() for m in _NAME.finditer(other) if m.group().casefold() not in sentence.casefold()]
    if not ours or not theirs:
        return None
    match = rng.choice(ours)
    return sentence[: match.start()] + rng.choice(theirs) + sentence[match.end() :]


def _contrary(sentence: str, _other: str, rng: random.Random) -> str | None:
    found = [m for m in re.finditer(r"\b[a-z]+\b", sentence) if m.group() in _CONTRARY]
    if not found:
        return None
    match = rng.choice(found)
    return sentence[: match.start()] + _CONTRARY[match.group()] + sentence[match.end() :]


def _put(pattern: str, put: Mapping[str, str]) -> Change:
    """A change that puts other words in the place of one that matches; the rest of the match stays."""
    found = re.compile(pattern, re.IGNORECASE)

    def change(sentence: str, _other: str, rng: random.Random) -> str | None:
        matches = list(found.finditer(sentence))
        if not matches:
            return None
        match = rng.choice(matches)
        return sentence[: match.start()] + put[match.group().casefold()] + sentence[match.end() :]

    return change


def _range_cut(sentence: str, _other: str, _rng: random.Random) -> str | None:
    """The upper end of a range alone."""
    cut = re.sub(
        r"(?<!from )(?<![\w.-])\d+(?:\.\d+)?(?:\s?%)?(?: to |\s?[-–]{1,2}\s?)(?=\d+(?:\.\d+)?\b)",
        "",
        sentence,
        count=1,
    )
    return cut if cut != sentence else None


_BOUNDS = {
    "up to ": "at least ", "at least ": "at most ", "more than ": "less than ", "over ": "under ",
    "less than ": "more than ", "at most ": "at least ",
}  # fmt: skip
_LINKS = {
    "is associated with": "causes", "are associated with": "cause", "was associated with": "caused",
    "were associated with": "caused", "correlates with": "causes", "is correlated with": "causes",
    "are correlated with": "cause", "is linked to": "causes", "is related to": "causes",
    "are related to": "cause", "are linked to": "cause",
}  # fmt: skip
_PARTS = {
    "some ": "all ",
    "several ": "all ",
    "many ": "all ",
    "most ": "all ",
    "often ": "always ",
    "usually ": "always ",
    "typically ": "always ",
    "sometimes ": "always ",
}

TRUE_EDITS: dict[str, Change] = {
    "word for word": _same,
    "shortened": _shortened,
    "clause moved": _moved,
    "opener left out": _without_opener,
}
ERRORS: dict[str, Change] = {
    "number changed": _number,
    "not put in": _not_put_in,
    "not left out": _not_left_out,
    "name exchanged": _name,
    "contrary word": _contrary,
    "wrong paper": _same,
    "hedge left out": _put(
        r"\b(?:may|might|could) (?=[a-z])(?!not\b)", {"may ": "", "might ": "", "could ": ""}
    ),
    "some made all": _put(
        r"(?<!the )(?<!at )\b(?:some|several|many|most|often|usually|typically|sometimes) (?=[a-z])", _PARTS
    ),
    "link made cause": _put("|".join(_LINKS), _LINKS),
    "bound turned": _put(r"\b(?:up to|at least|more than|over|less than|at most) (?=\$?\d)", _BOUNDS),
    "bound left out": _put(r"\b(?:up to|at most|less than) (?=\$?\d)", dict.fromkeys(_BOUNDS, "")),
    "range cut": _range_cut,
}
