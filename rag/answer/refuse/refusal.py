"""A refusal that helps: why there is no answer, what was not found, what comes nearest, what to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answer.evidence.weigh import Weighed
from rag.answer.lexicon import groups, words_of
from rag.answer.question.asked import Asked, names_in
from rag.answer.question.narrowed import Narrowed
from rag.answer.question.wording import sought
from rag.answer.refuse.detail_signals import missing_details
from rag.answer.refuse.titles import titles_missing
from rag.answer.refuse.variants import missing_variants
from rag.answer.text.refused import (
    DETAIL,
    EMPTY_LIBRARY,
    FILTERED_OUT,
    NOT_IN_CORPUS,
    OFF_DOMAIN,
    OTHER_LANGUAGE,
    SAID,
    UNCLEAR,
)
from rag.index.words import Words
from rag.retrieve.retrieved import Retrieved
from rag.types import Filters, Paper, Refusal

_NEAREST = 3
_MISSING = 6
_AUTHORS = 5  # named at most
_TELLING = 0.4  # of the idf of an unknown word (a tenth of 200 papers); to miss a commoner one tells nothing
_OPEN = 0.5  # the first gate that a question is less likely to pass than this is why it is refused
_REASONS = {"about": OFF_DOMAIN, "found": NOT_IN_CORPUS, "said": DETAIL}


@dataclass(frozen=True, slots=True)
class Case:
    """All that a refusal is written from."""

    asked: Asked
    found: Retrieved
    weighed: Sequence[Weighed]
    through: Mapping[str, float]
    within: Narrowed
    english: bool


def refuse(case: Case, words: Words) -> Refusal:
    """The refusal of a question."""
    if case.within.strangers and case.found.info.papers:
        return _nobody(case.within.strangers)
    if case.within.like:
        alone = f"No stored paper is much like {case.within.without}."
        return Refusal(NOT_IN_CORPUS, (), _nearest(case), (alone,))
    reason = _reason(case)
    shown = (hit.paper for hit in case.found.hits)
    if reason == NOT_IN_CORPUS and (titles := titles_missing(case.asked.text, shown)):
        told = tuple(f"No stored paper has the title “{title}”." for title in titles)
        return Refusal(reason, titles, _nearest(case), told)
    papers = () if reason in (EMPTY_LIBRARY, UNCLEAR) else _nearest(case)
    missing = () if reason == EMPTY_LIBRARY else _missing(case, words, reason)
    return Refusal(reason, missing, papers, tuple(_suggestions(reason, case, papers, missing)))


def _nobody(strangers: tuple[str, ...]) -> Refusal:
    """The refusal of a question about people, or things, of whom no stored paper knows anything."""
    told = tuple(f"No stored paper has an author “{name}”, or speaks of one." for name in strangers)
    return Refusal(NOT_IN_CORPUS, strangers, (), told)


def refusal_text(refusal: Refusal) -> str:
    """What a person reads."""
    said = [SAID[refusal.reason]]
    if refusal.missing:
        said.append("Looked for and not found: " + ", ".join(f"“{word}”" for word in refusal.missing) + ".")
    if refusal.nearest and refusal.reason != OFF_DOMAIN:  # nothing is near then
        said.append("Nearest: " + "; ".join(paper.name for paper in refusal.nearest) + ".")
    return " ".join([*said, *refusal.suggestions])


def _reason(case: Case) -> str:
    if not case.found.info.papers:
        return EMPTY_LIBRARY
    if not case.asked.terms:
        return UNCLEAR
    if case.within.filters and (case.found.hidden or not case.weighed):
        return FILTERED_OUT
    if not case.english:
        return OTHER_LANGUAGE
    if not case.through:
        return NOT_IN_CORPUS
    shut = (gate for gate, passed in case.through.items() if passed < _OPEN)
    return _REASONS[next(shut, min(case.through, key=case.through.__getitem__))]


def _nearest(case: Case) -> tuple[Paper, ...]:
    ranked = sorted(case.weighed, key=lambda paper: -paper.share)
    return tuple(paper.reading.paper for paper in ranked[:_NEAREST])


def _missing(case: Case, words: Words, reason: str) -> tuple[str, ...]:
    """What the nearest papers lack, as written: what is asked for, details, unknown words, rare ones."""
    ranked = sorted(case.weighed, key=lambda paper: -paper.share)[:_NEAREST]
    held = frozenset[str]().union(*(paper.reading.all_terms for paper in ranked))
    best = [paper.reading for paper in ranked[:1]]
    details = missing_details(case.asked, best)
    if reason == DETAIL:
        asked = (*sought(case.asked.text), *missing_variants(case.asked.text, best))
        details = (*asked, *(detail for detail in details if detail not in " ".join(asked).casefold()))
    phrased = frozenset(term for detail in details for term in words.terms(detail))
    asks = frozenset(case.asked.terms) - phrased
    names = {name.casefold(): name for name in names_in(case.asked.text)}
    vague = words_of("asking") | groups("subjectless")[1]
    lacking = {
        word.text: min(case.found.idf(term) for term in word.terms)
        for word in words.words(case.asked.text)
        if asks.intersection(word.terms) and not held.intersection(word.terms) and word.text not in vague
    }
    unknown = set(case.found.unknown)
    least = _TELLING * case.found.idf("")
    telling = [word for word, rare in lacking.items() if rare >= least]
    order = sorted(telling, key=lambda word: (word not in unknown, word not in names, -lacking[word]))
    chosen = set(order[: _MISSING - len(details)])
    return (*details[:_MISSING], *(names.get(word, word) for word in lacking if word in chosen))


def _suggestions(reason: str, case: Case, papers: Sequence[Paper], missing: Sequence[str]) -> list[str]:
    if reason == EMPTY_LIBRARY:
        return ["Add papers first: citewell ingest PATH."]
    if reason == UNCLEAR:
        return ["Name a method, a data set, a finding or a paper."]
    if reason == FILTERED_OUT:
        return [_wider(case)]
    if reason == DETAIL:
        wanted = ", ".join(f"“{word}”" for word in missing) or "this"
        link = f": {papers[0].url}" if papers[0].url else "."
        told = [f"The abstract of {papers[0].name} does not say {wanted}; its full text may{link}"]
        return told if case.asked.wants.isdisjoint(("record", "maker")) else [*told, *_recorded(papers[0])]
    if reason == OTHER_LANGUAGE:
        return ["Ask in English, or for a name as the papers write it."]
    if reason == OFF_DOMAIN:
        return ["Ask about something that the stored papers study, or add papers on this."]
    return ["Ask in other words, or add papers on this."]


def _wider(case: Case) -> str:
    """What to leave out of the limits, and what that would bring."""
    if case.within.without:
        return f"No other stored paper is by {_named(case.within.filters.authors)}."
    hidden = case.found.hidden
    match = "1 paper that matches as well" if hidden == 1 else f"{hidden} papers that match as well"
    if said := case.within.said:
        beyond = f"{match} {'lies' if hidden == 1 else 'lie'} beyond." if hidden else "nothing is left."
        asked = "Only the papers listed before were asked. " if case.within.among else ""
        return f"{asked}Ask without {', '.join(f'“{words}”' for words in said)}: {beyond}"
    hides = f"they hide {match}." if hidden else "nothing passes them."
    return f"Widen or drop the filters ({', '.join(_filters_set(case.within.filters))}): {hides}"


def _recorded(paper: Paper) -> list[str]:
    """What is stored of a paper beside its abstract, for who asks who wrote it, or when."""
    told = []
    if names := paper.authors:
        told.append(f"its authors are {_named(names)}")
    if paper.year is not None:
        told.append(f"its year is {paper.year}")
    return [f"Beside the abstract is stored that {' and that '.join(told)}."] if told else []


def _named(names: Sequence[str]) -> str:
    """Names as they are told, the last one with an *and*."""
    shown = list(names) if len(names) <= _AUTHORS else [*names[:_AUTHORS], "others"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _filters_set(filters: Filters) -> list[str]:
    return [name for name in Filters.__slots__ if getattr(filters, name) not in ((), None)]
