"""Questions for papers like one of them: "papers similar to LightGCN", "more like this"."""

from __future__ import annotations

import re

from rag.answer.text.introduced import bears, is_coined
from rag.retrieve.query import words_of
from rag.types import Paper

_PAPERS = r"(?:papers?|works?|stud(?:y|ies)|articles?|publications?|research|literature)"
_CLOSE = (
    r"(?:(?:most|very|more|closely) )?"
    r"(?:similar|related|comparable|close|closest|near|nearest|akin|follow-?up)"
)
_LEAD = (
    r"^\W*(?:(?:and|ok(?:ay)?|so|now|also|please)\W+)*(?:(?:can|could) you (?:please )?)?"
    r"(?:(?:find|show|give|list|suggest|recommend|get)(?: me| us)? |(?:are|is) there |do you (?:have|know) "
    r"|have you got |what (?:(?:is|are) )?|which )?(?:(?:an?|any|some|the|other|more|further|me) )*"
)
_LIKE = re.compile(
    rf"{_LEAD}(?:{_PAPERS} (?:(?:that |which )?(?:is|are) )?(?:{_CLOSE} to|like|resembling)"
    r" (?P<one>.{1,300}?)"
    rf"|{_CLOSE} {_PAPERS}(?: (?:to|of|for|on) (?P<other>.{{1,300}}?))?"
    rf"|(?:more|anything|something|is|are) (?:{_CLOSE} to|like) (?P<it>.{{1,300}}?)"
    rf"|(?:anything|something|others|ones) {_CLOSE})\W*$",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile(
    r"(?:this|that|it|these|those|them)(?: one| paper| study| article| work)?s?"
    r"|the (?:(?:first|second|third|fourth|last|latter|former|same) )?(?:one|paper|study|article|work)",
    re.IGNORECASE,
)
_UNQUOTED = dict.fromkeys(map(ord, '"“”«»„'))
_READ = 4000  # characters of a paper that are compared
_AROUND = re.compile(
    rf"^(?:the )?(?:(?:one|{_PAPERS}) (?:on |about |called |titled )?)?|(?: (?:one|{_PAPERS}))?$",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(rf"^(?:the|your) (?:one|{_PAPERS}) (?:on|about|with|that|which)\b", re.IGNORECASE)


def like_what(question: str) -> str | None:
    """What it wants papers like, as it says it; empty for the paper spoken of, None where it wants none."""
    match = _LIKE.match(question)
    if match is None:
        return None
    said = (match["one"] or match["other"] or match["it"] or "").strip()
    return "" if _SPOKEN_OF.fullmatch(said) else said.strip(" \"“”'")


def is_described(said: str) -> bool:
    """Whether a paper is told by what it is on ("the one about imatinib"), so that the nearest is meant."""
    return bool(_DESCRIBED.match(said))


def is_meant(said: str, paper: Paper) -> bool:
    """Whether a paper is the one called so: by its title, the word before its colon, or a coined name.

    "Activation functions" before a colon is a subject, of which there may be more papers.
    """
    bare = _AROUND.sub("", said)
    word, colon, _ = paper.title.partition(":")
    called = {words_of(paper.title), words_of(word) if colon and len(word.split()) == 1 else ""} - {""}
    of_its_own = is_coined(bare) and bears(bare, paper.title, paper.abstract)
    return of_its_own or not called.isdisjoint((words_of(said), words_of(bare)))


def text_of(paper: Paper) -> str:
    """What others are compared with: no words in quotation marks that they would have to have."""
    return f"{paper.title}. {paper.abstract}"[:_READ].translate(_UNQUOTED)
