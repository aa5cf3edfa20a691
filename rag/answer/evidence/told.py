"""What a question asks that only certain words tell: where code is, when, how long, how common it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answer.question.asked import Asked
from rag.answer.question.wording import MADE

_ASKS_CODE = re.compile(
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
    re.IGNORECASE,
)
_CODE = re.compile(
    r"https?://|\b(?:code|software|implementation|repository|library|package|open[- ]source)", re.IGNORECASE
)
_ASKS_YEAR = re.compile(
    r"\b(?:which|what) years?\b|\bwhen (?:was|were) (?:[\w-]+ ){1,8}?"
    r"(?:done|made|conducted|carried out|performed|collected|recorded|gathered|recruited|enrolled|written)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_ASKS_WHEN = re.compile(
    r"\bwhen (?:was|were) (?:[\w'’-]+ ){1,10}?"
    r"(?:treated|operated|admitted|examined|studied|surveyed|screened|seen|tested|held|approved|launched)\b",
    re.IGNORECASE,
)
_ASKS_DURATION = re.compile(
    r"\bhow long (?:do|does|did|would|will|is|are|was|were|has|have|had)\b.*\b(?:take|last|run|train|need"
    r"|follow|treat|observ|surviv|live|stay|wait|left|kept|given|worn|appl)\w*\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:milliseconds?|seconds|(?:one|a|per|\d) second|secs?|minutes?|hours?|hrs?|days?|nights?|weeks?"
    r"|months?|years?|decades?)\b"
    r"|\d ?(?-i:ms|s|min|h|d|wk|mo|yr)s?\b",
    re.IGNORECASE,
)
_ASKS_MONTH = re.compile(r"\b(?:which|what) months?\b", re.IGNORECASE)
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.? \d)"
)
_ASKS_AGE = re.compile(r"\bhow old\b|\bwhat age\b|\b(?:mean|median|average) age\b", re.IGNORECASE)
_AGE = re.compile(
    r"\bag(?:ed?|es|ing)\b|\bold(?:er)?\b|\b(?:day|week|month|year)s?[- ]olds?\b|\byears of age\b",
    re.IGNORECASE,
)
_EFFORT = r"(?:comput\w+|memory|inference|training|communication)"
_ASKS_EFFORT = re.compile(rf"\b{_EFFORT} costs?\b|\bcosts? computationally\b", re.IGNORECASE)
_EFFORT_TOLD = re.compile(
    r"\b(?:cost|expens|inexpens|cheap|complexit|quadratic|sub-?quadratic|flop|overhead|efficien|lightweight"
    r"|footprint|fast|slow|speed)\w*|\b(?:linear|polynomial|exponential|constant)[ -]time\b",
    re.IGNORECASE,
)
_ASKS_COST = re.compile(
    rf"\bwhat (?!did\b)(?:(?!{_EFFORT} )[\w-]+ ){{1,4}}(?:costs?|price)\b(?! comput)",
    re.IGNORECASE,
)
_COST = re.compile(
    r"[$€£]|\b(?:cost|pric|dollar|euro|pound|expens|inexpens|cheap|budget|pay|paid|spen[dt]|econom)\w*|\bUSD\b",
    re.IGNORECASE,
)
_ASKS_PRICE = re.compile(
    r"\bhow much\b.*\b(?:cost|pay|paid|spen[dt])\b"
    rf"|\bwhat (?:do|does|did) (?!{_EFFORT} )(?:[\w-]+ ){{1,8}}?cost\b(?! comput)",
    re.IGNORECASE,
)
_PRICE = re.compile(
    rf"[$€£]|\b(?:dollars?|euros?|pounds|USD|EUR)\b|(?:{_COST.pattern}).{{0,80}}\d|\d.{{0,80}}(?:{_COST.pattern})",
    re.IGNORECASE,
)
_ASKS_HARM = re.compile(r"\b(?:side[- ]effects?|adverse (?:events?|effects?|reactions?))\b", re.IGNORECASE)
_HARM = re.compile(
    r"\b(?:side[- ]effect|adverse|safe|unsafe|tolera|toxic|complication|morbidity|mortality|death|died|harm"
    r"|risk|discontinu|withdr[ae]w|problem|symptom|reaction|intoleran|drawback|degrad)\w*",
    re.IGNORECASE,
)
_ASKS_PREVALENCE = re.compile(r"\bhow (?:common|prevalent|frequent|rare|widespread)\b", re.IGNORECASE)
_PREVALENCE = re.compile(
    r"\b(?:prevalen|inciden|common|rare|frequen|widespread|epidemiolog|ubiquit|sporadic)\w*"
    r"|\b(?:\d+|one|two|three) (?:in|(?:out )?of) (?:every )?\d|\bper (?:million|hundred|thousand|\d)"
    r"|% of (?:[\w-]+ ){0,3}?(?:population|people|persons|adults|children|individuals|women|men|patients"
    r"|cases|births|infants|humans)\b"
    r"|\baffect\w* (?:about|approximately|around|up to|an estimated|more than|over|\d)",
    re.IGNORECASE,
)
_MAKER = re.compile(  # "proposed by Ising", "Hinton et al.", "McCulloch and Pitts introduced"
    rf"\b{MADE} (?:[\w-]+ ){{0,3}}?by (?:the |Dr\.? |[A-Z]\. ?)*(?-i:[A-Z])"
    r"|\b(?-i:[A-Z])[\w’'-]+ (?:et al\b|and (?:colleagues|co-?workers|others)\b)"
    rf"|(?:\b(?-i:[A-Z][\w’'-]+ and [A-Z])|(?<=[a-z\d,] )(?!(?:we|i|the|this|it)\b)(?-i:[A-Z]))[\w’'-]+"
    rf" (?:first |originally |independently )?{MADE}\b",
    re.IGNORECASE,
)


_ASKS_COMPANY = re.compile(
    r"\b(?:which|what|whose) (?:[\w-]+ ){0,2}?"
    r"(?:compan(?:y|ies)|manufacturers?|vendors?|suppliers?|brands?)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:Inc|Ltd|GmbH|Corp|LLC|PLC|AG|S\.A|Co\.|Pharma\w*|Laborator\w+|Biotech\w*|Technologies|Therapeutics)\b"
    r"|[®™]|(?i:\b(?:compan|manufactur|vendor|supplie|brand)\w*)"
)
_ASKS_DOSE = re.compile(
    r"\b(?:what|which|how (?:much|high)|at what)\b.{0,60}\b(?:doses?|dosages?)\b", re.IGNORECASE
)
_DOSE = re.compile(
    r"\bdos(?:e|es|ed|ing|age|ages)\b"
    r"|\d ?(?:[mµμn]?g|mcg|[mµμ]?l|I?U|units?|Gy|[mµμn]?M|[mµμn]?mol)\b",
)
_ASKS_DOER = re.compile(
    r"\bwho (?:read|performed|administered|delivered|conducted|carried out|operated|gave|assessed|scored"
    r"|measured|examined|interviewed|treated|trained|taught)\b",
    re.IGNORECASE,
)
_DOER = re.compile(
    r"\bby (?:[\w-]+ ){0,4}?(?:\w+(?:ists?|ians?|ers?|ors?|eons?)|nurses?|staff|students?|men|women|team)\b"
    r"|\b(?:\w+(?:ologists?|icians?|urgeons?)|authors?|nurses?|therapists?|doctors?|interviewers?|observers?"
    r"|teachers?|trainers?|midwives|staff) (?:\w+ )?(?:read|performed|administered|delivered|conducted"
    r"|carried out|operated|gave|assessed|scored|measured|examined|interviewed|treated|trained|taught)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of thing that only certain words tell.

    Attributes:
        asks: finds a question for it.
        tells: finds the words that tell it.
        beside: whether they stand in a sentence with some word of the question: any length of time is none.
    """

    asks: re.Pattern[str]
    tells: re.Pattern[str]
    beside: bool = False


