"""What a question asks that abstracts mostly leave out: figures, counts, details of how the work was done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rag.answer.asked import Asked
from rag.answer.lexicon import paragraphs, phrases, words_of
from rag.answer.quote import Quote
from rag.answer.reading import Reading
from rag.answer.sentence_signals import counts
from rag.answer.untold import untold
from rag.answer.verify.quantities import quantities
from rag.index.words import Words

_IN_WORDS = re.compile(
    r"\b(?:orders? of magnitude|twice|double[sd]?|tripled?|halve[sd]?|half|\w+fold"
    r"|dozens|hundreds|thousands|millions)\b",
    re.IGNORECASE,
)
_ENDS = (  # what a noun phrase ends before: "what time does", but not "what time series"
    r"(?=\W*$|[,;?]|\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may"
    r"|of|in|on|at|for|with|from|to|by|per|that|between|over|after|under)\b)"
)
_COMPOUND = re.compile(  # "one-dimensional", "12-layer"
    r"\b(?:\d+|one|single|two|three|four|five|six|seven|eight|nine|ten|twelve)-([a-z]{3,})", re.IGNORECASE
)
_ENUMERATES = re.compile(r"\(\s*\d+\s*\)")
_OF_SPACE = re.compile(r"\b\d+D\b")  # "in 5D and 6D"
_ELSEWHERE = 0.5  # a figure that the paper gives, but not in what is quoted


def detail_signals(
    asked: Asked, cited: Sequence[Reading], quotes: Sequence[Quote], words: Words
) -> dict[str, float]:
    """How much of that the cited papers leave open, each 0..1.

    Args:
        asked: the question.
        cited: the papers that the answer quotes; at least one.
        quotes: the answer.
        words: the tokenizer.
    """
    details = list(_details(asked))
    lacking = [asks for asks, _, detail in details if not _speak_of(cited, detail)]
    sought = [detail for asks, _, detail in details if asks]
    loosely = "how much" in asked.text.casefold()  # which words may well answer
    known = {
        "record": float("record" in asked.wants),
        "figure_missing": max(
            _figure_missing(asked, cited, quotes, sought), _measure_missing(asked, cited, words)
        ),
        "count_missing": _count_missing(asked, cited, words),
        **untold(asked, cited),
    }
    return {
        **known,
        "kind_missing": _kind_missing(asked, cited),
        "detail_missing": float(bool(lacking)),
        "plainly_missing": float((max(known.values()) >= 1 and not loosely) or any(lacking)),
    }


def missing_details(asked: Asked, cited: Sequence[Reading]) -> tuple[str, ...]:
    """The details of how the work was done that a question asks for and the papers don't speak of."""
    missing = (said for _, said, detail in _details(asked) if not _speak_of(cited, detail))
    return tuple(dict.fromkeys(missing))


def _details(asked: Asked) -> Iterator[tuple[bool, str, re.Pattern[str]]]:
    """The details that a question names: whether it asks for them, as it says them, and what finds them."""
    for match in _detail().finditer(asked.text):
        yield bool(match["sought"]), match["said"].casefold(), _spoken(match["detail"].casefold())


def _speak_of(cited: Sequence[Reading], detail: re.Pattern[str]) -> bool:
    return any(detail.search(f"{reading.paper.title} {reading.paper.abstract}") for reading in cited)


def asks_for_a_figure(asked: Asked) -> bool:
    """Whether only a number answers: "how many", "how wide", "at what temperature"."""
    return "count" in asked.wants or bool(_figure().search(asked.text))


@cache
def _spoken(detail: str) -> re.Pattern[str]:
    """Finds a detail as it is written: neither what is optimal nor an optimization is an optimizer."""
    parts = (re.sub("i[sz]e", "i[sz]e", re.escape(part)) for part in re.split(r"[ -]", detail))
    return re.compile(rf"\b{'[ -]?'.join(parts)}\w{{0,2}}\b", re.IGNORECASE)


