"""Fits what weighs sentences and papers, and writes ``rag/answer/fitted/evidence.json``.

    python -m bench.answers.fit_evidence --cache CACHE --set NAME=CORPUS=QUESTIONS [--set ...] [--weigh
    NAME=1.0]

A set is a name, its corpus files and its questions (suite files, or folders in BEIR layout), each joined by
``+``. ``NAME:1000`` takes the first thousand papers alone; questions whose papers are not among them have no
answer then.
Questions marked ``test`` are left out. Every set counts the same in all, however many questions it has,
times what ``--weigh`` says.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.answers.cases import Case, load, over, worth
from bench.answers.logit import Matrix, listwise
from bench.stack import Stack, opened
from rag.answer.evidence.reading import Reading, read_hits
from rag.answer.evidence.sentence_signals import SIGNALS
from rag.answer.evidence.weigh import PAPER_SIGNALS, paper_signals
from rag.answer.question.asked import Asked, read_question
from rag.index.words import Words

DEPTH = 10  # papers that the answer reads
OUT = Path(__file__).parents[2] / "rag" / "answer" / "fitted" / "evidence.json"


def readings(stack: Stack, cases: Sequence[Case]) -> Iterator[tuple[Case, Asked, tuple[Reading, ...]]]:
    """Every case with its question taken apart and the papers found for it, read."""
    words = Words()
    for case in cases:
        found = stack.search.search(case.question, top_k=DEPTH)
        asked = read_question(found.text, words, found.idf)
        yield case, asked, read_hits(asked, found, words, DEPTH)


def groups(
    stack: Stack, cases: Sequence[Case]
) -> tuple[list[tuple[Matrix, Matrix]], list[tuple[Matrix, Matrix]]]:
    """What competes: the sentences of each gold paper, and the papers of each question."""
    sentences, papers = [], []
    for case, asked, read in readings(stack, cases):
        for reading in read:
            y = np.array([worth(case, reading.paper, span) for span in reading.spans])
            if reading.paper.id in case.quotes and y.sum() and len(y) > 1:
                sentences.append((reading.signals, y))
        x = np.array([[paper_signals(asked, reading)[name] for name in PAPER_SIGNALS] for reading in read])
        y = np.array([float(reading.paper.id in case.quotes) for reading in read])
        if y.any():
            papers.append((x, y))
    return sentences, papers


@dataclass(frozen=True, slots=True)
class Given:
    """A set as the command line names it.

    Attributes:
        name: of the set.
        corpus: files of papers.
        questions: suite files, or folders in BEIR layout.
        most: papers taken of the corpus, the first ones; all where missing.
    """

    name: str
    corpus: tuple[Path, ...]
    questions: tuple[Path, ...]
    most: int | None = None

    def all_cases(self) -> list[Case]:
        """Its questions."""
        return [case for path in self.questions for case in load(path)]

    def cases(self) -> list[Case]:
        """Its questions that are not kept for testing."""
        return [case for case in self.all_cases() if not case.test]


def parse_set(text: str) -> Given:
    """``NAME[:MOST]=CORPUS[+CORPUS]=QUESTIONS[+QUESTIONS]``."""
    named, *files = text.split("=")
    name, _, most = named.partition(":")
    corpus, questions = (tuple(map(Path, joined.split("+"))) for joined in files)
    return Given(name, corpus, questions, int(most) if most else None)


def main() -> None:
    """Fits and writes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the embedded corpora")
    parser.add_argument("--set", action="append", required=True, type=parse_set, dest="sets")
    parser.add_argument("--weigh", action="append", default=[], help="NAME=FACTOR")
    parser.add_argument("--penalty", type=float, default=3.0)
    given = parser.parse_args()
    factors = {name: float(factor) for name, factor in (text.split("=") for text in given.weigh)}
    sentences, papers, of_sentence, of_paper = [], [], [], []
    for each in given.sets:
        with opened(given.cache / each.name, each.corpus, each.most) as stack:
            cases = [case for case in over(each.cases(), stack.library.papers) if case.answerable]
            found_sentences, found_papers = groups(stack, cases)
        factor = 200 * factors.get(each.name, 1.0)
        sentences += found_sentences
        papers += found_papers
        of_sentence += [factor / len(found_sentences)] * len(found_sentences) if found_sentences else []
        of_paper += [factor / len(found_papers)] * len(found_papers) if found_papers else []
        print(
            f"{each.name}: {len(found_sentences)} papers with gold sentences, {len(found_papers)} questions"
        )
    fitted = {
        "made_by": "bench/answers/fit_evidence.py",
        "sets": [each.name for each in given.sets],
        "sentence": _weights(SIGNALS, listwise(sentences, given.penalty, of_sentence)),
        "paper": _weights(PAPER_SIGNALS, listwise(papers, given.penalty, of_paper)),
    }
    OUT.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=1))


def _weights(names: Sequence[str], values: Matrix) -> dict[str, object]:
    return {
        "bias": 0.0,
        "weights": {name: round(float(value), 4) for name, value in zip(names, values, strict=True)},
    }


if __name__ == "__main__":
    main()
