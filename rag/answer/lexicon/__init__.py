"""Lists of words that the rules of answers and of verification go by, as text files."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def paragraphs(name: str) -> tuple[str, ...]:
    """The paragraphs of a list, each on one line; a line that begins with # is a remark."""
    text = resources.files("rag.answer.lexicon").joinpath(f"{name}.txt").read_text("utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(" ".join(part.split()) for part in kept.split("\n\n") if part.strip())


@cache
def groups(name: str) -> tuple[frozenset[str], ...]:
    """The words of each paragraph of a list."""
    return tuple(frozenset(paragraph.split()) for paragraph in paragraphs(name))


@cache
def words_of(name: str) -> frozenset[str]:
    """All words of a list."""
    return frozenset[str]().union(*groups(name))


@cache
def phrases(name: str) -> tuple[str, ...]:
    """The phrases of a list that are set apart by commas."""
    return tuple(phrase.strip() for line in paragraphs(name) for phrase in line.split(","))
