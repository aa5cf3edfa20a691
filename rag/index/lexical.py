"""The lexical arm: BM25 over title and abstract, with every score computed when the index is built.

The formula is that of Lucene as bm25s computes it (Kamphuis et al., 2020, "Which BM25 do you mean?").
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bm25s import BM25
from numpy.typing import NDArray

from rag.index.select import Mask, Ranked, Rows, Scores, best
from rag.index.words import Words


@dataclass(frozen=True, slots=True)
class LexicalOptions:
    """How terms are weighed.

    ``title_weight``: how many times a title counts; ``k1``: how soon repeats stop counting; ``b``: how much a
    long text is held back.
    """

    title_weight: int = 3
    k1: float = 1.2
    b: float = 0.75


class LexicalBuilder:
    """Takes one paper after another, then writes the index."""

    def __init__(self, words: Words, options: LexicalOptions) -> None:
        self._words = words
        self._options = options
        self._numbers: dict[str, int] = {}
        self._terms = array("i")
        self._ends = [0]

    def add(self, title: str, abstract: str) -> None:
        """The next paper."""
        terms = self._words.terms(title) * self._options.title_weight + self._words.terms(abstract)
        numbers = self._numbers
        self._terms.extend([numbers.setdefault(term, len(numbers)) for term in terms])
        self._ends.append(len(self._terms))

    def save(self, folder: Path) -> None:
        """Write the index; nothing where no paper gave a term."""
        folder.mkdir()
        if not self._numbers:
            return
        index = BM25(method="lucene", k1=self._options.k1, b=self._options.b, backend="numpy")
        index.scores = index.build_index_from_ids(
            range(len(self._numbers)), _Papers(self._terms, self._ends), show_progress=False
        )
        index.vocab_dict = self._numbers
        index.save(folder, show_progress=False)


class _Papers(Sequence["array[int]"]):
    """The term numbers of each paper, cut from one array: a list of numbers takes nine times the memory."""

    def __init__(self, terms: array[int], ends: list[int]) -> None:
        self._terms = terms
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, paper: Any) -> Any:  # noqa: ANN401 - one paper a number is all bm25s asks for
        if paper >= len(self):
            raise IndexError(paper)
        return self._terms[self._ends[paper] : self._ends[paper + 1]]


class LexicalIndex:
    """Papers by the words they share with a question.

    Args:
        folder: where a ``LexicalBuilder`` wrote.
        papers: how many papers it was given.
        words: the tokenizer it used.
    """

    def __init__(self, folder: Path, papers: int, words: Words) -> None:
        self._papers = papers
        self._words = words
        self._numbers: dict[str, int] = {}
        self._data: Scores = np.empty(0, np.float32)
        self._rows: NDArray[np.int32] = np.empty(0, np.int32)
        self._starts: NDArray[np.int64] = np.zeros(1, np.int64)
        if any(folder.iterdir()):
            index = BM25.load(folder, mmap=True, verbosity=0)
            self._numbers = index.vocab_dict
            self._data, self._rows, self._starts = (
                np.asarray(index.scores[name]) for name in ("data", "indices", "indptr")
            )

    def search(self, query: str, k: int, allowed: Mask | None = None) -> Ranked:
        """The papers of the highest score, best first; none that shares no term with the query.

        Args:
            query: any text.
            k: how many at most.
            allowed: one bool a paper, ``None`` for all.
        """
        scores = np.zeros(self._papers, np.float32)
        for number in self._known(query):
            part = self._postings(number)
            scores[self._rows[part]] += self._data[part]
        hits = np.flatnonzero(scores if allowed is None else scores * allowed)
        return best(hits, scores[hits], k)

    def scores(self, query: str, rows: Rows) -> Scores:
        """The score of each of these papers, 0 where it shares no term with the query."""
        scores = np.zeros(len(rows), np.float32)
        for number in self._known(query):
            part = self._postings(number)
            having = self._rows[part]
            places = np.minimum(np.searchsorted(having, rows), len(having) - 1)
            scores += np.where(having[places] == rows, self._data[part][places], 0)
        return scores

    def idf(self, term: str) -> float:
        """How rare a term is: ``ln(1 + (N - n + 0.5) / (n + 0.5))``, highest for one that no paper has."""
        number = self._numbers.get(term)
        having = 0 if number is None else int(self._starts[number + 1] - self._starts[number])
        return math.log(1 + (self._papers - having + 0.5) / (having + 0.5))

    def unknown(self, query: str) -> tuple[str, ...]:
        """The words of the query that no paper has in any form, in order; stopwords are not among them."""
        words = self._words.words(query)
        unknown = (w.text for w in words if w.terms and not any(t in self._numbers for t in w.terms))
        return tuple(dict.fromkeys(unknown))

    def commonest(self, words: list[str]) -> list[str]:
        """The words, all equals, that most papers have in some form; none where no paper has any.

        Args:
            words: of lower-case letters alone.
        """
        numbers = (self._numbers.get(stem) for stem in self._words.stems(words))
        having = [0 if n is None else int(self._starts[n + 1] - self._starts[n]) for n in numbers]
        most = max(having, default=0)
        return [word for word, n in zip(words, having, strict=True) if most and n == most]

    def terms(self, text: str) -> Sequence[str]:
        """The terms of a text as this index counts them."""
        return self._words.terms(text)

    def _known(self, query: str) -> list[int]:
        """The numbers of the query's terms that some paper has; a term said twice is asked once."""
        numbers = map(self._numbers.get, dict.fromkeys(self._words.terms(query)))
        return [number for number in numbers if number is not None]

    def _postings(self, number: int) -> slice:
        return slice(int(self._starts[number]), int(self._starts[number + 1]))
