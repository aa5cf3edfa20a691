"""Greetings, thanks, and questions about Citewell itself: a friendly line, and nothing is searched."""

from __future__ import annotations

import re

from rag.answer.question.dated import YEAR

_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONGEST = 14  # words; what is longer wants something


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_THANKS = _set(
    "thanks thank thx ty cheers thankyou danke merci gracias grazie appreciated appreciate grateful"
)
_BYE = _set("bye goodbye ciao farewell")
_HELLO = _set("hello hi hey hiya howdy greetings hallo bonjour hola morning afternoon evening")
_FILLER = _set(
    "a again all alright and anything are be bit bunch bye cool day do doing done else enough everyone "
    "everybody excellent "
    "exactly folks for friend good goodnight great have helped helpful helps helping how i i'm is it "
    "it's its just kind "
    "know later lot lots lovely many more much my needed nice night no nope not nothing now of ok okay "
    "one perfect please "
    "question questions really right see so super sure that that's the there this time to today tomorrow "
    "tonight us very "
    "was we week weekend well what wanted wonderful yes yep you you're your awesome brilliant amazing "
    "that’s it’s i’m "
    "needed wow needs need me fine"
)
_ABOUT = re.compile(
    r"^\W*(?:(?:hi|hello|hey)\W+)?(?:who|what) are you\W*$|^\W*what can (?:you|i) (?:do|ask)(?: (?:here|you"
    r"|for me))?\W*$"
    r"|^\W*are you (?:really )?(?:an? )?(?:human|person|robot|bot|chatbot|a\.?i\.?|real|machine|computer|llm"
    r"|language model|chatgpt)(?: or (?:an? )?\w+)?\W*$"
    r"|^\W*(?:what(?:['’]s| is) (?:your name|citewell)|who (?:made|built|created) you)\W*$"
    r"|^\W*(?:tell me something(?: (?:interesting|new|cool))?|surprise me|i(?:['’]m| am) bored"
    r"|what (?:should|could) i (?:ask|do)(?: (?:you|here))?|suggest something)\W*$"
    r"|^\W*help\W*$|^\W*how (?:do|does) (?:you|this) work\W*$",
    re.IGNORECASE,
)
_TRUST = re.compile(
    r"^\W*(?:(?:can|should|may) i (?:really )?(?:trust|rely on|believe) (?:you|this|your answers?)"
    r"|(?:are|is) (?:you|your answers?) (?:really )?(?:reliable|accurate|correct|right|trustworthy)"
    r"|how (?:reliable|accurate|trustworthy|good|sure|certain|confident) (?:are|is)"
    r" (?:you|your answers?|this)"
    r"(?: (?:about|of) (?:this|that|it))?|how do you know(?: (?:this|that|it|all (?:this|that)))?"
    r"|where (?:do|does|did) (?:(?:your|the) answers?|this|that|you)"
    r" (?:come from|get (?:this|that|it) from)"
    r"|what are your sources"
    r"|do you (?:ever )?(?:hallucinate|lie|make (?:things|stuff|it|this) up|cite (?:your )?sources)"
    r"|(?:do you use|are you (?:using|based on|powered by)) (?:an? )?(?:(?:chat)?gpt[\w.-]*|openai|claude"
    r"|gemini|llama|llms?|a\.?i\.?|(?:large )?language models?))\W*$",
    re.IGNORECASE,
)
_THEM = (
    r"(?: (?:it|this|that|them|these|those|(?:the|this|that|your|these|those) (?:papers?|answers?|articles?"
    r"|study|studies|citations?|references?|sources?|chat|conversation)))"
)
_EXPORT = re.compile(
    r"^\W*(?:(?:and|ok(?:ay)?|so|please)\W+)*"
    rf"(?:(?:how (?:do|can|should)|can|could) (?:i|we|you) (?:cite|reference|export|download|save){_THEM}?"
    rf"|(?:export|download|save){_THEM}?"
    r"|(?:(?:can|could) (?:you|i) )?(?:(?:give|show|get|send)(?: me| us)?|i (?:need|want)|have)"
    rf" (?:the |a |an )?(?:bibtex|citation|bibliographic|ris|csl)(?: (?:entry|entries|file|export|record))?"
    rf"(?: (?:for|of){_THEM})?"
    r"|bibtex)(?: (?:as|to|in|into) (?:an? |my )?(?:bibtex|ris|csl|json|markdown|zotero|endnote|latex|word"
    r"|paper|thesis|bibliography)(?: file)?)?(?:,? please)?\W*$",
    re.IGNORECASE,
)
_PAPERS = r"(?:the |your |these |all |stored )*(?:papers|abstracts|articles|documents)"
_LIBRARY = r"(?:here|(?:the|your|this|my) (?:library|collection|corpus|database|store))"
_HOLDINGS = re.compile(
    rf"^\W*(?:(?:how many|what|which) {_PAPERS}"
    r" (?:do you (?:have|know|hold)|are (?:there|here|stored|indexed|in here))"
    rf"|what (?:are|is in) {_PAPERS}(?: about)?|(?:list|show)(?: me)? {_PAPERS}"
    r"|what (?:topics?|subjects?|fields?|areas?) (?:do you (?:cover|know)|are covered|can i ask)(?: about)?"
    r"|what do you (?:know|cover|have)(?: about)?"
    rf"|what(?:'s|’s| is) (?:stored )?in {_LIBRARY}"
    rf"|(?:which|what) (?:topics?|subjects?|fields?|areas?|years?) (?:do|does) (?:{_PAPERS}|{_LIBRARY}) cover"
    rf"|(?:which|what) (?:authors|journals|topics|subjects|years) are (?:there|in {_LIBRARY}|covered)"
    rf"|how many {_PAPERS} are (?:there )?(?:from|in|since|before|after) {YEAR})\W*$",
    re.IGNORECASE,
)
_ADDING = re.compile(
    r"^\W*(?:how (?:do|can|should|would)|can|could|may|where (?:do|can)) (?:i|we|one|you) "
    r"(?:add|upload|import|load|index|ingest|read|insert|put in)(?: in)?"
    r" (?:(?:an?|my|our|new|more|own|other|some|the) )*"
    r"(?:papers?|abstracts?|articles?|documents?|files?|pdfs?|bibtex|library|references)"
    r"(?: (?:here|to (?:it|this|the library|citewell)|files?))*\W*$",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\b(?:how(?: are|'s|’s| is| was| r) (?:you|u|it going|everything|everybody|everyone|life|things"
    r"|your (?:day|night|morning|evening|weekend|week))\b|how do you do\b|what(?:'s|’s| is) up\b"
    r"|are you (?:there|well|fine|ok(?:ay)?|good)\b|(?:how|what a?) (?:nice|lovely|kind|wonderful|great)\b)"
    r"(?: (?:doing|today|tonight|all|everyone|everybody|there|now|again|friend))*\s*\??",
    re.IGNORECASE,
)
_ASKING = re.compile(r"\?|\bhow\b", re.IGNORECASE)


_LINES = (
    (
        _ABOUT,
        "I answer questions from the stored papers, and show the exact words each answer rests on. "
        "Ask me about anything that these papers may hold.",
    ),
    (
        _TRUST,
        "Check me: every sentence of an answer is tied to the exact words of an abstract, shown beside it, "
        "and where the papers hold no answer, I say so. The sentences are the papers' own; a language "
        "model's, where one is configured, are checked against their paper before they are sent.",
    ),
    (
        _EXPORT,
        "The papers that an answer cites can be had as BibTeX, RIS, CSL-JSON or Markdown: under Export below "
        "the answer on the page, by citewell answers export, or at GET /v1/answers/ID/export.",
    ),
    (
        _ADDING,
        "Papers are added under Papers on the page, by citewell ingest FILE, or by POST /v1/papers: BibTeX, "
        "RIS, CSV, JSON and saved search pages among others, as abstracts. PDFs aren't read.",
    ),
    (
        _HOLDINGS,
        "Stored papers: {papers}. They are listed under Papers on the page, by citewell papers list, and at "
        "GET /v1/papers. Ask me about anything that they may hold.",
    ),
)


def friendly_line(message: str) -> str | None:
    """What to say to a message that asks nothing of the papers; ``None`` for any other.

    ``{papers}`` stands for how many are stored.
    """
    for pattern, line in _LINES:
        if pattern.match(message):
            return line
    rest = _COURTESY.sub("", message)
    said = {word.casefold() for word in _WORDS.findall(rest)}
    if len(message.split()) > _LONGEST or any(c.isdigit() for c in message) or _ASKING.search(rest):
        return None
    if said - _THANKS - _BYE - _HELLO - _FILLER:
        return None
    if said & _THANKS:
        return "You're welcome! Ask again whenever you like."
    if said & _BYE:
        return "Goodbye, and good luck with your reading!"
    if said & _HELLO or rest != message:
        return "Hello! Ask me anything about the stored papers, and I'll answer with their own words."
    return None
