"""What a question asks for: its rare words, the kind of thing that would answer, how many papers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answer.introduced import subject_of
from rag.answer.verify.tokens import tokenize
from rag.index.words import Words

_NUMBER = re.compile(
    r"\bhow (?:many|much|large|big|fast|slow|long|often|far|high|low|small|close|accurate|accurately|well"
    r"|strong)\b"
    r"|\bby how\b|\bto what extent\b|\b(?:what|which) (?:[\w-]+ ){0,3}?(?:accuracy|percentage|percent"
    r"|share|fraction|rate|"
    r"size|number|score|speed-?up|factor|ratio|error|probability|dimension|year|date|prevalence|proportion)s?\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\bhow (?:many|large|big|long|often|far|high|fast)\b(?! to\b)|\bwhat (?:number|percentage|share)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\bwhy\b|\breasons?\b|\bwhat (?:causes|caused|makes|made|explains|prevents|keeps)\b", re.IGNORECASE
)
_THING = re.compile(
    r"^\W*(?:so\s+)?(?:what(?: is| are|'s)\b|what does .*\b(?:do|propose|introduce)\b|define\b)",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:perform|compare|compete|better|worse|beat|outperform|result|find|found|finding|show|reach|achieve|"
    r"improve|gain|work|happen|effect|affect|score)\w*\b",
    re.IGNORECASE,
)
_PLURAL = r"(?:papers|studies|works|articles|surveys|reviews|publications)"
_OPENS = (  # a sentence that has papers in it, rather than a wish for some
    r"(?:what|which|how|why|who|whose|when|where|is|are|was|were|do|does|did|can|could|has|have"
    r"|according|as|by|from|given|in|of|on|since|unlike|with)\b"
)
_SEVERAL = re.compile(
    rf"\b(?:which|what|any|all|several|other|these|those|do|have|are there|of the) (?:[\w-]+ ){{0,3}}?"
    rf"{_PLURAL}\b"
    r"|\b(?:which|what|any|all|several|other) (?:research groups|teams|researchers|authors)\b"
    r"|(?:^|[,;.?!] *|\band )who (?:argues?|has|have|uses?|works?|proposes?|studies|tried|claims?)\b"
    r"|\bwhere have\b"
    r"|^\W*(?:(?:please|can you|could you|i want|i need|i'm looking for)\W+)*"
    r"(?:(?:list|find|show|give|get|recommend|suggest|name|search)(?: me| us)?(?: for)? )?"
    rf"(?!{_OPENS})(?:[\w-]+ ){{0,4}}?(?:papers|studies|articles|surveys|reviews|publications)"
    r" (?:on|about|that|which|using|by|from|for|in|with|where|of)\b"
    r"|^\W*(?:(?:latest|recent|current|new|existing|prior|related) )?"
    r"(?:research|works?|literature|results|advances) (?:on|in|about)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(rf"\b(three|four|five|six|[3-6]) (?:[\w-]+ ){{0,3}}?{_PLURAL}\b", re.IGNORECASE)
_NUMBERS = {"three": 3, "four": 4, "five": 5, "six": 6}
_PAIR = re.compile(
    rf"\b(?:two|both) (?:[\w-]+ ){{0,3}}?{_PLURAL}\b|\b(?:differ|differs|differences?|compared? (?:the|to"
    rf"|with)|contrast|"
    r"versus|vs\.?|disagree|agree|in common|each (?:one|of them|paper|do|contribute)|the other paper|"
    r"the later paper|respectively)\b|\bcompare\b.*\band\b|\bboth\b",
    re.IGNORECASE,
)


_RECORD = re.compile(
    r"\bwho (?:annotat|label|collect|curat|recruit|rat|review|check|validat|record|cod|assembl)\w*\b"
    r"|\bwho (?:wrote|authored|funded|financed|sponsored|paid)\b"
    r"|\bwho (?:are|is|were|was)\b.{0,40}\b(?:authors?|paper|study"
    r"|work|research)\b"
    r"|\b(?:corresponding|first|last|senior) author\b|\bauthors?\b.{0,40}\b(?:affiliat\w+|universit\w+"
    r"|employ\w+|based)\b"
    r"|\bwhere (?:do|are) (?:they|the authors) (?:work|from|based)\b"
    r"|\b(?:funded|funding|grants?|sponsor\w*|paid for)\b|\b(?:conference|journal|venue|workshop"
    r"|proceedings)\b"
    r"|\blicen[cs]ed?\b|\bpages? long\b|\bhow many (?:pages|citations|references)\b|\bappendix\b"
    r"|\bsupplement\w*\b"
    r"|\b(?:table|figure|section|equation|theorem|page) \d|\brandom seeds?\b|\be-?mail\b|\bdoi\b|\bgithub\b"
    r"|\b(?:where|when|which (?:\w+ )?(?:year|month|event|outlet)) (?:was|were|is|has)\b.{0,60}"
    r"\b(?:published|presented|submitted|accepted)\b",
    re.IGNORECASE,
)


_MAKE = re.compile(
    r"^\W*(?:(?:please|hey|hi|now|also)\W+)*(?:(?:can|could|would|will) you (?:please )?"
    r"|i (?:want|need) you to |help me (?:to )?)?"
    r"(?:write|code|implement|generate|create|compose|draft|make|fix|debug|refactor|give|show|tell)\b"
    r"(?: me| us)?(?: (?:a|an|the|some|this|that|my|our))?(?: (?!(?:of|on|in|for)\b)[\w+#-]+){0,2}? "
    r"(?:function|script|code|snippet|program|class|query|sql|regex|loop|unit tests?"
    r"|poem|song|story|e-?mail|letter|joke|limerick|haiku|recipe)s?"
    r"(?=\W*$|[,.:;!?]| (?:that|which|to|for|in|about|with|from|using|on|so)\b)",
    re.IGNORECASE,
)


_CODE = re.compile(
    r"\b(?:codes?|github|repositor\w+|links?|url|website|download\w*|available|availability|access|accessible|released?"
    r"|open[- ]sourced?|find|found|get|implementations?|data ?sets?|weights)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"\b(?:questions?|ask(?:s|ed|ing)?)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][\w-]*|\b\w*[a-z][A-Z]\w*|\b[A-Z]{2,}\w*|\b[\w-]*\d[\w.-]*")
_VERB = r"(?:were|was|are|is|do|does|did|has|have|had|can|could|will|would|should|must|may)"
_COUNTED = re.compile(
    rf"\bhow many (?!{_VERB}\b)((?:[\w-]+ ){{0,4}}?[\w-]+)"
    rf"(?= {_VERB}\b| (?:in|on|of|with|per|to|that|there|for|from|by|used|needed|take|took)\b|\W*$|[,?;])",
    re.IGNORECASE,
)
_NAMED_KIND = re.compile(rf"\b(?:which|what) ((?:[\w'-]+ ){{1,6}}?)(?={_VERB}\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word of a question.

    Attributes:
        start: where it begins in the text.
        rarity: how rare it is among the papers; 0 for one that only asks.
        terms: what it is looked up as.
    """

    start: int
    rarity: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the evidence is weighed against it.

    Attributes:
        text: the question.
        weights: its terms without stopwords, in order, and how rare each is among the papers (idf).
        wants: names of the kinds of answer it asks for: ``number``, ``count``, ``reason``, ``thing``,
            ``outcome``, ``record`` (what stands around an abstract, not in it: venue, funding, tables),
            ``work`` (something to be made rather than found: code, a poem, a letter), ``code`` (where code or
            data can be had), ``question`` (what is asked by someone).
        counted: those of its terms that name what is to be counted ("how many GPUs").
        kind: those that name the kind of thing asked for ("which optimizer").
        names: the terms of each of its names, acronyms and figures.
        subject: the thing that it wants explained ("What is SimCLR?"), as it says it; else empty.
        papers: how many the wording wants: 1 unless it says so, 2 for a comparison, more for "which papers".
        words: all of its words, in order.
        rarest: how rare a term is that no paper has.
    """

    text: str
    weights: Mapping[str, float]
    wants: frozenset[str]
    counted: frozenset[str]
    kind: frozenset[str]
    papers: int
    words: tuple[AskedWord, ...] = ()
    rarest: float = 1.0
    names: tuple[frozenset[str], ...] = ()
    subject: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms, in order, each once."""
        return tuple(self.weights)

    @property
    def length(self) -> int:
        """How many of its words name something that papers may hold."""
        return sum(word.rarity > 0 for word in self.words)

    @property
    def rarity(self) -> float:
        """How rare those words are on average, as a part of the rarest (0..1): 1 where no paper has any."""
        return sum(word.rarity for word in self.words) / (self.rarest * self.length) if self.length else 0.0

    @property
    def known(self) -> float:
        """The weighted share (0..1) of the terms that any paper has."""
        known = frozenset(term for term, rare in self.weights.items() if rare < self.rarest)
        return self._share(known, self.weights.keys(), 0.0)

    def share(
        self, found: frozenset[str], without: frozenset[str] = frozenset(), *, otherwise: float = 0.0
    ) -> float:
        """The weighted share (0..1) of the terms that stand in ``found``, those of ``without`` left aside.

        ``otherwise`` is what it is where no term is left.
        """
        return self._share(found, self.weights.keys() - without, otherwise)

    def named(self, found: frozenset[str]) -> float:
        """The share (0..1) of its names of which some part stands in ``found``; 0 where it has none."""
        return sum(not found.isdisjoint(name) for name in self.names) / max(1, len(self.names))

    def held(self, each: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
        """Which of the terms stand in each of these, ``[len(each), len(terms)]``."""
        held = [[term in found for term in self.weights] for found in each]
        return np.array(held, np.bool_).reshape(len(each), len(self.weights))

    def lacking(self, found: frozenset[str], among: frozenset[str]) -> float:
        """The weighted share (0..1) of the terms in ``among`` that do not stand in ``found``."""
        return 1 - self._share(found, self.weights.keys() & among, 1.0)

    def _share(self, found: frozenset[str], kept: Set[str], otherwise: float) -> float:
        weights = self.weights
        total = sum(weights[term] for term in kept)
        return sum(weights[term] for term in kept & found) / total if total else otherwise


_ASKING = (
    "abstract according actually answer any anything approach article ask author authors basically brief "
    "certain compare contribute contribution current currently describe differ difference different do "
    "elaborate exactly example explain explanation far few find finding give given happen help idea "
    "information introduce kind know known latest learn list long look main many mean mention much name "
    "often overview paper papers people please point possible present problem propose purpose question "
    "recent recently recommend report result results say says several show someone something sort studies "
    "study suggest summarise summarize summary talk team teams tell thing things treat type use used using "
    "want way ways work works write"
)
"""Words that say that something is asked, not what: no paper is expected to have them."""
_KINDS = {
    "number": _NUMBER,
    "count": _COUNT,
    "reason": _REASON,
    "thing": _THING,
    "outcome": _OUTCOME,
    "record": _RECORD,
    "work": _MAKE,
    "code": _CODE,
    "question": _QUESTION,
}
_MANY = 6  # papers of a list at most


def read_question(text: str, words: Words, idf: Callable[[str], float]) -> Asked:
    """Takes a question apart.

    Args:
        text: the question, able to stand alone.
        words: the tokenizer that the lexical index uses.
        idf: how rare a term is among the stored papers.
    """
    said = dict.fromkeys(words.terms(text))
    asking = frozenset(words.terms(_ASKING))
    terms = [term for term in said if term not in asking] or list(said)
    weights = {term: idf(term) for term in terms}
    return Asked(
        text,
        weights=weights,
        wants=frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(text)),
        counted=_named(_COUNTED, text, words),
        kind=_named(_NAMED_KIND, text, words),
        papers=_papers(text),
        words=tuple(
            AskedWord(
                token.start, max((weights.get(term, 0.0) for term in token.terms), default=0.0), token.terms
            )
            for token in tokenize(text, words)
        ),
        rarest=idf(""),
        names=tuple(frozenset(terms) for name in names_in(text) if (terms := words.terms(name))),
        subject=subject_of(text),
    )


def _papers(text: str) -> int:
    """How many papers the wording wants."""
    if match := _NUMBERED.search(text):
        return _NUMBERS.get(match[1].casefold()) or int(match[1])
    return 2 if _PAIR.search(text) else _MANY if _SEVERAL.search(text) else 1


def names_in(text: str) -> tuple[str, ...]:
    """What looks like a name, an acronym or a figure in a question: what an answer can hardly paraphrase."""
    return tuple(dict.fromkeys(_NAME.findall(text)))


def _named(pattern: re.Pattern[str], text: str, words: Words) -> frozenset[str]:
    return frozenset(term for phrase in pattern.findall(text) for term in words.terms(phrase))
