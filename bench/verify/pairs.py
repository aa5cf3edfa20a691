"""Claims with the text that they are said to rest on, from the sets that are measured on."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.index.words import Words
from rag.types import Paper

_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and its texts.

    Attributes:
        claim: the sentence.
        papers: what it is held against; any of them may support it.
        supported: what people said.
        refuted: likewise; never both.
        group: pairs of a group share a claim or a text, and are never split between fitting and testing.
    """

    claim: str
    papers: tuple[Paper, ...]
    supported: bool
    refuted: bool
    group: str


def load(path: Path) -> list[Pair]:
    """HealthVer or AttributionBench, told apart by their fields.

    Raises:
        KeyError: the file is neither.
    """
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    read = _attribution if "references" in rows[0] else _healthver
    return [read(row) for row in rows]


def _healthver(row: dict[str, str]) -> Pair:
    paper = Paper(row["_id"], "", row["evidence"])
    label = row["label"]
    return Pair(row["claim"], (paper,), label == "Supports", label == "Refutes", row["claim"])


def _attribution(row: dict[str, object]) -> Pair:
    references = row["references"]
    if not isinstance(references, list):
        raise TypeError(f"{row['_id']} has no list of references.")
    papers = tuple(_paper(f"{row['_id']}-{i}", str(text)) for i, text in enumerate(references))
    return Pair(
        _MARKER.sub("", str(row["claim"])),
        papers,
        row["label"] == "attributable",
        False,
        str(row["question"]),
    )


def _paper(name: str, text: str) -> Paper:
    first, _, rest = text.partition("\n\n")
    if first.startswith("Title:") and rest:
        return Paper(name, first.removeprefix("Title:").split("\n")[0].strip(), rest)
    return Paper(name, "", text)


def idf_of(pairs: Sequence[Pair], words: Words) -> Callable[[str], float]:
    """How rare a term is among the texts of a set."""
    texts = {paper.abstract for pair in pairs for paper in pair.papers}
    counts = Counter(term for text in texts for term in set(words.terms(text)))
    return lambda term: math.log(1 + (len(texts) - counts[term] + 0.5) / (counts[term] + 0.5))


def folds(pairs: Sequence[Pair], count: int) -> Iterator[tuple[list[int], list[int]]]:
    """Indexes to fit on and to test on, a group never in both."""
    names = sorted({pair.group for pair in pairs})
    place = {name: (i * 7919) % count for i, name in enumerate(names)}
    for fold in range(count):
        test = [i for i, pair in enumerate(pairs) if place[pair.group] == fold]
        fit = [i for i, pair in enumerate(pairs) if place[pair.group] != fold]
        yield fit, test
