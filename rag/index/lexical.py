"""The lexical arm: BM25 over title and abstract.

What is stored are counts: how often each paper has each term. Weights are worked out when one asks, over all
papers that there are by then, so that papers can come and go in segments and a score is that of the whole.

The formula is that of Lucene (Kamphuis et al., 2020, "Which BM25 do you mean?").
"""

from __future__ import annotations

import json
import math
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index.select import Mask, Ranked, Rows, Scores, best
from rag.index.words import Words

_MOST = np.iinfo(np.uint16).max  # a term said more often than that counts as often


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
    """Takes one paper after another, then writes the postings."""

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
        """Write them."""
        folder.mkdir()
        ends = np.array(self._ends, np.int64)
        lengths = ends[1:] - ends[:-1]
        papers = max(1, len(lengths))
        keys = np.array(self._terms, np.int64) * papers
        keys += np.repeat(np.arange(len(lengths)), lengths)
        keys, counts = np.unique(keys, return_counts=True)
        terms, rows = np.divmod(keys, papers)
        starts = np.searchsorted(terms, np.arange(len(self._numbers) + 1))
        (folder / "terms.json").write_text(json.dumps(list(self._numbers)))
        np.save(folder / "lengths.npy", lengths.astype(np.int32))
        np.save(folder / "starts.npy", starts.astype(np.int64))
        np.save(folder / "rows.npy", rows.astype(np.int32))
        np.save(folder / "counts.npy", np.minimum(counts, _MOST).astype(np.uint16))


class Postings:
    """How often each paper of a segment has each term; mapped.

    Args:
        folder: where a ``LexicalBuilder`` wrote.

    Attributes:
        numbers: terms by number.
        lengths: terms of each paper, repeats counted.
        starts: where the postings of each term begin.
        rows: of each posting, the paper; ascending within a term.
        counts: of each posting, how often.
    """

    def __init__(self, folder: Path) -> None:
        terms: list[str] = json.loads((folder / "terms.json").read_text())
        self.numbers = {term: number for number, term in enumerate(terms)}
        self.lengths: NDArray[np.int32] = np.load(folder / "lengths.npy")
        self.starts: NDArray[np.int64] = np.load(folder / "starts.npy")
        self._sizes = self.starts[1:] - self.starts[:-1]
        self.rows: NDArray[np.int32] = np.asarray(np.load(folder / "rows.npy", mmap_mode="r"))
        self.counts: NDArray[np.uint16] = np.asarray(np.load(folder / "counts.npy", mmap_mode="r"))

    def of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """The papers that have a term, and how often each has it."""
        number = self.numbers.get(term)
        part = slice(0, 0) if number is None else slice(*self.starts[number : number + 2].tolist())
        return self.rows[part], self.counts[part]

    def count(self, term: str) -> int:
        """How many papers have a term."""
        number = self.numbers.get(term)
        return 0 if number is None else int(self._sizes[number])

    def having(self, papers: Mask) -> Counter[str]:
        """How many of these papers have each term that some of them has."""
        found = np.searchsorted(self.starts, np.flatnonzero(papers[self.rows]), side="right") - 1
        terms = list(self.numbers)
        numbers, counts = np.unique(found, return_counts=True)
        return Counter({terms[n]: count for n, count in zip(numbers.tolist(), counts.tolist(), strict=True)})


RARE = 3.5
"""The idf of a word that at most three papers of a hundred have: such words name a subject."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A segment as it is scored: its postings, its first row, how much each length holds back."""

    postings: Postings
    first: int
    norms: Scores

    def scores(self, term: str) -> tuple[NDArray[np.int32], Scores]:
        """The papers that have a term, and what each repeat of it is worth, from 0 to 1."""
        rows, counts = self.postings.of(term)
        often = counts.astype(np.float32)
        return rows, often / (often + self.norms[rows])


