"""A follow-up made a question of its own, by rules: what "it" and "the second one" refer to.

The client sends the history; nothing is remembered here. What is carried over is words of earlier turns, so
that the search and the weighing of evidence see them. Whether a question needs them is decided by its
wording, and where the wording leaves it open, by whoever can compare what is found with them and without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.answer.question.asked import names_in
from rag.answer.question.picked import item_meant
from rag.answer.question.plain import plain_question
from rag.answer.question.pointing import (
    asks_again,
    has_pronoun,
    names_another,
    names_nothing,
    points_back,
    points_to_both,
    wants_more,
    wants_others,
)
from rag.answer.question.smalltalk import friendly_line
from rag.index.words import Words
from rag.types import Turn, Usage

HISTORY_BUDGET = 16_000  # characters of history that are looked at

_SWITCH = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|alright|well|so|now|anyway|right|thanks|great|good|fine)\W+)*"
    r"(?:(?:on |to |a |now )*(?:(?:completely |totally |quite |something )*(?:different|new|another|other"
    r"|unrelated) "
    r"(?:subject|topic|question|matter|thing)|(?:let['’]?s |let us )?(?:move on|change (?:the )?(?:subject"
    r"|topic))(?: to [^:.,]*)?|let['’]?s (?:switch|change)(?: (?:topics?|subjects?|gears))?(?: to [^:.,]*)?"
    r"|switching (?:topics?|subjects?|gears|(?:over )?to [^:.,]*)|changing (?:the )?(?:subject|topic)"
    r"|something else|by the way"
    r"|next question|"
    r"new question|forget (?:that|about (?:it|that))|leaving that aside))\s*[:.,;!–—-]*\s*",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\bby the way\W*$", re.IGNORECASE)
_FOR_PAPERS = (  # words that ask for papers and say nothing of what they are on
    "other others further additional more another paper papers study studies article articles work works"
    " have know"
)
_CARRIED = 16  # terms carried over at most


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that may need its history.

    Attributes:
        alone: the question by itself, a change of subject announced in it taken off.
        carried: the same with what it may refer to; equal to ``alone`` where there is nothing.
        needs: whether the wording points back: True or False where it is plain, None where it is open.
        usage: tokens, where a language model wrote it.
        prompts: that it was given.
        degraded: why rules did it where a language model should have.
        more: whether what is wanted is what the answers before left out.
        others: whether it wants papers besides those that the answers before told of.
        names: whether it points back ("what about X?") but may ask of what it names where that finds nothing.
    """

    alone: str
    carried: str
    needs: bool | None
    usage: Usage = field(default_factory=Usage)
    prompts: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    more: bool = False
    others: bool = False
    names: bool = False


def condense(question: str, history: Sequence[Turn], words: Words) -> Standalone:
    """Reads a question in the light of the turns before it.

    Args:
        question: the last message.
        history: the turns before it, oldest first.
        words: the tokenizer, to tell words that mean something from those that don't.
    """
    announced = _SWITCH.match(question)
    alone = (question[announced.end() :].strip() if announced else "") or question
    turns = _of_substance(within_budget(history, HISTORY_BUDGET))
    if not turns or (announced and not _is_aside(announced.group(), alone)):
        return Standalone(alone, alone, False)
    more = wants_more(alone)
    if (more or asks_again(alone)) and (before := _asked_before(turns, words)):
        return Standalone(alone, before, True, more=more)
    if wants_others(alone):
        of_its_own = bool(set(words.terms(alone)) - set(words.terms(_FOR_PAPERS)))
        asked = alone if of_its_own else _asked_before(turns, words) or alone
        return Standalone(alone, asked, asked is not alone, others=True)
    context = _context(alone, turns, words)
    if not context:
        return Standalone(alone, alone, False)
    carried = f"{alone.rstrip()} ({context})"
    return Standalone(alone, carried, points_back(alone, words), names=names_another(alone, words))


def within_budget(
    history: Sequence[Turn], budget: int, count: Callable[[str], int] = len
) -> tuple[Turn, ...]:
    """The latest turns that fit together; no turn is ever cut.

    An answer too long for what is left is passed over: the question before it says what the talk is about.

    Args:
        history: oldest first.
        budget: for all their texts.
        count: what a text takes of it; characters unless given.
    """
    kept: list[Turn] = []
    for turn in reversed(history):
        size = count(turn.content)
        if size <= budget:
            budget -= size
            kept.append(turn)
        elif turn.role == "user":
            break
    return tuple(reversed(kept))


def _of_substance(turns: Sequence[Turn]) -> list[Turn]:
    """The turns without thanks and greetings, and without what was replied to them."""
    kept: list[Turn] = []
    idle = False
    for turn in turns:
        idle = friendly_line(turn.content) is not None if turn.role == "user" else idle
        if not idle:
            kept.append(turn)
    return kept


def _is_aside(opening: str, rest: str) -> bool:
    """Whether "by the way" opens no new subject but a question on the one at hand."""
    return bool(_ASIDE.search(opening)) and has_pronoun(rest)


def _asked_before(turns: Sequence[Turn], words: Words) -> str:
    """The last question that asked something, as it was understood; empty where there was none."""
    for at in reversed(range(len(turns))):
        said = turns[at].content
        if turns[at].role == "user" and not wants_more(said) and not asks_again(said):
            before = condense(plain_question(said), turns[:at], words)
            return before.carried if before.needs else before.alone
    return ""


def _context(question: str, turns: Sequence[Turn], words: Words) -> str:
    """Words of the turns before that the question may refer to."""
    if piece := item_meant(question, turns):
        both = points_to_both(question)  # "how does it compare to the first?"
        return _shortened(f"{piece} {_thread(turns, words)}" if both else piece, question, words)
    return _shortened(_thread(turns, words), question, words)


def _thread(turns: Sequence[Turn], words: Words) -> str:
    """What the turns since the subject was named speak of."""
    pieces: list[str] = []
    asked = [at for at, turn in enumerate(turns) if turn.role == "user"]
    for at in reversed(asked):
        said = plain_question(_SWITCH.sub("", turns[at].content, count=1))
        if at != asked[0] and asks_again(said):
            continue
        if picked := item_meant(said, turns[:at]):
            pieces.insert(0, picked)
            break
        points = points_back(said, words)
        begins = points is False or (points is None and names_in(said)) or _SWITCH.match(turns[at].content)
        # of what was said between, the names; "and the speed?" is no part of what "its memory" means
        latest = not pieces and not names_nothing(said, words)
        pieces.insert(0, said if begins or latest or at == asked[0] else " ".join(names_in(said)))
        if begins:
            break  # the thread begins here
    return " ".join(pieces)


def _shortened(text: str, question: str, words: Words) -> str:
    """The words of a text that mean something and that the question lacks, in order."""
    held = set(words.terms(question))
    kept: list[str] = []
    for raw in text.split():
        terms = words.terms(raw)
        if terms and not held.issuperset(terms):
            held.update(terms)
            kept.append(raw.strip('.,;:!?()[]"“”'))
    return " ".join(kept[:_CARRIED])
