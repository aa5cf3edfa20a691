"""How a message points back to the talk before it: what its wording alone tells."""

from __future__ import annotations

import re

from rag.answer.question.manner import is_manner
from rag.answer.question.picked import counts_off
from rag.answer.question.subject import subjectless, subjects
from rag.index.words import Words

_OPENER = re.compile(
    r"^\W*(?:and|but|or|so|also|then|ok(?:ay)?|right|hm+|interesting|i see|great|thanks|cool)\b[\s,.:!-]*",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\W*(?:(?:and|but|so|ok(?:ay)?)\W+)*(?:what|how) about\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"^\W*(?:(?:and|but|so)\W+)?(?:what|who|which|how|why|when|where|is|are|was|were|do|does|did|can|could"
    r"|should|will|would|has|have|tell|explain|describe|define)\b",
    re.IGNORECASE,
)
_VERB = re.compile(  # without one, "how many parameters?" asks it of what was spoken of
    r"\b(?:is|are|was|were|do|does|did|can|could|should|will|would|has|have|had|may|might|must"
    r"|tell|explain|describe|define)\b|['’]s\b|\bwho (?!else\b)\w+",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(  # a thing by its name, not "the" one spoken of
    r"^\W*(?:(?:and|but|so|now|then|also|next|please)\W+)*(?:(?:tell|teach) me (?:something |more )?about"
    r"|explain|describe|define|what(?:['’]?s| is| are))"
    r" (?!(?:the|this|that|these|those|its?|their|his|her|your|how|why|what|when|where|whether|if)\b)\w",
    re.IGNORECASE,
)
_THEIRS = re.compile(  # "what are the risks?": of what was spoken of; a thing by its name is seldom many
    r"^\W*(?:(?:and|but|so|ok(?:ay)?|now)\W+)*what (?:are|were) the (?-i:[a-z-]+ )?(?-i:[a-z-]+s)\W*$",
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
    rf"|(?:summari[sz]e|shorten|rephrase|simplify|paraphrase) {_IT}(?: for me)?|(?:even )?(?:shorter|simpler)"
    r"|(?:(?:give|tell|show) (?:me|us) )?(?:the|a) (?:gist|(?:short|simple)(?:er)? version|summary)"
    rf"(?: of {_IT})?"
    rf"|(?:say|repeat) {_IT}(?: again)?)(?:,? please)?\W*$",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:it|this|that)\b.*\b(?:compar\w+|differ\w*|better|worse|faster|slower|versus|vs|than|against)\b"
    r".*\bthe\b"
    r"|^\W*(?:(?:and|but|so|how)\W+)*(?:(?:as )?compared|in comparison|relative|versus|vs)\b.*\bthe\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:other|further|additional|more|another) (?:[\w-]+ ){0,2}?"
    r"(?:papers?|stud(?:y|ies)|articles?|works?)\b|\bwho else\b",
    re.IGNORECASE,
)
_FEW = 2  # own terms up to which a question is taken for a fragment
_SHORT = 5  # ... up to which a pronoun in it is taken to point back


def points_back(question: str, words: Words) -> bool | None:
    """Whether the wording needs what was said before: a pronoun, an ellipsis; None where it may.

    A pronoun in a long question may well mean something that the question itself names.
    """
    bare = _EXPLETIVE.sub(" ", question)
    terms = set(words.terms(bare))
    points = any(pattern.search(bare) for pattern in (_PRONOUN, _ABOUT, _THEIRS))
    if counts_off(bare) or _FURTHER.match(question) or (terms and terms <= subjectless(words)):
        return True
    if terms and not points and _INTRODUCES.match(question):
        return False
    if len(terms) <= _FEW:  # a fragment, unless it has the form of a question and names something
        whole = _WHOLE.match(question) and _VERB.search(question)
        return None if terms and not points and whole else True
    if len(terms) <= _SHORT and points:
        return True
    if points or _DEFINITE.search(bare) or _OPENER.match(question) or len(terms) <= _SHORT:
        return None
    return False


def names_another(question: str, words: Words) -> bool:
    """Whether "what about X?" may ask of X itself, rather than the last question of it."""
    about = _ABOUT.match(question) and not has_pronoun(question) and not counts_off(question)
    return bool(about) and not names_nothing(question, words)


def names_nothing(message: str, words: Words) -> bool:
    """Whether no word of it is a subject, so that nothing said later can mean it."""
    return not subjects(words.terms(message), words)


def wants_others(message: str) -> bool:
    """Whether it wants papers besides those told of: "are there other papers on flows?"."""
    return bool(_OTHERS.search(message))


def points_to_both(text: str) -> bool:
    """Whether it sets what is spoken of beside what it picks: "how does it compare to the first?"."""
    return counts_off(text) and bool(_COMPARES.search(text))


def has_pronoun(text: str) -> bool:
    """Whether a pronoun in it may stand for something said before."""
    return bool(_PRONOUN.search(_EXPLETIVE.sub(" ", text)))


def wants_more(message: str) -> bool:
    """Whether it wants nothing but more on the last answer: "tell me more", "anything else?"."""
    return bool(_MORE.match(message))


def asks_again(message: str) -> bool:
    """Whether it asks the last question once more: "are you sure?", "in one sentence, please"."""
    return bool(_AGAIN.match(message)) or is_manner(message)
