"""Questions that want a thing explained ("What is SimCLR?"), and the sentences that introduce it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_THING = r"(?:[^\s,?]{1,60} ){0,5}?[^\s,?]{1,60}?"
_EXPLAIN = re.compile(
    r"^\W*(?:(?:please|so|and|now|then|can you|could you)\W+)*"
    r"(?:(?:what(?:['’]?s| is| are| was| were)|who is|define|explain|describe|introduce(?: me to)?"
    r"|summari[sz]e|sum up|outline"
    r"|tell me (?:more )?about"
    r"|give (?:me )?(?:an?|the) (?:\w+ )?(?:overview|summary|description|definition|gist) of)"
    r" (?:(?:a|an|the|this|meant by|idea (?:behind|of)|concept of|definition of"
    r"|(?:paper|article|study|work) (?:on|about|called|titled|named))\s+)*"
    rf"(?P<subject>{_THING})"
    r"(?: (?:is|are|means?|(?:paper|article|study|work)s?|about|briefly|exactly|to me|there|here"
    r"|in (?:short|brief|simple terms)))*"
    rf"|(?:what|how) do(?:es)? (?:(?:a|an|the)\s+)?(?P<doer>{_THING}) (?:do|work|mean|stand for)s?)"
    r"(?:,? and (?:what|how|why|where|who|when)\b.*)?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_CARRIED = re.compile(r"\s\([^()]*\)$")  # what a question takes over from the talk before it
_IS = (
    r"[\"”’']*(?: \([^)]*\))?(?:\s*[:–—]\s|, (?:a|an|the|our|namely|i\.e\.)\b"
    r"| (?:is|are) (?:a|an|the|one|our|defined|known|based|composed|designed)\b"
    r"| (?:refers?|means?|denotes?|stands? for|consists?|aims?)\b)"
)
_PROPOSE = r"(?:propos(?:e|es|ing)|introduc(?:e|es|ing)|present(?:s|ing)?|develop(?:s|ing)?|(?<=we )design)"
_PROPOSAL = re.compile(rf"\b(?:we|paper|work|article|study|here)\b.{{0,40}}\b{_PROPOSE}\b", re.IGNORECASE)
_COINED = re.compile(r"\w[A-Z]|[A-Za-z]\d")
_SHORT = 2  # words of a name that many things may bear
_HEAD = 3  # characters that are the same in either number
_PROPOSED, _LOOSELY = 0.75, 0.5  # "we propose it"; the same with the name left to the title


def subject_of(question: str) -> str:
    """The thing that a question wants explained, as it names it; empty where it asks for something else."""
    match = _EXPLAIN.search(without_talk(question))
    return "" if match is None else (match["subject"] or match["doer"] or "").strip("\"'“”‘’")


def without_talk(question: str) -> str:
    """A question without what it took over from the talk before it."""
    return _CARRIED.sub("", question)


def entitles(subject: str, title: str) -> bool:
    """Whether a title names its paper so: "HERMES: a hybrid model", "Neural Spline Flows".

    A name of several words may go on: "Power Law Graph Transformer for Machine Translation".
    """
    if subject[:_HEAD].casefold() not in title.casefold():
        return False
    behind = r"\b" if is_long(subject) else r"\s*(?:[:–—(]|$)"
    return bool(re.search(rf"^\W*{_written(subject)}{behind}|\({_written(subject)}\)", title, re.IGNORECASE))


def is_long(name: str) -> bool:
    """Whether a name has words enough, each with a capital, to be that of one thing."""
    return len(words := name.split()) > _SHORT and all(word[0].isupper() for word in words)


def is_coined(name: str) -> bool:
    """Whether a name is no word of the language by its looks: "HERMES", "xPatch", but not "Panda"."""
    return bool(_COINED.search(name))


def bears(name: str, title: str, abstract: str) -> bool:
    """Whether a paper is that of the thing of this name: its title calls it so, or its abstract proposes it.

    "This paper presents SimCLR": of a name that is not coined that can't be told. One in capitals alone may
    be what is improved ("we replace the MLP"), unless what it stands for is written as a name: "we introduce
    Tangent Attention Fine-Tuning (TAFT)".
    """
    if entitles(name, title):
        return True
    capitals = name.removesuffix("s").isupper()
    if not is_coined(name) or (f"({name.removesuffix('s')}" if capitals else name) not in abstract:
        return False
    ours = rf"(?i:\b(?:we|paper|work|article|study|here)\b[^.;]{{0,40}}?\b{_PROPOSE}\b)"
    if capitals:
        return bool(re.search(rf"{ours}[^.;:]{{0,100}}?\b[A-Z][\w-]* \({_written(name)}\)", abstract))
    return bool(re.search(rf"{ours}[^.;:,]{{0,40}}?{_written(name)}", abstract))


def proposes(text: str) -> bool:
    """Whether a sentence says what its paper proposes."""
    return bool(_PROPOSAL.search(text))


def introducing(subject: str, texts: Sequence[str], entitled: Sequence[bool]) -> list[float]:
    """How far each sentence introduces a thing: 1 where it says what it is, less where it is proposed.

    Args:
        subject: the thing.
        texts: sentences.
        entitled: of each, whether its paper bears the thing's name.
    """
    said = _written(subject)
    case = re.NOFLAG if re.search(r"\w[A-Z]", subject) else re.IGNORECASE  # FAN is no fan
    is_it = re.compile(said + _IS, case)
    proposed = re.compile(
        rf"(?i:\b(?:{_PROPOSE}|call(?:ed)?|named?|term(?:ed)?|dub(?:bed)?|coin(?:ed)?)\b[^.;:]{{0,80}}?){said}"
        rf"|{said} (?:is|are) (?:proposed|introduced|presented|developed)\b|\({said}(?: for short)?\)",
        case,
    )

    def level(text: str, named: bool) -> float:
        if is_it.search(text):
            return 1.0
        if proposed.search(text):
            return _PROPOSED
        return _LOOSELY if named and proposes(text) else 0.0

    return [level(text, named) for text, named in zip(texts, entitled, strict=True)]


def _written(subject: str) -> str:
    """Finds a thing in either number, its words joined by spaces or hyphens."""
    words = [re.escape(word) for word in re.split(r"[\s-]+", re.sub(r"(?<=[a-z]{3})(?<!s)s$", "", subject))]
    return rf"(?<![\w-])(?:{'[ -]'.join(words)})(?:e?s)?(?![\w-])"
