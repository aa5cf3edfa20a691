"""A follow-up made a question of its own, by rules: what "it" and "the second one" refer to.

The client sends the history; nothing is remembered here. What is carried over is words of earlier turns, so
that the
search and the weighing of evidence see them. Whether a question needs them is decided by its wording, and
where the wording leaves it open, by whoever can compare what is found with them and without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.answer.asked import names_in
from rag.answer.plain import plain_question
from rag.answer.smalltalk import friendly_line
from rag.index.words import Words
from rag.types import Turn, Usage

HISTORY_BUDGET = 6000  # characters of history that are looked at

_SWITCH = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|alright|well|so|now|anyway|right|thanks|great|good|fine)\W+)*"
    r"(?:(?:on |to |a |now )*(?:(?:completely |totally |quite |something )*(?:different|new|another|other"
    r"|unrelated) "
    r"(?:subject|topic|question|matter|thing)|(?:let'?s |let us )?(?:move on|change (?:the )?(?:subject"
    r"|topic))(?: to [^:.,]*)?"
    r"|switching (?:to|over to) [^:.,]*|changing (?:the )?(?:subject|topic)|something else|by the way"
    r"|next question|"
    r"new question|forget (?:that|about (?:it|that))|leaving that aside))\s*[:.,;!–—-]*\s*",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^\W*(?:and|but|or|so|also|then|ok(?:ay)?|right|hm+|interesting|i see|great|thanks|cool)\b[\s,.:!-]*",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\W*(?:(?:and|but|so|ok(?:ay)?)\W+)*(?:what|how) about\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"^\W*(?:what|who|which|how|why|when|where|is|are|was|were|do|does|did|can|could|should|will|would|has|have"
    r"|tell|explain|describe|define)\b",
    re.IGNORECASE,
)
_VERB = re.compile(  # without one, "how many parameters?" asks it of what was spoken of
    r"\b(?:is|are|was|were|do|does|did|can|could|should|will|would|has|have|had|may|might|must"
    r"|tell|explain|describe|define)\b|['’]s\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|they|their|theirs|them|themselves|itself|he|she|his|her|these|those|such|"
    r"the (?:former|latter|same)|(?:this|that)(?! (?:is|the|a|an"
    r"|there|we|you|can|in)\b)|"
    r"there|others?|ones?|else|instead|too|as well|either|neither|both)\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|can|does|would|will|makes?|has|why is|how is) it (?:possible|true|known|enough|that|to|ever"
    r"|still)\b|\b(?:is|was|can|does|would|will|makes?|has) it (?:necessary|better|worth|easy|hard|safe"
    r"|important)(?=[^.?!;]{0,60}\b(?:to|that)\b)|\bit (?:is|was) (?:possible|true|known|necessary)\b"
    r"|\bthat (?:is|are|have|has|can|do|does|use)\b"
    r"|\b(?:is|are|was|were) there\b|\b(?:such as|each other|one another|no one|one of|the ones?(?= that"
    r"| which)|at the same time|as well as|both \w+ and)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"\b(?:the|this|that|these|those|your|his|their) (?:[\w-]+ )?(?:paper|papers|study|studies|authors?"
    r"|method|model|models|approach|"
    r"framework|algorithm|technique|architecture|network|system|dataset|data ?set|benchmark|tracker|tool"
    r"|library|result|results|experiment|"
    r"experiments|finding|findings|idea|trick|loss|theorem|proof|answer|work|design|trial|patients|drug|treatment|effect|gain|speed-?up|"
    r"improvement)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\bthe (first|second|third|fourth|last|former|latter|other)"
    r"(?: (?:one|paper|study|method|model|approach|work)\b|(?=\W*$|[,?;]))",
    re.IGNORECASE,
)
_PLACES = {
    "first": 0,
    "former": 0,
    "second": 1,
    "latter": -1,
    "other": 1,
    "third": 2,
    "fourth": 3,
    "last": -1,
}
_BOTH = re.compile(
    r"\b(?:the|those|these) (?:first |last |top )?two\b|\bboth(?= (?:of|papers|studies)\b|\W*$)"
    r"|\b(?:compare|contrast) (?:them|these|those)\b",
    re.IGNORECASE,
)
_POLITE = (
    r"^\W*(?:(?:please|ok(?:ay)?|and|but|so|wait|hm+|yes|great|interesting|nice|cool|can you|could you)\W+)*"
)
_IT = r"(?:it|this|that|them|these|those)"
_MORE = re.compile(
    rf"{_POLITE}(?:(?:tell|give|show) (?:me|us) (?:some |a bit |a little )?more"
    rf"|(?:some |any )?more(?: details?| info(?:rmation)?)?|go on|carry on|continue|keep going|say more"
    rf"|elaborate|expand|go (?:deeper|into (?:more )?detail)|(?:what|anything) else)"
    rf"(?: (?:about|on) {_IT})?(?: please)?\W*$",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    rf"{_POLITE}(?:elaborate|expand|say more|tell me more) (?:on|about) (?:the|its|their)\b", re.IGNORECASE
)
_AGAIN = re.compile(
    rf"{_POLITE}(?:are you (?:really |quite )?(?:sure|certain)(?: (?:about|of) {_IT})?|really"
    rf"|is {_IT} (?:really )?(?:true|right|correct|so)|(?:what(?:['’]s| is) (?:the|your) )?(?:source|proof)s?"
    rf"|where does (?:it|the paper) say (?:so|{_IT})|says who"
    rf"|who says (?:so|{_IT})|how do you know(?: {_IT})?"
    rf"|cite {_IT}|(?:i )?(?:don['’]?t|do not|didn['’]?t) (?:understand|get it)"
    rf"|explain {_IT}(?: (?:again|simply|more simply|in simple terms|to me))*"
    rf"|(?:say|repeat) {_IT}(?: again)?)\W*$",
    re.IGNORECASE,
)
_THE_ONE = re.compile(r"\bthe ([\w -]{3,60}?) (?:one|ones|paper|study|version)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\bby the way\W*$", re.IGNORECASE)
_TITLE = re.compile(r"“([^”]{3,300})”")
_ITEMS = re.compile(
    r"\n\s*(?:[-*•]|\d+[.)])\s+|;\s+|(?<=[.!?])\s+|:\s+|, (?:and|while|whereas) |,? and (?=one\b"
    r"|another\b|the other\b)"
)
_BULLET = re.compile(r"(?:^|\n)\s*(?:[-*•]|\d+[.)])\s+")
_FEW = 2  # own terms up to which a question is taken for a fragment
_SHORT = 5  # ... up to which a pronoun in it is taken to point back
_PAIR = 2
_CARRIED = 10  # terms carried over at most


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
    """

    alone: str
    carried: str
    needs: bool | None
    usage: Usage = field(default_factory=Usage)
    prompts: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    more: bool = False


