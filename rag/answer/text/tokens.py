"""A sentence as the guards see it: its words with places and terms, typography made plain, one for one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.index.words import Words

_TOKEN = re.compile(r"[^\W_]+(?:(?:['.&/^]|(?<=\d),(?=\d{3}))[^\W_]+)*|[,;:()—]")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("‘’ʼ", "'"),
        **dict.fromkeys("$\\{}_\u00a0\u2009\u202f", " "),
        "·": "×",
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a mark that ends a clause.

    Attributes:
        text: as it stands.
        start: its place in the sentence, in code points.
        terms: what the lexical index would look it up as; none for a stopword or a mark.
    """

    text: str
    start: int
    terms: tuple[str, ...]

    @property
    def folded(self) -> str:
        """The word in lower case."""
        return self.text.casefold()

    @property
    def is_mark(self) -> bool:
        """Whether this is punctuation."""
        return not self.text[0].isalnum()


def plain(text: str) -> str:
    """The text with dashes, quotation marks and TeX's own signs made plain; its length stays."""
    return text.translate(_PLAIN)


def tokenize(text: str, words: Words) -> tuple[Token, ...]:
    """The words and marks of a sentence, in order; compounds with a hyphen come apart."""
    return tuple(
        Token(
            match.group(),
            match.start(),
            tuple(words.terms(match.group())) if match.group()[0].isalnum() else (),
        )
        for match in _TOKEN.finditer(plain(text))
    )