def _figure_missing(
    asked: Asked,
    cited: Sequence[Reading],
    quotes: Sequence[Quote],
    sought: Sequence[re.Pattern[str]],
) -> float:
    """Where a number is asked for: 1 if the papers give none but those of the question.

    Where it is that of a detail ("what batch size"), only a sentence that speaks of it gives one.
    """
    if not asks_for_a_figure(asked):
        return 0.0
    known = {quantity.value for quantity in quantities(asked.text)}
    counts = "count" in asked.wants

    def tells(text: str) -> bool:
        return has_figure(text) and (not sought or any(detail.search(text) for detail in sought))

    def has_figure(text: str) -> bool:
        if any(match.group() not in asked.text for match in _OF_SPACE.finditer(text)):
            return True
        return bool(_IN_WORDS.search(text)) or any(
            quantity.value not in known
            and (counts or any(char.isdigit() for char in quantity.text))
            and not _ENUMERATES.search(text[max(0, quantity.start - 1) : quantity.end + 1])
            for quantity in quantities(text)
        )

    if any(tells(quote.span.of(quote.paper.abstract)) for quote in quotes):
        return 0.0
    sentences = (span.of(reading.paper.abstract) for reading in cited for span in reading.spans)
    return _ELSEWHERE if any(map(tells, sentences)) else 1.0


def _measure_missing(asked: Asked, cited: Sequence[Reading], words: Words) -> float:
    """1 where the figure of something is asked for ("what mean age") that no cited paper speaks of."""
    named = frozenset(paragraphs("measured")[0].split())
    match = _figure().search(asked.text)
    noun = (match["noun"] or "").casefold() if match else ""
    if noun not in named:
        return 0.0
    terms = frozenset(words.terms(noun))
    return float(all(terms.isdisjoint(reading.all_terms) for reading in cited))


def _count_missing(asked: Asked, cited: Sequence[Reading], words: Words) -> float:
    """Where something is to be counted: 0 if a number stands beside it, 1 if no sentence has both."""
    if not asked.counted:
        return 0.0
    known = {quantity.value for quantity in quantities(asked.text)}
    missing = 1.0
    for reading in cited:
        compounds = _COMPOUND.findall(f"{reading.paper.title} {reading.paper.abstract}")
        if not asked.counted.isdisjoint(words.terms(" ".join(compounds))):
            return 0.0
        for span, terms, number in zip(reading.spans, reading.terms, reading.numbers, strict=True):
            if not number or (lacking := asked.lacking(terms, asked.counted)) >= 1:
                continue
            text = span.of(reading.paper.abstract)
            beside = any(
                counts(asked.counted, text, quantity, words)
                for quantity in quantities(text)
                if quantity.value not in known
            )
            missing = min(missing, lacking / 2 if beside else (1 + lacking) / 2)
    return missing


def _kind_missing(asked: Asked, cited: Sequence[Reading]) -> float:
    """How much of the kind of thing asked for is in none of the papers that have the question's names."""
    best = max(asked.named(reading.all_terms) for reading in cited)
    named = [reading for reading in cited if asked.named(reading.all_terms) == best]
    return min(asked.lacking(reading.all_terms, asked.kind) for reading in named)


@cache
def _detail() -> re.Pattern[str]:
    listed = "|".join(map(re.escape, phrases("details")))
    return re.compile(
        r"(?P<sought>\b(?:what|which|how many|how much) (?:[\w-]+ )?)?"
        rf"\b(?P<said>(?P<detail>{listed})(?:e?s)?)\b",
        re.IGNORECASE,
    )


@cache
def _figure() -> re.Pattern[str]:
    nouns = "|".join(sorted(words_of("measured")))
    return re.compile(
        r"\b(?:what|which) (?:(?:is|are|was|were) )?(?:(?:the|its|their) )?(?:[\w()-]+ ){0,2}?"
        rf"(?P<noun>{nouns})s?(?:{_ENDS})"
        r"|\bhow (?:wide|deep|tall|long|large|big|fast|much|many|often|far|high|low|old|heavy|hot|cold)\b"
        r"(?! to\b)",
        re.IGNORECASE,
    )