def condense(question: str, history: Sequence[Turn], words: Words) -> Standalone:
    """Reads a question in the light of the turns before it.

    Args:
        question: the last message.
        history: the turns before it, oldest first.
        words: the tokenizer, to tell words that mean something from those that don't.
    """
    announced = _SWITCH.match(question)
    alone = (question[announced.end() :].strip() if announced else "") or question
    turns = within_budget(history, HISTORY_BUDGET)
    if not turns or (announced and not _is_aside(announced.group(), alone)):
        return Standalone(alone, alone, False)
    more = bool(_MORE.match(alone))
    if (more or _AGAIN.match(alone)) and (before := _asked_before(turns, words)):
        return Standalone(alone, before, True, more=more)
    context = _context(alone, turns, words)
    if not context:
        return Standalone(alone, alone, False)
    return Standalone(alone, f"{alone.rstrip()} ({context})", _points_back(alone, words))


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


def _is_aside(opening: str, rest: str) -> bool:
    """Whether "by the way" opens no new subject but a question on the one at hand."""
    return bool(_ASIDE.search(opening) and _PRONOUN.search(_EXPLETIVE.sub(" ", rest)))


def _points_back(question: str, words: Words) -> bool | None:
    """Whether the wording needs what was said before: a pronoun, an ellipsis; None where it may.

    A pronoun in a long question may well mean something that the question itself names.
    """
    bare = _EXPLETIVE.sub(" ", question)
    terms = set(words.terms(bare))
    points = bool(_PRONOUN.search(bare) or _ABOUT.match(question))
    if _ORDINAL.search(bare) or _FURTHER.match(question):
        return True
    if len(terms) <= _FEW:  # a fragment, unless it has the form of a question and names something
        whole = _WHOLE.match(question) and _VERB.search(question)
        return None if terms and not points and whole else True
    if len(terms) <= _SHORT and points:
        return True
    if points or _DEFINITE.search(bare) or _OPENER.match(question) or len(terms) <= _SHORT:
        return None
    return False


