"""What the talk before a question was limited to: "papers by Hinton", and then "are they about capsules?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.question.condense import HISTORY_BUDGET, within_budget
from rag.answer.question.narrowed import Narrowed, Shelf, narrowed
from rag.answer.question.picked import titles_in
from rag.answer.question.plain import plain_question
from rag.answer.question.pointing import points_back
from rag.index.words import Words
from rag.types import Filters, Turn

_TURNS = re.compile(
    r"^\W*(?:(?:and|or|but|only|just|now|what about|how about)\b\W*)+"
    r"(?:(?:the|those|these|ones?|papers?)\b\W*)*(?P<rest>[^?!]{2,80}?)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Talk:
    """The turns before a question, and what limits them.

    Attributes:
        turns: with the words that limit their questions taken out; the latest ones.
        last: the last question that was limited: without those words, and its limits.
        begun: the question that first set limits, as it was asked.
    """

    turns: tuple[Turn, ...]
    last: Narrowed
    begun: str = ""


def talked(history: Sequence[Turn], filters: Filters, shelf: Shelf, words: Words) -> Talk:
    """Read the turns before a question; one with a subject of its own leaves earlier limits behind.

    Args:
        history: oldest first.
        filters: given beside the question.
        shelf: the stored papers.
        words: the tokenizer.
    """
    talk = Talk((), Narrowed("", filters))
    for turn in within_budget(history, HISTORY_BUDGET):
        if turn.role == "assistant":
            talk = replace(talk, turns=(*_named(talk, turn.content), turn))
            continue
        text = plain_question(turn.content)
        found = narrowed(text, filters, shelf, words)
        if found.said:
            talk = Talk((*talk.turns, replace(turn, content=found.text)), found, text)
        elif again := turned(text, talk, filters, shelf, words):
            talk = Talk((*talk.turns, replace(turn, content=again.text)), again, talk.begun)
        elif points_back(text, words) is False:
            talk = Talk((*talk.turns, turn), found)
        else:
            talk = replace(talk, turns=(*talk.turns, turn))
    return talk


def _named(talk: Talk, answer: str) -> tuple[Turn, ...]:
    """The turns before an answer; a question for papers alone is on the one that it was answered with."""
    *before, asked = talk.turns or (Turn("user", ""),)
    titles = titles_in(answer)
    if talk.last.alone and asked.content == talk.last.text and len(titles) == 1:
        return (*before, replace(asked, content=f"{asked.content} {titles[0]}"))
    return talk.turns


def turned(question: str, talk: Talk, filters: Filters, shelf: Shelf, words: Words) -> Narrowed | None:
    """The last question asked of other authors or years ("and before 2010?"), if that is all it wants."""
    turn = _TURNS.match(question) if talk.last.said else None
    for wanted in (f"papers {turn['rest']}", f"papers by {turn['rest']}") if turn else ():
        found = narrowed(wanted, filters, shelf, words)
        if found.said and found.alone:
            kept = talk.last.filters
            limits = replace(kept, authors=found.filters.authors or kept.authors)
            years = (found.filters.year_from, found.filters.year_to)
            if years != (filters.year_from, filters.year_to):
                limits = replace(limits, year_from=years[0], year_to=years[1])
            searched = f"{question} ({talk.begun})"
            return replace(talk.last, filters=limits, said=found.said, question=searched)
    return None


def within_talk(carried: str, talk: Talk, filters: Filters, shelf: Shelf, words: Words) -> Narrowed:
    """A question with words of the talk, limited by what it says itself, else as the talk was."""
    found = narrowed(carried, filters, shelf, words)
    if found.said or not talk.last.said:
        return found
    said = talk.last.said
    return Narrowed(carried, talk.last.filters, said, question=f"{carried} ({', '.join(said)})")
