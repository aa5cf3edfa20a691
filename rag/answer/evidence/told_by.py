"""Kinds of thing that only certain words tell: how a question asks for them, and which words they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.answer.question.wording import MADE


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that only certain words tell.

    Attributes:
        asks: finds a question for it.
        tells: finds the words that tell it.
        beside: whether they stand in a sentence with some word of the question: any length of time is none.
    """

    asks: re.Pattern[str]
    tells: re.Pattern[str]
    beside: bool = False


def _kind(asks: str, tells: str, *, beside: bool = False) -> Kind:
    return Kind(re.compile(asks, re.IGNORECASE), re.compile(tells, re.IGNORECASE), beside)


_YEAR = r"\b(?:18|19|20)\d\d\b"
_DURATION = (
    r"\b(?:milliseconds?|seconds|(?:one|a|per|\d) second|secs?|minutes?|hours?|hrs?|days?|nights?|weeks?"
    r"|months?|years?|decades?)\b|\d ?(?-i:ms|s|min|h|d|wk|mo|yr)s?\b"
)
_EFFORT = r"(?:comput\w+|memory|inference|training|communication)"
_COST = r"\b(?:cost|pric|dollar|euro|pound|expens|inexpens|cheap|budget|pay|paid|spen[dt]|econom)\w*"
_DID = (
    r"(?:read|performed|administered|delivered|conducted|carried out|operated|gave|assessed|scored|measured"
    r"|examined|interviewed|treated|trained|taught)"
)

