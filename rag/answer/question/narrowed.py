"""A question that says whose papers it means, or of which years: those words become filters.

What an abstract says is found by its words; who wrote it, and when, stands beside it. So "papers by Hinton on
capsules since 2015" is searched as "papers on capsules" among those papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.answer.lexicon import words_of
from rag.answer.question.asked import part_to_search
from rag.answer.question.dated import dated
from rag.answer.question.picked import Listed
from rag.answer.question.whose import names_said, whose
from rag.answer.question.wording import first_by_year
from rag.index.words import Words
from rag.types import Filters

_DATED = Filters(year_from=0)


class Shelf(Protocol):
    """What is known of the stored papers beside their abstracts."""

    def authors(self) -> Sequence[str]:
        """The names of all authors, as filters compare them."""

    def holds(self, filters: Filters) -> bool:
        """Whether any paper passes."""

    def unknown(self, text: str) -> Sequence[str]:
        """The words of a text that no paper has."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A question, and what it is limited to.

    Attributes:
        text: the question without the words that limit it.
        filters: those given, and what the words add.
        said: those words, as they stand.
        alone: whether nothing else is asked: the papers themselves are wanted.
        question: the question with those words; empty where there are none.
        among: the papers of an answer before it that it is asked of, if it is.
        without: a paper that is not wanted, by its name.
        like: whether papers like that one are wanted.
        strangers: names that it asks about and nothing else, of which no stored paper knows anything.
    """

    text: str
    filters: Filters
    said: tuple[str, ...] = ()
    alone: bool = False
    question: str = ""
    among: Listed | None = None
    without: str = ""
    like: bool = False
    strangers: tuple[str, ...] = ()


def narrowed(question: str, filters: Filters, shelf: Shelf, words: Words) -> Narrowed:
    """Take whose papers, and of which years, out of a question's words.

    Args:
        question: able to stand alone.
        filters: given beside it; authors among them are not added to, years only narrowed.
        shelf: the stored papers.
        words: the tokenizer, to tell whether anything else is asked.
    """
    text, limits, said = question, filters, list[str]()
    if not filters.authors and (named := whose(question, shelf.authors)).authors:
        text, limits, said = named.text, replace(filters, authors=named.authors), [*named.said]
        of_that_year = _within(limits, named.year, named.year)
        limits = of_that_year if shelf.holds(of_that_year) else limits
    if (when := dated(text)) and shelf.holds(_DATED):
        limits = _within(limits, when.first, when.last)
        said.append(text[when.start : when.end].strip())
        text = text[: when.start] + text[when.end :]
    if not said:
        by_age = first_by_year(question) != 0 and _is_alone(question, words) and shelf.holds(_DATED)
        strangers = _strangers(question, shelf, words)
        return Narrowed(question, filters, (), by_age, question if by_age else "", strangers=strangers)
    return Narrowed(text.strip(), limits, tuple(said), _is_alone(text, words), question)


def narrowed_search(query: str, filters: Filters, shelf: Shelf, words: Words) -> Narrowed:
    """A search, limited by what its words say; words that no paper has may be the name of an author alone."""
    found = narrowed(query, filters, shelf, words)
    if not found.said and words.terms(query) and _is_unknown(query, shelf, words):
        by_name = narrowed(f"papers by {query}", filters, shelf, words)
        found = by_name if by_name.alone else found
    return found if found.alone else replace(found, text=part_to_search(found.text, words))


def _is_alone(text: str, words: Words) -> bool:
    """Whether a question without its limits asks for nothing but papers, and not how many there are."""
    return "how many" not in text.casefold() and set(words.terms(text)) <= set(
        words.terms(" ".join(words_of("about_papers")))
    )


def _strangers(question: str, shelf: Shelf, words: Words) -> tuple[str, ...]:
    """The names of which neither an author nor an abstract knows anything, if only they are asked about."""
    names = names_said(question)
    bare = whose(question, lambda: [name.casefold() for name in names]) if names else None
    if bare is None or not bare.said or not _is_alone(bare.text, words):
        return ()
    return names if all(_is_unknown(name, shelf, words) for name in names) else ()


def _is_unknown(name: str, shelf: Shelf, words: Words) -> bool:
    """Whether no paper has any word of a name."""
    return {word.text for word in words.words(name) if word.terms} <= set(shelf.unknown(name))


def _within(filters: Filters, first: int | None, last: int | None) -> Filters:
    """The filters, no wider than these years."""
    firsts = [year for year in (filters.year_from, first) if year is not None]
    lasts = [year for year in (filters.year_to, last) if year is not None]
    return replace(filters, year_from=max(firsts, default=None), year_to=min(lasts, default=None))
