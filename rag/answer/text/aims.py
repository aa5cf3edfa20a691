"""Sentences that only say what a study was to find out: "To determine whether …". They answer nothing."""

from __future__ import annotations

import re

_FIND_OUT = (
    r"(?:determine|examine|evaluate|assess|investigate|compare|study|analy[sz]e|explore|describe|identify|test"
    r"|estimate|establish|clarify|characteri[sz]e|validate|report|find out|review|document|quantify|measure"
    r"|elucidate|understand)"
)
_FINDS_OUT = r"(?:investigat|examin|assess|evaluat|stud|test|ask|explor|address)\w*"
_HERE = r"(?:here|in this (?:study|paper|work|article))"
_IT = r"(?:(?:this|our|the (?:present|current)) (?:study|paper|article|review|work|trial))"
_AIM = re.compile(
    r"^(?!.*\band (?:find|found|show|observ|demonstrat))\W*(?:[A-Z]{4,}[A-Z /]*:\s*)?(?i:"
    r"(?:the |our )?(?:[\w-]+ ){0,2}?(?:aims?|purpose|objectives?|goals?)\b.{0,60}?\b(?:is|was|were|are) to "
    rf"{_FIND_OUT}\b"
    rf"|to {_FIND_OUT}\b(?!.*, (?:we|i|the authors|researchers)\b)"
    rf"|(?:{_HERE},? )?we (?:aim(?:ed)?|sought|set out|wanted) to {_FIND_OUT}\b"
    r"|we hypothesi[sz]ed?\b"
    rf"|(?:{_HERE},? )?we (?:therefore |thus |also )?{_FINDS_OUT} (?:whether|if)\b"
    rf"|{_IT} (?:aim\w* (?:to|at)|sought to|{_FINDS_OUT} (?:whether|if)"
    r"|was (?:designed|performed|conducted|undertaken|carried out) to)\b)"
)


def states_aim(text: str) -> bool:
    """Whether a sentence says what was to be found out, and nothing that was found or made."""
    return bool(_AIM.search(text))
