"""A question as a person meant it: without markup, greetings, and orders to the machine."""

from __future__ import annotations

import html
import re

from rag.answer.question.language import without_little_words
from rag.answer.question.manner import parted
from rag.answer.question.smalltalk import friendly_line

_FENCES = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--.*?-->", re.DOTALL)
_LINKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+|[*_]{2,3}|(?<!\w)[*_`]|[*_`](?!\w)", re.MULTILINE)
_IN_SHORT = re.compile(r"\btl;? ?dr\b[:,]?(?: of| on| for)?", re.IGNORECASE)
_IS = re.compile(r"\b(what|who|how|where|when|why)['’]?s\b", re.IGNORECASE)
_SHORTENED = {
    "gimme": "give me",
    "lemme": "let me",
    "wanna": "want to",
    "abt": "about",
    "wat": "what",
    "w/": "with",
}
_SHORT = re.compile(r"(?<![\w/])(?:gimme|lemme|wanna|abt|wat|w/(?= ))(?!\w)", re.IGNORECASE)
_NOT = re.compile(r"\b(do|does|did|is|are|was|were|ca)nt\b", re.IGNORECASE)
_FIELD = re.compile(
    r"^(?P<ask>\W*(?:what(?: is| are|['’]re)|summari[sz]e|describe|explain|(?:an? )?(?:overview|summary) of"
    r"|(?:give|show|tell)(?: me)?(?: about| (?:an? )?(?:[\w-]+ )?(?:overview|summary) of)))"
    r"(?: the)?(?: (?:current|latest|recent|present|newest?|most recent))*"
    r" (?:state[ -]of[ -]the[ -]art|sota|advances|advancements|developments|progress|trends|breakthroughs)"
    r" (?:in|for) (?=\w)",
    re.IGNORECASE,
)
_WHERE = (
    r"(?:according to|based on|from|in|given|using|going by) (?:(?:the|these|those|your|all|stored|given"
    r"|provided|available|published|scientific|existing) )*(?:papers|abstracts|literature|articles|documents"
    r"|library|collection)(?: (?:you have|stored|provided|above))?,"
    r"|as an? (?:[\w-]+ ){0,3}?(?:student|researcher|scientist|beginner|newcomer|layperson|engineer|clinician"
    r"|physician|doctor|teacher)\b,?"
)
_INTEREST = (
    r"(?:i(?:['’]m| am) (?:(?:very |really |mostly )?interested in|looking (?:for|into)|curious about"
    r"|reading (?:up )?(?:on|about)|researching|studying|working on|wondering(?: about)?)"
    r"|i(?: would like|['’]d like| want| need) to (?:know|learn|understand)(?: more)?(?: about)?"
    r"(?: (?:this|the following)[:,])?|i wonder)\s+(?=\S)"
)
_POLITE = (
    r"(?:(?:hey|hi|hello|so|ok(?:ay)?|please|quick question|(?:can|could|would|will) you (?:please |kindly )?"
    r"(?:tell|explain(?: to)?|show)(?: (?:me|us))?|do you (?:happen to )?know|(?:please )?tell (?:me|us)"
    r"|i (?:was|have been) (?:just )?wondering|i wonder(?:ed)?|(?:please )?explain(?: to (?:me|us))?"
    r"(?: this)?|i (?:don['’]?t|do not) (?:get|understand|know)(?: this)?|i have a question"
    r"|what (?:does|do) the (?:literature|papers|abstracts) say)\W+)+"
    r"(?=(?:what|which|who|whose|how|why|when|where|whether|if|is|are|do|does|did|can|and|but)\b)"
)
_LEAD_IN = re.compile(
    rf"^\W*(?:(?:(?:{_WHERE})\s+)+(?:{_INTEREST}|{_POLITE})?|{_INTEREST}|{_POLITE})", re.IGNORECASE
)
_INTERJECTION = re.compile(
    r"^\W*(?:(?:(?:ok(?:ay)?|alright|(?-i:[Hh]m+)|wow|aha)(?: (?:now|then))?[\s,.!:;–—-]+"
    r"|(?:cool|great|nice|awesome|interesting|perfect|thanks|right|well|got it|i see|hi|hello|hey)"
    r"[,.!:;–—]\s*)"
    r"(?:now |then )?)+(?=\w)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:question|topic|task|query|q)\s*:?\s*$", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules?|above|previous|prior|everything|"
    r"all)\b"
    r"|\[/?(?:system|inst|admin|assistant)\]|^\s*(?:system|assistant|admin)\s*:|<\|[^|>]*\|>"
    r"|\bnew (?:rule|instruction|task)s?\b\s*:?|\byou (?:must|are now|will now|shall)\b|\bfrom now on\b"
    r"|\bpretend (?:to|you|that)\b|^\W*(?:you(?:['’]re| are)|act as|imagine you(?:['’]re| are)) (?:an?|the) "
    r"(?:[\w-]+ ){0,4}?(?:expert|assistant|researcher|scientist|professor|reviewer|teacher|tutor|chatbot"
    r"|bot|ai)\b"
    r"|\b(?:answer|reply|respond|output|print|say|write) (?:only|just|exactly|nothing but|with the)\b"
    r"|\b(?:reveal|repeat|print|show|leak)\b.{0,30}\b(?:system prompt|instructions|password|api key)\b",
    re.IGNORECASE,
)


def plain_question(text: str) -> str:
    """What a message asks: without markup, small talk, a lead-in, orders to the machine, and its manner.

    "Ok now" and "cool," are left out, too; "what's" and "whats" are "what is", "dont" is "don't", the state
    of the art in something is the research on it. In another language, what names no subject is left out.
    Where nothing would be left, the text without markup; where that is empty too, the text itself.
    """
    parts = _parts(text)
    asked, _ = parted(_meant(parts))
    plain = (
        _LEAD_IN.sub("", _INTERJECTION.sub("", _joined(asked), count=1))
        or _joined(parts)
        or " ".join(text.split())
    )
    return without_little_words(_FIELD.sub(r"\g<ask> the research on ", plain))


def manner_of(text: str) -> str:
    """What a message says of how to answer ("in two sentences"); may be empty."""
    _, manner = parted(_meant(_parts(text)))
    return " ".join(manner)


def _parts(text: str) -> list[str]:
    bare = _spelled_out(_IN_SHORT.sub("in short, summarize", _without_markup(text)))
    return [part for part in _ENDS.split(bare) if part.strip() and not _LABEL.match(part)]


def _meant(parts: list[str]) -> list[str]:
    return [part for part in parts if not _ORDER.search(part) and friendly_line(part) is None]


def _without_markup(text: str) -> str:
    if not any(mark in text for mark in "<`#*_[>&\n"):
        return text
    shown = _LINKS.sub(r"\1", _TAGS.sub(" ", _FENCES.sub(" ", text)))
    return html.unescape(_MARKS.sub("", shown))


def _spelled_out(text: str) -> str:
    text = _SHORT.sub(lambda word: _SHORTENED[word.group().casefold()], text)
    return _NOT.sub(r"\1n't", _IS.sub(r"\1 is", text))


def _joined(parts: list[str]) -> str:
    return " ".join(" ".join(parts).split())
