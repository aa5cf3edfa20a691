"""Whose papers a question means: "papers by Hinton", "what did Vaswani et al. find".

A name counts where the wording makes an author of it and some stored paper has such an author. In small
letters it counts beside a word for papers alone: "does rice show resistance" asks nothing of Rice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.answer.question.dated import PAPERS, YEAR

_NAME = r"[A-Z][\w’'.-]{0,40}?(?: (?:[A-Z][\w’'.-]{0,40}?|van|von|de|der|den|di|da|la|le|el|al|bin)){0,4}"
_LONGEST_NAME = _NAME.replace("}?", "}")
_ANY_NAME = r"[^\W\d_][\w’'.-]{0,40}(?: [^\W\d_][\w’'.-]{0,40}){0,3}"
_OTHERS = r"(?: et al\b\.?| and (?:colleagues|co-?workers|co-?authors|others)\b)"
_IN = rf"(?:,? \(?(?P<year>{YEAR})\b\)?)?"
_WROTE = (
    r"(?:propose|find|show|report|study|say|claim|argue|conclude|introduce|present|develop|write|describe"
    r"|suggest|publish|investigate|examine|published|written|proposed|found|shown|said|done"
    r"|work (?:on|in|with))"
)
_WORK = r"(?:methods?|models?|approach(?:es)?|algorithms?|frameworks?|results?|findings?)"
_THEN = rf"(?: (?:published |written )?(?:since|from|in|before|after|until) {YEAR})?"  # may stand between
_WORDINGS = (
    (
        re.compile(
            rf"\b(?P<before>(?:{PAPERS}|written|authored|published){_THEN}) by (?P<name>{_ANY_NAME})",
            re.IGNORECASE,
        ),
        r"\g<before>",
    ),
    (re.compile(rf"\b(?P<before>(?i:{_WORK})) by (?P<name>{_LONGEST_NAME})"), r"\g<before>"),
    (re.compile(rf"\b(?P<name>{_NAME}){_OTHERS}{_IN}(?:['’]s?)?"), "the authors"),
    (re.compile(rf"\b(?P<name>{_NAME})['’]s? (?=(?i:{PAPERS})\b)"), ""),
    (
        re.compile(
            rf"\b(?i:what (?:did|do|does|has|have)) (?P<name>{_NAME})"
            r"(?P<rest> (?:write|written|publish|published|do|done) )(?=(?:on|about)\b)"
        ),
        "which papers are ",
    ),
    (
        re.compile(rf"\b(?P<verb>(?i:did|do|does|has|have)) (?P<name>{_NAME}) (?={_WROTE}\b)"),
        r"\g<verb> the authors ",
    ),
)
"""Wordings that make an author of a name, and what stands there without it."""
_TRAILING = re.compile(rf"{_OTHERS}{_IN}")
_ALSO = re.compile(r"(?:,? (?:and|or|&)|,) (?P<name>" + _LONGEST_NAME + ")")
_INITIALS = re.compile(r"[A-Z]{1,2}|(?:[A-Z]\.-?)+")
_MOST = 4  # names of each wording that are looked up
_GOES_ON = re.compile(  # "papers by young researchers" are not by Young
    r" (?!(?:on|about|in|of|for|since|from|before|after|until|that|which|who|with|using|regarding|concerning"
    r"|and|or|is|are|was|were|do|does|did|has|have|et|published|written)\b)\w"
)
_WORDS = re.compile(r"\w+")
_SHORT = 2  # letters up to which a given name may be initials


@dataclass(frozen=True, slots=True)
class Whose:
    """A question without the authors that it names.

    Attributes:
        text: the question without them.
        authors: their names, as they are stored.
        year: that stands beside a name ("Vaswani et al. (2017)").
        said: the words that named them.
    """

    text: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    said: tuple[str, ...] = ()


def whose(question: str, authors: Callable[[], Sequence[str]]) -> Whose:
    """Take the names of authors out of a question's words.

    Args:
        question: able to stand alone.
        authors: gives those of all stored papers; only asked where the wording makes an author of a name.
    """
    text, year = question, None
    found: dict[str, None] = {}
    said: list[str] = []
    known: Sequence[str] | None = None
    for pattern, instead in _WORDINGS:
        for match in reversed(list(islice(pattern.finditer(text), _MOST))):
            known = authors() if known is None else known
            if named := _named(match, text, known):
                meant, of_year, end = named
                found |= dict.fromkeys(meant)
                year = of_year or year
                words = text[match.start("name") : end].removesuffix(match.groupdict().get("rest") or "")
                said.insert(0, words.strip())
                text = text[: match.start()] + match.expand(instead) + text[end:]
    return Whose(" ".join(text.split()), tuple(found), year, tuple(said))


def names_said(question: str) -> tuple[str, ...]:
    """What the wording makes authors of, whether any paper has them or not; only names with a capital."""
    found = (match["name"] for pattern, _ in _WORDINGS for match in islice(pattern.finditer(question), _MOST))
    names = dict.fromkeys(name for name in found if name[0].isupper())
    return tuple(name for name in names if not any(name.startswith(f"{other} ") for other in names))


def _named(
    match: re.Match[str], text: str, known: Sequence[str]
) -> tuple[tuple[str, ...], int | None, int] | None:
    """The authors whom a wording names, the year beside them, and where the words that name them end."""
    name, meant = _known(match["name"], known)
    end = match.start("name") + len(name)
    if not meant or (name.islower() and _GOES_ON.match(text, end)):
        return None
    year = match.groupdict().get("year")
    end = match.end() if name == match["name"] else end
    while (also := _ALSO.match(text, end)) and (more := _known(also["name"], known))[1]:
        meant, end = meant + more[1], also.start("name") + len(more[0])
    if trailing := _TRAILING.match(text, end):
        year, end = trailing["year"] or year, trailing.end()
    return meant, int(year) if year else None, end


def _known(name: str, authors: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The longest beginning of a name that authors have, and those authors."""
    parts = [part for part in _parts(name) if len(part) >= _SHORT]
    likely = [author for author in authors if not author.isascii() or any(part in author for part in parts)]
    for match in reversed(list(re.finditer(r"[\w.](?= |$)", name))):
        wanted = _Name.of(name[: match.end()])
        if meant := tuple(author for author in likely if _may_be(wanted, author)):
            return name[: match.end()], meant
    return "", ()


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it is said: the surname, and what else there is."""

    surname: str
    given: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Name:
        """The last word is the surname, unless it is initials ("Hinton GE")."""
        words = text.split()
        last = next((word for word in reversed(words) if not _INITIALS.fullmatch(word)), words[-1])
        surname = (_parts(last) or [""])[-1]
        return cls(surname, tuple(part for part in _parts(text) if part != surname))


def _may_be(wanted: _Name, author: str) -> bool:
    """Whether a name as it is said may be one as it is stored: the surname, and initials for the rest."""
    if len(wanted.surname) < _SHORT:
        return False
    held = _parts(author)
    others = [part for part in held if part != wanted.surname]
    return len(others) < len(held) and all(
        any(_same(part, other) for other in others) for part in wanted.given
    )


def _same(said: str, held: str) -> bool:
    short, long = sorted((said, held), key=len)
    return short == long or (len(short) <= _SHORT and long.startswith(short[0]))


def _parts(name: str) -> list[str]:
    """The words of a name, without accents, folded."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _WORDS.findall(name.casefold())
