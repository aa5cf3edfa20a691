"""What the wording of a question asks for: kinds of answer, and how many papers."""

from __future__ import annotations

import re

from rag.answer.lexicon import words_of
from rag.answer.question.dated import PAPERS
from rag.index.words import STOPWORDS

_NUMBER = re.compile(
    r"\bhow (?:many|much|large|big|fast|slow|long|often|far|high|low|small|close|accurate|accurately|well"
    r"|strong)\b"
    r"|\bby how\b|\bto what extent\b|\b(?:what|which) (?:[\w-]+ ){0,3}?(?:accuracy|percentage|percent"
    r"|share|fraction|rate|"
    r"size|number|score|speed-?up|factor|ratio|error|probability|dimension|year|date|prevalence|proportion)s?\b",
    re.IGNORECASE,
)
NUMBER_OF = r"what(?:['’]?s| is| was| are| were) the (?:total |exact )?number of "
"""Finds what stands for "how many"."""
_COUNT = re.compile(
    r"\bhow (?:many|large|big|long|often|far|high|fast)\b(?! to\b)|\bwhat (?:number|percentage|share)\b"
    rf"|\b{NUMBER_OF}",
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
_ABOUT = r"(?:\bwhat (?:is|are)|\b(?:overview|summary) of|\bsummari[sz]e|\btell me about)"
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
    r"(?:research|works?|literature|results|advances) (?:on|in|about)\b"
    rf"|{_ABOUT} (?:the )?(?:(?:latest|recent|current|new|existing|prior|related) )?"
    r"(?:research|works?|literature|field) (?:on|in|for|about)\b"
    r"|\bwhat (?:should|can|could) (?:i|we|one) read\b"
    r"|\bwhat (?:research|works?) (?:is|are|was|were|has|have|exists?|there)\b"
    r"|\bwhat (?:[\w-]+ ){0,2}?(?:methods|approaches|techniques|algorithms)"
    r" (?:are there|exist|have been (?:proposed|developed|tried|studied))\b",
    re.IGNORECASE,
)
_BY_YEAR = re.compile(
    rf"\b(?:(?P<newest>newest|latest|most recent)|oldest|earliest) (?:[\w-]+ ){{0,2}}?{PAPERS}\b"
    r"|\b(?:which|what)(?: one)?(?: of [\w ]{3,20}?)? (?:is|was|are) (?:the )?"
    r"(?:(?P<newer>newest|latest|most recent)|oldest|earliest)\W*$",
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
_VENUE = r"(?:conference|journal|venue|workshop|proceedings)s?"
_RECORD = re.compile(
    r"\bwho (?:annotat|label|collect|curat|recruit|rat|review|check|validat|record|cod|assembl)\w*\b"
    r"|\bwho (?:wrote|authored|funded|financed|sponsored|paid)\b"
    r"|\bwho (?:are|is|were|was)\b.{0,40}\b(?:authors?|paper|study"
    r"|work|research)\b"
    r"|\b(?:what|which) (?:are|is|were|was) the (?:names? of the )?authors?\b"
    r"|^\W*(?:please |can you )?(?:list|name|give(?: me)?|show(?: me)?|tell me) (?:all )?(?:of )?the"
    r" (?:names? of the )?authors?\b|^\W*authors? of\b"
    r"|\b(?:corresponding|first|last|senior) author\b|\bauthors?\b.{0,40}\b(?:affiliat\w+|universit\w+"
    r"|employ\w+|based)\b"
    r"|\b(?:countr(?:y|ies)|cit(?:y|ies)|universit\w+|institut\w+|compan\w+)\b.{0,20}\bauthors\b"
    r"|\bwhere (?:do|are) (?:they|the authors) (?:work|from|based)\b"
    r"|\b(?:is|are|was|were) (?:it|this|these|they|(?-i:[A-Z][\w-]+)"
    r"|the (?:[\w-]+ ){0,3}?(?:study|work|paper|research|project|trial|authors?))\b"
    r".{0,40}\b(?:funded|sponsored|paid for)\b"
    r"|\b(?:what|which|whose|any)(?: (?:is|are|was|were|the|its|their|source of|kind of))*"
    r" (?:funding|grants?|sponsors?)\b"
    r"|\b(?:funding|grants?|sponsors?) (?:sources?|agenc\w+|bod(?:y|ies)|numbers?|behind|paid)\b"
    rf"|\b(?:which|what|whose)(?: (?:is|was|the|its|their|academic|scientific))* {_VENUE}\b"
    rf"|\b(?:published|presented|accepted|submitted|appear\w*)\b.{{0,40}}\b{_VENUE}\b"
    rf"|^\W*{_VENUE}\W*$|\b(?:an?|the) {_VENUE} (?:paper|article|version)\b"
    r"|\blicen[cs]ed?\b|\bpatented\b"
    r"|\bpages? long\b|\bhow many (?:pages|citations|references|(?:co-?)?authors)\b"
    r"|\bin (?:the|an|its|their) (?:[\w-]+ )?(?:appendix|appendices|supplement\w*)\b|\bappendix (?-i:[A-Z])\b"
    r"|\bsupplementary (?:materials?|figures?|tables?|information|data|notes?|sections?)\b"
    r"|\b(?:table|figure|section|equation|theorem|page) \d|\brandom seeds?\b|\bdoi\b"
    r"|\be-?mail (?:address\w*|of)\b|\b(?:contact|reach|e-?mail) (?:the |its |their )?authors?\b"
    r"|\b(?:where|when|which (?:\w+ )?(?:year|month|day|date|event|outlet)) (?:was|were|is|has)\b.{0,60}"
    r"\b(?:published|presented|submitted|accepted)\b"
    r"|\bhow (?:(?:do|can|could|should|would) (?:i|we|you|one)|to)"
    r" (?:install|compile|download|import|set up)\b"
    r"|\bon my (?:[\w-]+ )?(?:laptop|computer|machine|pc|mac|phone)\b"
    r"|\b(?:which|what) (?:[\w-]+ ){1,6}?(?:written|implemented|coded|programmed) (?:in|with)\W*$",
    re.IGNORECASE,
)
MADE = (
    r"(?:(?:develop|invent|introduc|design|creat|propos|coin|discover|devis|pioneer|conceiv|formulat|present|describ"
    r"|suggest|publish|releas)(?:e?d)?|built|made|founded)"
)
"""Finds what somebody did of whom a thing is."""
_MAKER = re.compile(
    rf"\bwho (?:(?:first|originally) )*(?:{MADE}|came up with)\b"
    r"|\bwho(?:['’]?s| is| are| was| were) (?:behind"
    r"|(?:the )?(?:original )?(?:invent|creat|develop|design|mak|found|discover)[eo]rs?)\b",
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
_ACRONYM = re.compile(
    r"\bwhat(?:['’]?s| is| are| does| do| did)\b.{0,60}\b(?:stands? for|short for)\b"
    r"|\bwhat(?:['’]?s| is) the (?:full (?:form|name)|expansion) of\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SURVEYS = frozenset({"review", "reviews", "survey", "surveys"})  # papers of one kind
_PAPER = re.compile(rf"\b(?:{PAPERS}|research|literature|works?|read)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\b(?:questions?|ask(?:s|ed|ing)?)\b", re.IGNORECASE)
_AIM = re.compile(
    r"\b(?:aim|purpose|goal|objective|intention|hypothes[ie]s|motivation)s?\b|\b(?:intend|seek|try|tries|trying)\b"
    r"|\bwhat\b.{0,60}\b(?:investigat|stud|examin|explor|address|about|ask)\w*\b",
    re.IGNORECASE,
)
_KINDS = {
    "number": _NUMBER,
    "count": _COUNT,
    "reason": _REASON,
    "thing": _THING,
    "outcome": _OUTCOME,
    "record": _RECORD,
    "maker": _MAKER,
    "work": _MAKE,
    "code": _CODE,
    "question": _QUESTION,
    "acronym": _ACRONYM,
    "aim": _AIM,
}
MOST_PAPERS = 6
"""Papers of a list at most."""
PAIR = 2
"""Papers that a comparison wants."""
VERB = r"(?:were|was|are|is|do|does|did|has|have|had|can|could|will|would|should|must|may|might)"
"""Finds a verb that a question is formed with."""
_PHRASE = (
    rf"(?: (?!{VERB}\b)[\w'’-]+){{1,4}}?"
    rf"(?= (?:{VERB}|[a-z]+ed|and|or|of|in|on|at|for|with|from|to|by|per|that)\b|\W*$|[,;?])"
)
_SOUGHT = re.compile(
    rf"\bhow (?:many|much){_PHRASE}|\b(?:which|what){_PHRASE}|(?<=\bwhat (?:is|as) )the{_PHRASE}"
    r"|\bhow (?:long|wide|deep|tall|large|big|fast|often|far|high|low|old|heavy|common|rare)\b"
    r"|\bwho (?:(?:is|was|the|first|came up) )*\w+|^\W*(?:when|where)\b",
    re.IGNORECASE,
)


def kinds_wanted(question: str) -> frozenset[str]:
    """The kinds of answer that a question asks for, as ``Asked.wants`` names them."""
    return frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(question))


def sought(question: str) -> tuple[str, ...]:
    """What a question asks for, in its own words ("how many layers"), where these are few."""
    phrases = (match.group().strip() for match in _SOUGHT.finditer(question))
    return tuple(dict.fromkeys(phrase[0].lower() + phrase[1:] for phrase in phrases))


def first_by_year(question: str) -> int:
    """1 where the newest papers are to come first ("the latest paper on …"), -1 for the oldest, else 0."""
    found = _BY_YEAR.search(question)
    return 0 if found is None else 1 if found["newest"] or found["newer"] else -1


def numeral_of_papers(question: str) -> str:
    """The word that says how many papers are wanted ("three papers on …"); empty where none does."""
    match = _NUMBERED.search(question)
    return match[1] if match else ""


def subject_of_list(question: str) -> str:
    """What the papers of a list are to be on, without the words that ask for papers ("which papers use …").

    They would be looked for too: every tenth abstract says "in this paper". The question itself where it asks
    for no list, or where nothing would be left.
    """
    if papers_wanted(question) <= PAIR:
        return question
    aside = (words_of("asking") | words_of("about_papers") | STOPWORDS) - _SURVEYS
    words = ((word.start(), word.group().casefold()) for word in _WORD.finditer(question))
    first = next((start for start, word in words if word not in aside and not word.isdecimal()), 0)
    dropped = question[:first]
    return question[len(dropped) :] if _PAPER.search(dropped) else question


def papers_wanted(question: str) -> int:
    """How many papers it wants: 1 unless it says so, 2 for a comparison, more for a list."""
    if match := _NUMBERED.search(question):
        return _NUMBERS.get(match[1].casefold()) or int(match[1])
    return PAIR if _PAIR.search(question) else MOST_PAPERS if _SEVERAL.search(question) else 1
