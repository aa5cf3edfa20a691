"""What a question asks that abstracts mostly leave out: figures, counts, details of how the work was done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rag.answer.evidence.quote import Quote
from rag.answer.evidence.reading import Reading
from rag.answer.evidence.told import untold
from rag.answer.lexicon import phrases
from rag.answer.question.asked import Asked
from rag.answer.refuse.compared import rival_missing
from rag.answer.refuse.figures import count_missing, figure_missing
from rag.answer.refuse.unnamed import name_missing
from rag.answer.refuse.variants import missing_variants
from rag.answer.refuse.whether import object_missing, outcome_missing
from rag.index.words import Words

_MOSTLY = 0.75  # the part of what the best of the cited papers has of a question's words, by rarity


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
    about = _about(asked, cited)
    ids = {reading.paper.id for reading in about}
    quoted = [quote for quote in quotes if quote.paper.id in ids]
    numbers = {
        "figure_missing": figure_missing(asked, about, quoted, sought, words),
        "count_missing": count_missing(asked, about, words),
    }
    named = {
        "record": float("record" in asked.wants),
        "name_missing": name_missing(asked, about),
        "rival_missing": rival_missing(asked, cited, words),
        "object_missing": object_missing(asked, cited),
        "outcome_missing": outcome_missing(asked, cited),
        "variant_missing": float(bool(missing_variants(asked.text, about))),
        **untold(
            asked,
            [f"{reading.paper.title}. {reading.paper.abstract}" for reading in about],
            _beside(asked, about),
        ),
    }
    plainly = [*named.values(), *(() if loosely else numbers.values()), *map(float, lacking)]
    return {
        **numbers,
        **named,
        "kind_missing": _kind_missing(asked, cited),
        "detail_missing": float(bool(lacking)),
        "plainly_missing": float(max(plainly) >= 1),
    }


def _about(asked: Asked, cited: Sequence[Reading]) -> Sequence[Reading]:
    """Those that it is asked of: they have the rarest of its names that any has, and most of its words."""
    best = max(asked.share(reading.all_terms) for reading in cited)
    cited = [reading for reading in cited if asked.share(reading.all_terms) >= _MOSTLY * best]
    rarest = sorted(asked.names, key=lambda name: -max(asked.weights.get(term, 0.0) for term in name))
    for name in rarest:
        if held := [reading for reading in cited if name <= reading.all_terms]:
            return held
    return cited


def _beside(asked: Asked, about: Sequence[Reading]) -> list[str]:
    """The sentences that have a word of the question."""
    return [
        span.of(reading.paper.abstract)
        for reading in about
        for span, terms in zip(reading.spans, reading.terms, strict=True)
        if not terms.isdisjoint(asked.weights)
    ]


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


@cache
def _spoken(detail: str) -> re.Pattern[str]:
    """Finds a detail as it is written: neither what is optimal nor an optimization is an optimizer."""
    parts = (re.sub("i[sz]e", "i[sz]e", re.escape(part)) for part in re.split(r"[ -]", detail))
    return re.compile(rf"\b{'[ -]?'.join(parts)}\w{{0,2}}\b", re.IGNORECASE)


def _kind_missing(asked: Asked, cited: Sequence[Reading]) -> float:
    """How much of the kind of thing asked for is in none of the papers that have the question's names."""
    best = max(asked.named(reading.all_terms) for reading in cited)
    named = [reading for reading in cited if asked.named(reading.all_terms) == best]
    return min(asked.lacking(reading.all_terms, asked.kind) for reading in named)


@cache
def _detail() -> re.Pattern[str]:
    listed = "|".join(map(re.escape, phrases("details")))
    return re.compile(
        r"(?P<sought>\b(?:what|which|how many|how much) (?:(?:is|are|was|were) (?:the|its|their) )?"
        r"(?:[\w-]+ )?)?"
        rf"\b(?P<said>(?P<detail>{listed})(?:e?s)?)\b",
        re.IGNORECASE,
    )
