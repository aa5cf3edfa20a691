"""Papers to add under load: sentences of the bundled abstracts, and a word of their own to find each by."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from data import bundled_papers
from rag.corpus import read_papers, sentence_spans
from rag.types import Paper

SENTENCES = 8
_SYLLABLES = ("ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "po", "ra", "si", "tu", "ve", "zo")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper to add, as the API takes it, and the question that only it answers."""

    id: str
    word: str
    record: dict[str, object]

    @property
    def question(self) -> str:
        """Asks for what this paper alone says."""
        return f"What does the {self.word} estimator improve?"


def drawn(seed: int = 0) -> Iterator[Drawn]:
    """Papers without end, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  # draws sentences, keeps no secret
    sentences = _sentences()
    for number, word in enumerate(_words()):
        gain = f"{number % 90 + 5} percent"
        own = f"We show that the {word} estimator improves the calibration of forecasts by {gain}."
        said = [own, *rng.sample(sentences, SENTENCES)]
        paper_id = f"load-{number:06}"
        record: dict[str, object] = {
            "id": paper_id,
            "title": f"The {word} estimator",
            "abstract": " ".join(said),
            "year": 2000 + number % 25,
            "source": "load",
        }
        yield Drawn(paper_id, word, record)


def _words() -> Iterator[str]:
    """Words that no paper has: ``w`` and four syllables."""
    for syllables in itertools.product(_SYLLABLES, repeat=4):
        yield "w" + "".join(reversed(syllables)) + "x"


def _sentences() -> list[str]:
    found = []
    for path in bundled_papers():
        with path.open("rb") as stream:
            papers = [each for each in read_papers(stream, name=path.name) if isinstance(each, Paper)]
        found += [span.of(paper.abstract) for paper in papers for span in sentence_spans(paper.abstract)]
    return found
