"""Questions that only a name answers ("which data sets was it tested on"), and abstracts that name none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer.evidence.reading import Reading
from rag.answer.lexicon import phrases, words_of
from rag.answer.question.asked import Asked
from rag.answer.text.names import definitions, folded, names

_DONE = (  # what is done with a thing that a paper then names; not what it makes or what there is
    r"\b(?:us(?:e|es|ed|ing)|evaluat\w+|test(?:s|ed)?|tried|train(?:s|ed)?|compar\w+|experiment\w*|appl(?:y|ies|ied)"
    r"|analy[sz]\w+|validat\w+|demonstrat\w+|assess\w*|consider\w*|report\w*|stud(?:y|ied)|cover\w*|record\w*"
    r"|gather\w*|collect\w*|run|runs|ran|perform\w*|conduct\w*|measur\w+|observ\w+|includ\w+|examin\w+|search\w*"
    r"|come|came|obtain\w*|taken|drawn|decompos\w+|prompt\w*|tak\w+ place|held)\b"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of thing that papers call by its name.

    Attributes:
        noun: what the question calls it.
        where: what a sentence speaks of that names one; any sentence where missing.
        place: whether its name is that of a place: no acronym, no digits.
        described: whether a paper may tell of it by what is in it, without a name.
    """

    noun: str
    where: re.Pattern[str] | None = None
    place: bool = False
    described: bool = False

    @property
    def asks(self) -> re.Pattern[str]:
        """Finds a question for it."""
        return re.compile(rf"\b(?:which|what) (?:[\w-]+ ){{0,3}}?(?:{self.noun})\b.*{_DONE}", re.IGNORECASE)


_DATA = r"data ?sets?|benchmarks?|corpus|corpora"
_KINDS = (
    _Kind(
        _DATA,
        re.compile(
            rf"\b(?:{_DATA}|data (?:from|of)|using data|experiment\w*|evaluat\w+|empirical\w*|test\w*"
            r"|trained on|demonstrat\w+|validat\w+|competition|challenge|survey|cohort|registry|archive"
            r"|repository|collection|database|records)\b|(?<!based )\bon (?:the |both )?(?-i:[A-Z])",
            re.IGNORECASE,
        ),
        described=True,
    ),
    _Kind(r"(?:large )?language models?|LLMs?"),
    _Kind(r"social (?:network|media)(?: platform| site)?s?", place=True),
    _Kind(r"spacecrafts?|satellites?|telescopes?|databases?|software"),
    _Kind(r"countr(?:y|ies)|cit(?:y|ies)|states", place=True),
)
_DESCRIBED = re.compile(  # a data set told by what is in it: "the iris data set", "a corpus of letters"
    rf"(?P<before>(?:[\w-]+ ){{0,3}})\b(?:{_DATA})\b"
    r"(?: (?P<of>of|from|for|with|containing|comprising|consisting|including|such as|that|collected"
    r"|spanning|covering)\b)?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"(?<=[a-z] \()[A-Z]{2,}(?=s?\))")  # "men who have sex with men (MSM)"
_LONG = 60  # characters of what an acronym stands for
_PLACE = re.compile(r"[A-Z][a-z]+|U\.?[KS]\.?A?\.?")
_OTHER = re.compile(r"(?=.*[A-Z])[A-Za-z][\w-]{2,}(?:\.\d\w*)?")
_CAPITAL = re.compile(r"\w\W+[A-Z][a-z]")
_HEADLINE = 3  # capitals within a title from which they make no names
_GENERAL = re.compile(r".*-(?:dimensional|scale|world|art|sized?|quality|domain|specific)", re.IGNORECASE)


def name_missing(asked: Asked, cited: Sequence[Reading]) -> float:
    """1 where the name of a thing of some kind is asked for and no cited abstract names one."""
    return float(
        any(
            kind.asks.search(asked.text) and not any(_names_one(kind, asked, reading) for reading in cited)
            for kind in _KINDS
        )
    )


def _names_one(kind: _Kind, asked: Asked, reading: Reading) -> bool:
    """Whether an abstract has a name that could be that of such a thing, or says what is in it."""
    abstract = reading.paper.abstract
    if kind.described and any(_tells_what(m, asked) for m in _DESCRIBED.finditer(abstract)):
        return True
    title = reading.paper.title
    spoken = {folded(name) for name in names(asked.text)} | set(_spelt_out(abstract))
    spoken |= set(map(folded, phrases("details")))  # "MSE" is no data set
    texts = [span.of(abstract) for span in reading.spans]
    if kind.place and len(_CAPITAL.findall(title)) < _HEADLINE:
        texts.append(title)
    elif not re.search(kind.noun, title, re.IGNORECASE):
        spoken |= set(map(folded, re.findall(r"[\w-]+", title)))  # what the paper is about
    named = re.compile(rf"(?:{kind.noun})$", re.IGNORECASE)
    return any(
        folded(name) not in spoken
        and not named.match(name)
        and (_PLACE if kind.place else _OTHER).fullmatch(name)
        for text in texts
        if kind.where is None or kind.where.search(text)
        for name in names(text)
    )


def _spelt_out(abstract: str) -> Iterator[str]:
    """The acronyms that an abstract introduces, and the words they stand for, but for those of data sets."""
    for match in _BRACKETED.finditer(abstract):
        if not re.search(_DATA, abstract[max(0, match.start() - _LONG) : match.start()], re.IGNORECASE):
            yield folded(match.group())
    for short, long in definitions(abstract):
        if not re.search(_DATA, long, re.IGNORECASE):
            yield from (folded(short), folded(short.removesuffix("s")))
            yield from map(folded, long.split())


def _tells_what(mention: re.Match[str], asked: Asked) -> bool:
    """Whether a mention of data sets says more of them than the question does."""
    before = mention["before"].casefold().split()
    if any(
        re.search(rf"\b{re.escape(word)}\b", asked.text, re.IGNORECASE)
        for word in before[:-1]
        if len(word) > 3
    ):
        return False
    by = before[-1] if before else ""
    plain = not by or by.isdigit() or by in words_of("general") or _GENERAL.fullmatch(by)
    return bool(mention["of"]) or not plain