_KINDS: Mapping[str, _Kind] = {
    "code": _Kind(_ASKS_CODE, _CODE),
    "year": _Kind(_ASKS_YEAR, _YEAR),
    "duration": _Kind(_ASKS_DURATION, _DURATION, beside=True),
    "month": _Kind(_ASKS_MONTH, _MONTH),
    "time": _Kind(_ASKS_WHEN, re.compile(f"{_YEAR.pattern}|{_DURATION.pattern}", re.IGNORECASE)),
    "age": _Kind(_ASKS_AGE, _AGE),
    "cost": _Kind(_ASKS_COST, _COST),
    "price": _Kind(_ASKS_PRICE, _PRICE),
    "effort": _Kind(_ASKS_EFFORT, _EFFORT_TOLD),
    "harm": _Kind(_ASKS_HARM, _HARM),
    "prevalence": _Kind(_ASKS_PREVALENCE, _PREVALENCE),
    "company": _Kind(_ASKS_COMPANY, _COMPANY),
    "dose": _Kind(_ASKS_DOSE, _DOSE),
    "doer": _Kind(_ASKS_DOER, _DOER),
    "field": _Kind(
        re.compile(r"\bfield strength\b", re.IGNORECASE),
        re.compile(r"\bfield strength|\b\d(?:\.\d+)?[ -]?(?-i:T)\b|\btesla\b", re.IGNORECASE),
    ),
}


def could_tell(asked: Asked, texts: Sequence[str]) -> list[bool]:
    """Which of these texts have words that tell something that the question asks and only they can tell."""
    wanted = [kind.tells for kind in _wanted(asked).values()]
    return [any(tells.search(text) for tells in wanted) for text in texts]


def untold(asked: Asked, papers: Sequence[str], beside: Sequence[str]) -> dict[str, float]:
    """By kind, 1 where a question asks for it and no text has words that could tell it.

    Args:
        asked: the question.
        papers: title and abstract of each.
        beside: those of their sentences that have a word of the question.
    """
    wanted = _wanted(asked)
    silent = {
        name
        for name, kind in wanted.items()
        if not any(map(kind.tells.search, beside if kind.beside else papers))
    }
    return {f"{name}_missing": float(name in silent) for name in (*_KINDS, "maker", "expansion")}


def _wanted(asked: Asked) -> dict[str, _Kind]:
    """The kinds that a question asks for."""
    wanted = {name: kind for name, kind in _KINDS.items() if kind.asks.search(asked.text)}
    if "maker" in asked.wants:
        wanted["maker"] = _Kind(_MAKER, _MAKER)
    if "acronym" in asked.wants and asked.called:  # an acronym beside what it stands for
        forms = "|".join(re.escape(name.removesuffix("s")) for name in asked.called)
        behind = r" \([A-Za-z]|(?::|,| –| —) (?:(?:an?|the|short for) )?[A-Z][a-z]"
        tells = re.compile(rf"\((?:{forms})s?\)|\b(?:{forms})s?(?:{behind})")
        wanted["expansion"] = _Kind(tells, tells)
    return wanted