KINDS: Mapping[str, Kind] = {
    "code": _kind(
        r"\b(?:code|implementations?|repositor(?:y|ies))\b.{0,40}\b(?:availab\w+|releas\w+|open[- ]sourced?"
        r"|publish\w*|shared?|public(?:ly)?|found|download\w*)\b"
        r"|\b(?:releas\w+|publish\w*|shares?|shared|open[- ]sources?|find|get|download|provides?|link to)\b"
        r".{0,30}\b(?:code|implementation|repository)\b|\bgithub\b"
        r"|\bis there (?:an? |any )?(?:[\w-]+ ){0,2}?(?:code|software|implementation|package|library)\b"
        r"|\bwith (?:source |public |open |available )?code\b"
        r"|\bwhere (?:can|could|do|to) (?:(?:i|we|one|you) )?(?:download\b"
        r"|(?:get|obtain|access) (?:it|this|that|them|(?:the|its|their) (?:data ?sets?|data|models?|weights"
        r"|software))\b)"
        r"|(?:^\W*(?:and |the )?|\bany |\blinks? to (?:the |their )?)(?:source |official )?"
        r"(?:code|implementation|repository)(?= (?:for|of)\b|\W*$|[?,])",
        r"https?://|\b(?:code|software|implementation|repository|library|package|open[- ]source)",
    ),
    "year": _kind(
        r"\b(?:which|what) years?\b|\bwhen (?:was|were) (?:[\w-]+ ){1,8}?"
        r"(?:done|made|conducted|carried out|performed|collected|recorded|gathered|recruited|enrolled"
        r"|written)\b",
        _YEAR,
    ),
    "time": _kind(
        r"\bwhen (?:was|were) (?:[\w'’-]+ ){1,10}?"
        r"(?:treated|operated|admitted|examined|studied|surveyed|screened|seen|tested|held|approved|launched)\b",
        f"{_YEAR}|{_DURATION}",
    ),
    "duration": _kind(
        r"\bhow long (?:do|does|did|would|will|is|are|was|were|has|have|had)\b.{0,120}?\b(?:take|last|run"
        r"|train|need|follow|treat|observ|surviv|live|stay|wait|left|kept|given|worn|appl)\w*\b",
        _DURATION,
        beside=True,
    ),
    "month": _kind(
        r"\b(?:which|what) months?\b",
        r"(?-i:\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
        r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.? \d))",
    ),
    "age": _kind(
        r"\bhow old\b|\bwhat age\b|\b(?:mean|median|average) age\b",
        r"\bag(?:ed?|es|ing)\b|\bold(?:er)?\b|\b(?:day|week|month|year)s?[- ]olds?\b|\byears of age\b",
    ),
    "effort": _kind(
        rf"\b{_EFFORT} costs?\b|\bcosts? computationally\b",
        r"\b(?:cost|expens|inexpens|cheap|complexit|quadratic|sub-?quadratic|flop|overhead|efficien"
        r"|lightweight|footprint|fast|slow|speed)\w*|\b(?:linear|polynomial|exponential|constant)[ -]time\b",
    ),
    "cost": _kind(
        rf"\bwhat (?!did\b)(?:(?!{_EFFORT} )[\w-]+ ){{1,4}}(?:costs?|price)\b(?! comput)",
        rf"[$€£]|{_COST}|\bUSD\b",
    ),
    "price": _kind(
        r"\bhow much\b.{0,120}?\b(?:cost|pay|paid|spen[dt])\b"
        rf"|\bwhat (?:do|does|did) (?!{_EFFORT} )(?:[\w-]+ ){{1,8}}?cost\b(?! comput)",
        rf"[$€£]|\b(?:dollars?|euros?|pounds|USD|EUR)\b|{_COST}.{{0,80}}\d|\d.{{0,80}}{_COST}",
    ),
    "harm": _kind(
        r"\b(?:side[- ]effects?|adverse (?:events?|effects?|reactions?))\b",
        r"\b(?:side[- ]effect|adverse|safe|unsafe|tolera|toxic|complication|morbidity|mortality|death|died"
        r"|harm|risk|discontinu|withdr[ae]w|problem|symptom|reaction|intoleran|drawback|degrad)\w*",
    ),
    "prevalence": _kind(
        r"\bhow (?:common|prevalent|frequent|rare|widespread)\b",
        r"\b(?:prevalen|inciden|common|rare|frequen|widespread|epidemiolog|ubiquit|sporadic)\w*"
        r"|\b(?:\d+|one|two|three) (?:in|(?:out )?of) (?:every )?\d|\bper (?:million|hundred|thousand|\d)"
        r"|% of (?:[\w-]+ ){0,3}?(?:population|people|persons|adults|children|individuals|women|men|patients"
        r"|cases|births|infants|humans)\b"
        r"|\baffect\w* (?:about|approximately|around|up to|an estimated|more than|over|\d)",
    ),
    "dose": _kind(
        r"\b(?:what|which|how (?:much|high)|at what)\b.{0,60}\b(?:doses?|dosages?)\b",
        r"\bdos(?:e|es|ed|ing|age|ages)\b"
        r"|\d ?(?-i:[mµμn]?g|mcg|[mµμ]?l|I?U|units?|Gy|[mµμn]?M|[mµμn]?mol)\b",
    ),
    "field": _kind(
        r"\bfield strength\b",
        r"\bfield strength|\b\d(?:\.\d+)?[ -]?(?-i:T)\b|\btesla\b",
    ),
    "company": _kind(
        r"\b(?:which|what|whose) (?:[\w-]+ ){0,2}?"
        r"(?:compan(?:y|ies)|manufacturers?|vendors?|suppliers?|brands?)\b",
        r"(?-i:\b(?:Inc|Ltd|GmbH|Corp|LLC|PLC|AG|S\.A|Co\.|Pharma\w*|Laborator\w+|Biotech\w*|Technologies"
        r"|Therapeutics)\b)|[®™]|\b(?:compan|manufactur|vendor|supplie|brand)\w*",
    ),
    "doer": _kind(
        rf"\bwho {_DID}\b",
        r"\bby (?:[\w-]+ ){0,4}?"
        r"(?:\w+(?:ists?|ians?|ers?|ors?|eons?)|nurses?|staff|students?|men|women|team)\b"
        r"|\b(?:\w+(?:ologists?|icians?|urgeons?)|authors?|nurses?|therapists?|doctors?|interviewers?"
        rf"|observers?|teachers?|trainers?|midwives|staff) (?:\w+ )?{_DID}\b",
    ),
}
"""The kinds that the wording of a question alone asks for, by name."""

MAKER = re.compile(  # "proposed by Ising", "Hinton et al.", "McCulloch and Pitts introduced"
    rf"\b{MADE} (?:[\w-]+ ){{0,3}}?by (?:the |Dr\.? |[A-Z]\. ?)*(?-i:[A-Z])"
    r"|\b(?-i:[A-Z])[\w’'-]+ (?:et al\b|and (?:colleagues|co-?workers|others)\b)"
    rf"|(?:\b(?-i:[A-Z][\w’'-]+ and [A-Z])|(?<=[a-z\d,] )(?!(?:we|i|the|this|it)\b)(?-i:[A-Z]))[\w’'-]+"
    rf" (?:first |originally |independently )?{MADE}\b",
    re.IGNORECASE,
)
"""Finds who made a thing."""


def spelt_out(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds one of these acronyms beside what it stands for."""
    forms = "|".join(re.escape(name.removesuffix("s")) for name in names)
    behind = r" \([A-Za-z]|(?::|,| –| —) (?:(?:an?|the|short for) )?[A-Z][a-z]"
    return re.compile(rf"\((?:{forms})s?\)|\b(?:{forms})s?(?:{behind})")