def _asked_before(turns: Sequence[Turn], words: Words) -> str:
    """The last question that asked something, as it was understood; empty where there was none."""
    for at in reversed(range(len(turns))):
        said = turns[at].content
        if (
            turns[at].role == "user"
            and friendly_line(said) is None
            and not _MORE.match(said)
            and not _AGAIN.match(said)
        ):
            before = condense(plain_question(said), turns[:at], words)
            return before.carried if before.needs else before.alone
    return ""


def _context(question: str, turns: Sequence[Turn], words: Words) -> str:
    """Words of the turns before that the question may refer to."""
    if piece := _item_meant(question, turns):
        return _shortened(piece, question, words)
    pieces: list[str] = []
    asked = [at for at, turn in enumerate(turns) if turn.role == "user"]
    for at in reversed(asked):
        said = plain_question(_SWITCH.sub("", turns[at].content, count=1))
        if picked := _item_meant(said, turns[:at]):
            pieces.insert(0, picked)
            break
        points = _points_back(said, words)
        begins = points is False or (points is None and names_in(said)) or _SWITCH.match(turns[at].content)
        # of what was said between, the names; "and the speed?" is no part of what "its memory" means
        pieces.insert(0, said if begins or not pieces or at == asked[0] else " ".join(names_in(said)))
        if begins:
            break  # the thread begins here
    return _shortened(" ".join(pieces), question, words)


def _item_meant(question: str, turns: Sequence[Turn]) -> str:
    """The part of the last answer that "the second one" or "the faster one" picks."""
    answer = next((turn.content for turn in reversed(turns) if turn.role == "assistant"), "")
    if not answer:
        return ""
    titles = _TITLE.findall(answer)
    if len(titles) > 1 and (found := _BOTH.search(question)):
        two = slice(-_PAIR, None) if "last" in found.group().casefold() else slice(_PAIR)
        return " ".join(titles[two])
    if found := _ORDINAL.search(question):
        items = titles if len(titles) > 1 else _listed(answer)
        place = _PLACES[found.group(1).casefold()]
        return items[place] if -len(items) <= place < len(items) else ""
    if found := _THE_ONE.search(question):
        wanted = set(found.group(1).casefold().split())
        items = [*titles, *(item for item in _ITEMS.split(answer) if item.strip())]
        best = max(items, key=lambda item: len(wanted & set(item.casefold().split())), default="")
        return best if wanted & set(best.casefold().split()) else ""
    return ""


def _listed(answer: str) -> list[str]:
    """What an answer lists: its bullets, else its sentences and their parts, without what leads them in."""
    _, *bullets = _BULLET.split(answer)
    if len(bullets) > 1:
        return bullets
    lead, colon, rest = answer.partition(": ")
    body = rest if colon and not re.search(r"[.!?]\s", lead) else answer
    return [item for item in _ITEMS.split(body) if item.strip()]


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
