"""What a message says of how to answer, not of what: "Keep it short.", "in two sentences", "pls"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.lexicon import groups
from rag.index.words import STOPWORDS

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ASKS = re.compile(
    r"^\W*(?:what|which|who|whose|how|why|when|where|is|are|was|were|do|does|did|has|have)\b", re.IGNORECASE
)
_FORM = (
    r"(?:(?:in|with|using) (?:at most |no more than |about |just |only |under )?"
    r"(?:one|two|three|four|five|six|a single|a few|a couple of|\d{1,3}) (?:short |simple |brief )*"
    r"(?:sentences?|words|paragraphs?|bullet points?|bullets)(?: or less| max(?:imum)?)?"
    r"|in (?:very |really )?(?:simpler?|plain|lay|layman['’]?s|easy|non-?technical|everyday)"
    r" (?:terms|words|english|language)"
    r"|(?:in|as|with) (?:a )?bullet(?:ed)?(?: points?| list)|(?:in|as) bullets"
    r"|in (?:more |full |great |some )?detail|in (?:short|brief|a nutshell)|briefly|concisely"
    r"|(?:like|as if) i(?: a|['’])?(?:m| were| was) (?:a )?(?:five|ten|\d+|child|kid|beginner)"
    r"(?:[ -]years?[ -]old)?"
    r"|please|pls|plz)"
)
_BEFORE = re.compile(rf"^\W*(?:{_FORM}(?:\s*[,:;–—-]\s+|\s+(?=\w)))+", re.IGNORECASE)
_AFTER = re.compile(  # whole gaps at once, or many blanks would take their time squared
    rf"(?:(?<![\s,;(–—-])[\s,;(–—-]++{_FORM})+\)?(?=\s*[.?!]*$)", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\b(one|two|three|four|a single|a couple of|[1-4]) (?:\w+ )?sentences?\b", re.IGNORECASE
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "a single": 1, "a couple of": 2}
_SHORT = re.compile(r"\b(?:short(?:er)?|brief(?:ly)?|concise(?:ly)?|nutshell)\b", re.IGNORECASE)
_FEW = 2  # sentences of an answer that is to be short


def parted(sentences: Sequence[str]) -> tuple[list[str], list[str]]:
    """What the sentences of a message ask, and what they say of how to answer."""
    asked: list[str] = []
    manner: list[str] = []
    for sentence in sentences:
        if is_manner(sentence):
            manner.append(sentence)
            continue
        head, _, rest = sentence.partition(": ")
        led = bool(rest.strip()) and is_manner(head)
        text = rest if led else sentence
        said = [found.group().strip() for pattern in (_BEFORE, _AFTER) if (found := pattern.search(text))]
        manner += [head, *said] if led else said
        bare = _AFTER.sub("", _BEFORE.sub("", text))
        if (
            not said or _words(bare) - STOPWORDS - groups("manner")[1]
        ):  # else "Explain", of "Explain like I'm five."
            asked.append(bare)
    return asked, manner


def sentences_wanted(manner: str) -> int | None:
    """How many sentences at most the answer shall have, where what is said of it tells."""
    if found := _COUNTED.search(manner):
        said = found[1].casefold()
        return _NUMBERS.get(said) or int(said)
    return _FEW if _SHORT.search(manner) else None


def is_manner(sentence: str) -> bool:
    """Whether a sentence speaks of the answer alone."""
    telling, others = groups("manner")
    said = _words(sentence)
    return not _ASKS.match(sentence) and bool(said & telling) and said <= telling | others | STOPWORDS


def _words(sentence: str) -> set[str]:
    return {word.replace("’", "'").casefold() for word in _WORD.findall(sentence)}