class LexicalIndex:
    """Papers by the words they share with a question.

    Args:
        segments: the postings, in the order of their rows.
        words: the tokenizer they were made with.
        options: how terms are weighed.
        present: one bool a row; ``None`` where all papers are present. Others are as if they never were.
    """

    def __init__(
        self, segments: Sequence[Postings], words: Words, options: LexicalOptions, present: Mask | None = None
    ) -> None:
        self._words = words
        self._present = present
        lengths = np.concatenate([segment.lengths for segment in segments])
        counted = lengths if present is None else lengths[present]
        self._papers = len(counted)
        mean = float(counted.mean()) if counted.any() else 1.0
        norms = (options.k1 * (1 - options.b + options.b * lengths / mean)).astype(np.float32)
        firsts = np.cumsum([0, *(len(segment.lengths) for segment in segments)]).tolist()
        self._parts = [
            _Part(segment, first, norms[first:end])
            for segment, first, end in zip(segments, firsts[:-1], firsts[1:], strict=True)
        ]
        self._rows = firsts[-1]
        self._gone: Counter[str] = Counter()
        if present is not None:
            for part in self._parts:
                self._gone += part.postings.having(~present[part.first : part.first + len(part.norms)])

    def search(self, query: str, k: int, allowed: Mask | None = None) -> Ranked:
        """The papers of the highest score, best first; none that shares no term with the query.

        Args:
            query: any text.
            k: how many at most.
            allowed: one bool a row, ``None`` for all.
        """
        scores = np.zeros(self._rows, np.float32)
        for term in self._known(query):
            weight = np.float32(self.idf(term))
            for part in self._parts:
                rows, shares = part.scores(term)
                scores[part.first : part.first + len(part.norms)][rows] += weight * shares
        for mask in (self._present, allowed):
            if mask is not None:
                scores *= mask
        hits = np.flatnonzero(scores)
        return best(hits, scores[hits], k)

    def scores(self, query: str, rows: Rows) -> Scores:
        """The score of each of these papers, 0 where it shares no term with the query."""
        scores = np.zeros(len(rows), np.float32)
        terms = self._known(query)
        for part in self._parts:
            inside = np.flatnonzero((rows >= part.first) & (rows < part.first + len(part.norms)))
            wanted = rows[inside] - part.first
            for term in terms if len(inside) else []:
                having, counts = part.postings.of(term)
                if len(having):
                    places = np.minimum(np.searchsorted(having, wanted), len(having) - 1)
                    often = np.where(having[places] == wanted, counts[places], 0).astype(np.float32)
                    scores[inside] += np.float32(self.idf(term)) * often / (often + part.norms[wanted])
        return scores

    def idf(self, term: str) -> float:
        """How rare a term is: ``ln(1 + (N - n + 0.5) / (n + 0.5))``, highest for one that no paper has."""
        having = self._having(term)
        return math.log(1 + (self._papers - having + 0.5) / (having + 0.5))

    def unknown(self, query: str) -> tuple[str, ...]:
        """The words of the query that no paper has in any form, in order; stopwords are not among them."""
        words = self._words.words(query)
        unknown = (w.text for w in words if w.terms and not any(map(self._having, w.terms)))
        return tuple(dict.fromkeys(unknown))

    def rare(self, query: str, idf: float) -> tuple[str, ...]:
        """The words of the query with a term that papers have, but at least so rare, in order."""
        words = self._words.words(query)
        return tuple(w.text for w in words if any(self._having(t) and self.idf(t) >= idf for t in w.terms))

    def by_stem(self, words: list[str]) -> list[tuple[str, list[str]]]:
        """The words that some paper has in some form, by their stems, the stem of most papers first.

        Args:
            words: of lower-case letters alone.
        """
        forms: dict[str, list[str]] = {}
        for word, stem in zip(words, self._words.stems(words), strict=True):
            forms.setdefault(stem, []).append(word)
        counts = {stem: self._having(stem) for stem in forms}
        return [(stem, forms[stem]) for stem in sorted(forms, key=lambda s: -counts[s]) if counts[stem]]

    def rows(self, term: str, most: int) -> list[int]:
        """The first papers that have a term."""
        found: list[int] = []
        for part in self._parts:
            rows = part.postings.of(term)[0] + part.first
            found += (rows if self._present is None else rows[self._present[rows]])[:most].tolist()
        return found[:most]

    def terms(self, text: str) -> Sequence[str]:
        """The terms of a text as this index counts them."""
        return self._words.terms(text)

    def _having(self, term: str) -> int:
        """How many papers have a term."""
        having = -self._gone[term] if self._gone else 0
        for part in self._parts:
            having += part.postings.count(term)
        return having

    def _known(self, query: str) -> list[str]:
        """The query's terms that some paper has; a term said twice is asked once."""
        return [term for term in dict.fromkeys(self._words.terms(query)) if self._having(term)]
