"""A question as a person meant it: without markup, greetings, and orders to the machine."""

from __future__ import annotations

import html
import re

from rag.answer.question.smalltalk import friendly_line

_FENCES = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--.*?-->", re.DOTALL)
_LINKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+|[*_]{2,3}|(?<!\w)[*_`]|[*_`](?!\w)", re.MULTILINE)
_IN_SHORT = re.compile(r"\btl;? ?dr\b[:,]?(?: of| on| for)?", re.IGNORECASE)
_IS = re.compile(r"\b(what|who|how|where|when|why)['’]?s\b", re.IGNORECASE)
_NOT = re.compile(r"\b(do|does|did|is|are|was|were|ca)nt\b", re.IGNORECASE)
_LEAD_IN = re.compile(
    r"^\W*(?:i(?:['’]m| am) (?:(?:very |really |mostly )?interested in|looking (?:for|into)|curious about"
    r"|reading (?:up )?(?:on|about)|researching|studying|working on|wondering(?: about)?)"
    r"|i (?:would like|want|need) to (?:know|learn|understand)(?: more)?(?: about)?"
    r"|i['’]d like to (?:know|learn|understand)(?: more)?(?: about)?|i wonder)\s+(?=\S)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:question|topic|task|query|q)\s*:?\s*$", re.IGNORECASE)
_PARTS = re.compile(r"(?<=[.!?])\s+|\n+")
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules?|above|previous|prior|everything|"
    r"all)\b"
    r"|\[/?(?:system|inst|admin|assistant)\]|^\s*(?:system|assistant|admin)\s*:|<\|[^|>]*\|>"
    r"|\bnew (?:rule|instruction|task)s?\b\s*:?|\byou (?:must|are now|will now|shall)\b|\bfrom now on\b"
    r"|\bpretend (?:to|you|that)\b"
    r"|\b(?:answer|reply|respond|output|print|say|write) (?:only|just|exactly|nothing but|with the)\b"
    r"|\b(?:reveal|repeat|print|show|leak)\b.{0,30}\b(?:system prompt|instructions|password|api key)\b",
    re.IGNORECASE,
)


def plain_question(text: str) -> str:
    """The question without markup, small talk, a lead-in, and sentences that give the machine orders.

    "What's" and "whats" are "what is", "dont" is "don't".
    Where nothing would be left, the text without markup; where that is empty too, the text itself.
    """
    bare = _spelled_out(_IN_SHORT.sub("summarize", _without_markup(text)))
    parts = [part for part in _PARTS.split(bare) if part.strip() and not _LABEL.match(part)]
    kept = [part for part in parts if not _ORDER.search(part) and friendly_line(part) is None]
    return _LEAD_IN.sub("", _joined(kept)) or _joined(parts) or " ".join(text.split())


def _without_markup(text: str) -> str:
    if not any(mark in text for mark in "<`#*_[>&\n"):
        return text
    shown = _LINKS.sub(r"\1", _TAGS.sub(" ", _FENCES.sub(" ", text)))
    return html.unescape(_MARKS.sub("", shown))


def _spelled_out(text: str) -> str:
    return _NOT.sub(r"\1n't", _IS.sub(r"\1 is", text))


def _joined(parts: list[str]) -> str:
    return " ".join(" ".join(parts).split())
