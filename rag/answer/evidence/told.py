"""What a question asks that only certain words tell: where code is, when, how long, how common it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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
    r"\bhow long (?:do|does|did|would|will|is|are|was|were|has|have)\b.*\b(?:take|last|run|train|need|follow"
    r"|treat|observ|surviv|live|stay|wait)\w*\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:milliseconds?|seconds?|secs?|minutes?|hours?|hrs?|days?|nights?|weeks?|months?|years?|decades?)\b"
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
    r"\bhow (?:much|expensive)\b.*\b(?:cost|pay|paid|spen[dt]|expensive)\b"
    rf"|\bwhat (?:(?!{_EFFORT} )[\w-]+ ){{1,4}}(?:costs?|price)\b(?! comput)",
    re.IGNORECASE,
)
_COST = re.compile(
    r"[$€£]|\b(?:cost|pric|dollar|euro|pound|expens|inexpens|cheap|budget|pay|paid|spen[dt]|econom)\w*|\bUSD\b",
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
_TOLD_BY: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "code": (_ASKS_CODE, _CODE),
    "year": (_ASKS_YEAR, _YEAR),
    "duration": (_ASKS_DURATION, _DURATION),
    "month": (_ASKS_MONTH, _MONTH),
    "time": (_ASKS_WHEN, re.compile(f"{_YEAR.pattern}|{_DURATION.pattern}", re.IGNORECASE)),
    "age": (_ASKS_AGE, _AGE),
    "cost": (_ASKS_COST, _COST),
    "effort": (_ASKS_EFFORT, _EFFORT_TOLD),
    "prevalence": (_ASKS_PREVALENCE, _PREVALENCE),
}


def could_tell(asked: Asked, texts: Sequence[str]) -> list[bool]:
    """Which of these texts have words that tell something that the question asks and only they can tell."""
    wanted = _wanted(asked).values()
    return [any(tells.search(text) for tells in wanted) for text in texts]


def untold(asked: Asked, papers: Sequence[str]) -> dict[str, float]:
    """By kind, 1 where a question asks for it and no paper's text has words that could tell it."""
    wanted = _wanted(asked)
    return {
        f"{kind}_missing": float(kind in wanted and not any(map(wanted[kind].search, papers)))
        for kind in (*_TOLD_BY, "maker", "expansion")
    }


def _wanted(asked: Asked) -> dict[str, re.Pattern[str]]:
    """What finds the words that tell it, by the kinds that a question asks for."""
    wanted = {kind: tells for kind, (asks, tells) in _TOLD_BY.items() if asks.search(asked.text)}
    if "maker" in asked.wants:
        wanted["maker"] = _MAKER
    if "acronym" in asked.wants and asked.called:  # an acronym beside what it stands for
        forms = "|".join(re.escape(name.removesuffix("s")) for name in asked.called)
        behind = r" \([A-Za-z]|(?::|,| –| —) (?:(?:an?|the|short for) )?[A-Z][a-z]"
        wanted["expansion"] = re.compile(rf"\((?:{forms})s?\)|\b(?:{forms})s?(?:{behind})")
    return wanted
