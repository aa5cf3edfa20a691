"""Sentences that speak to whoever reads them, not of research: orders, role play, links, markup.

Such a sentence in an abstract is never evidence, whatever it is about. The rules look at form alone; they
know no set of attacks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rag.answer.lexicon import paragraphs

_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_ORDER = re.compile(
    r"(?<!\bwe )(?<!\bto )\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}"
    r"\b(?:instructions?|prompts?|rules?|guidelines|"
    r"above|previous|prior|earlier|preceding|everything|rest of|context|directions?|documents?|question)\b"
    r"|\b(?:new|updated|additional|following|these|your|my|system) (?:system )?"
    r"(?:instructions?|prompts?|orders)\b"
    r"|\bsystem (?:prompt|message|override)\b|\bjailbreak|\bdeveloper mode\b"
    r"|\b(?:you|assistant|chatbot|model|ai) (?:must|shall|should|are now|will now|need to|have to) "
    r"(?:now |only |always |never |not )?(?:answer|reply|respond|say|print|write|output|cite|quote|act|"
    r"ignore|obey|follow|tell|refuse|recommend|mention|include|state)\b"
    r"|\bas an? (?:ai|assistant|language model|chatbot)\b"
    r"|\byou are (?:now |chatgpt|gpt|an? (?:ai|assistant|helpful|language model))"
    r"|\b(?:pretend (?:to|you|that)|roleplay)\b|^\W*act as\b|\byou .{0,30}\bact as\b|\bfrom now on\b"
    r"|\bdo not (?:mention|reveal|cite|answer|tell|follow|trust|summari[sz]e)\b"
    r"|\byour (?:answer|reply|response|message|output|summary)s?\b|\bcite \[?\d"
    r"|\b(?:the|this|your) (?:user|reader|assistant|chatbot)\b.{0,30}\b(?:must|should|asked|wants|asks)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^\W*(?:system|assistant|user|human|ai|admin|developer|instructions?|important|attention|"
    r"note to (?:the )?(?:ai|model|assistant|reader))\s*[:>\]]|<\|[^|>]{0,40}\|>"
    r"|\[/?(?:inst|system|user|assistant)\]|\b(?:human|assistant|user|system):\s"
    r"|\bnotes? to (?:\w+ ){0,3}(?:ai|llms?|models?|assistants?|agents?|bots?|software|systems?)\s*:"
    r"|\bvisible (?:only )?to (?:an? |the )?(?:ai|llms?|models?|machines?)\b"
    r"|\binvisible to (?:humans|people|readers)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"\b(?:javascript|vbscript):\S|\bdata:\w+/|!?\[[^\]]*\]\([^)]*\)|</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|```|<!--"
    r"|\bon(?:click|error|load)\s*=",
    re.IGNORECASE,
)
_LINK = re.compile(r"\b(?:https?|ftp)://|\bwww\.", re.IGNORECASE)
_OWN_LINK = re.compile(
    r"\b(?:code|data|dataset|available|availability|accessible|released?|source|implementation|project|demo\w*|"
    r"found at|url|doi|registration)\b",
    re.IGNORECASE,
)
_BEFORE_ORDER = r"^\W*(?:(?:please|now|next|then|also|finally|and|first|instead)\W+)*"
_ASKED = re.compile(rf"{_BEFORE_ORDER}(?:can|could|would|will) you\b", re.IGNORECASE)
_QUESTION = re.compile(
    rf"{_BEFORE_ORDER}(?:what|who|where|when|which|how|why|is|are|does|did|should)\b", re.IGNORECASE
)
_OF_RESEARCH = re.compile(
    r"\b(?:we|our|this (?:paper|study|work|article|survey)|patients?|participants|et al|"
    r"the (?:authors?|study|results?|method|proposed))\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(?:you|your|yours|yourself|me|my|i'm)\b", re.IGNORECASE)
_YOU = re.compile(r"\byour?\b", re.IGNORECASE)
_PIECES = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[A-Z])")
"""Where a sentence ends within what was taken for one: an abbreviation's dot can hide it."""
_CALL_TO_ACT = re.compile(
    r"\b(?:click|visit|download|subscribe|sign up|log ?in|call|buy|order|limited offer|free trial|"
    r"your (?:account|password|credit card|order|device))\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|may|might|shows|showed|remains?|provides|plays?|leads?|becomes?|"
    r"requires?|appears?|identified|revealed|emerged|secretes?|occurs?)\b",
    re.IGNORECASE,
)


def reads_as_instruction(sentence: str) -> bool:
    """Whether a sentence speaks to its reader or to a machine, or has markup, instead of stating something.

    Plain questions, and links that a paper gives to its own code, count as statements.
    """
    text = unicodedata.normalize("NFKC", sentence)
    if any(rule.search(text) for rule in (_HIDDEN, _ORDER, _ROLE, _MARKUP)):
        return True
    if _LINK.search(text):
        return bool(_YOU.search(text)) or not (_OWN_LINK.search(text) or _OF_RESEARCH.search(text))
    if any(_commands(piece) for piece in _PIECES.split(text)[1:] if not _OF_RESEARCH.search(piece)):
        return True
    if _OF_RESEARCH.search(text):
        return False
    if _ADDRESS.search(text) and (_CALL_TO_ACT.search(text) or _ASKED.match(text) or _QUESTION.match(text)):
        return True
    return _commands(text)


def _commands(text: str) -> bool:
    """Whether a sentence opens like an order, and has no verb that tells something before its first comma."""
    opener = _orders().match(text)
    if opener is None or (len(opener.group(1)) > 1 and opener.group(1).isupper()):  # a heading: DESIGN
        return False
    after = text[opener.end() :]
    return not after.startswith("-") and not _TELLS.search(after.partition(",")[0])


@cache
def _orders() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(paragraphs("orders"), key=len, reverse=True)))
    return re.compile(rf"{_BEFORE_ORDER}({words})\b", re.IGNORECASE)
