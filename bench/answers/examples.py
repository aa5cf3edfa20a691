"""What the confidence is fitted on: questions of every kind over a set, each with the signals it gives.

Searching takes minutes, fitting seconds; so the signals are kept beside the embedded corpus, and made again
when the code that makes them has changed.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.answers.cases import Case, over
from bench.answers.fit_evidence import DEPTH, Given
from bench.stack import Stack, opened
from rag.answer.evidence.extract import Choice, choose
from rag.answer.evidence.reading import read_hits
from rag.answer.evidence.weigh import Weights, weigh
from rag.answer.question.asked import read_question
from rag.answer.refuse.confidence import signals
from rag.index.words import Words
from rag.retrieve import Retrieved
from rag.types import Hit, Paper, StageScore

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]
SAMPLE = 100  # questions of each made kind a set
SPARE = 6  # hits more than are read, so that papers can be taken out
MADE_BY = ("rag/answer", "rag/retrieve", "rag/index", "rag/answer/fitted/evidence.json", "bench/answers/data")


@dataclass(frozen=True, slots=True)
class Example:
    """A question of some kind over some set, and the signals it gave."""

    set: str
    kind: str
    signals: Mapping[str, float]


def kept(folder: Path, given: Given, others: Sequence[Case], most: int) -> list[Example]:
    """The examples of a set, from its cache folder where they are there and of this code.

    Args:
        folder: of the set.
        given: the set.
        others: questions of other sets.
        most: questions of its own at most.
    """
    path = folder / "examples.jsonl"
    cases = given.cases()
    told = {
        "code": _code(),
        "asked": hashlib.sha256(repr([cases, others]).encode()).hexdigest(),
        "most": most,
        "papers": given.most,
    }
    if path.exists():
        first, *rest = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if first == told:
            return [Example(**row) for row in rest]
    chance = random.Random(11)  # noqa: S311 - a sample, not a secret
    with opened(folder, given.corpus, given.most) as stack:
        cases = over(cases, stack.library.papers)
        cases = chance.sample(cases, min(most, len(cases)))
        found = list(examples(stack, given.name, [*cases, *made(stack, cases, others, chance)]))
    lines = [told, *map(asdict, found)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return found


def _code() -> str:
    """A digest of all that makes signals."""
    digest = hashlib.sha256()
    for place in MADE_BY:
        path = ROOT / place
        for file in sorted(path.rglob("*.[pt][yx]*")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def without(found: Retrieved, papers: Mapping[str, object], words: Words) -> Retrieved:
    """What would have been found had these papers not been stored."""
    kept = [i for i, hit in enumerate(found.hits) if hit.paper.id not in papers]
    gone = [hit for hit in found.hits if hit.paper.id in papers]
    texts = [frozenset(words.terms(f"{hit.paper.title} {hit.paper.abstract}")) for hit in gone]
    total, rarest = found.info.papers, found.idf("")

    def having(term: str) -> int:
        """How many of the papers that stay have a term."""
        e = math.exp(found.idf(term)) - 1
        return max(0, round((total + 0.5 - 0.5 * e) / (1 + e)) - sum(term in text for text in texts))

    def idf(term: str) -> float:
        n = having(term)
        return math.log(1 + (total - n + 0.5) / (n + 0.5)) if n else rarest

    lost = [word.text for word in words.words(found.text) if word.terms and not any(map(having, word.terms))]
    return replace(
        found,
        hits=tuple(_moved_up(found.hits[i], gone) for i in kept),
        evidence=tuple(found.evidence[i] for i in kept),
        idf=idf,
        unknown=tuple(dict.fromkeys([*found.unknown, *lost])),
    )


def _moved_up(hit: Hit, gone: Sequence[Hit]) -> Hit:
    """The hit with the ranks it has once others are gone."""
    stages = {
        name: StageScore(
            stage.rank - sum(name in other.stages and other.stages[name].rank < stage.rank for other in gone),
            stage.score,
        )
        for name, stage in hit.stages.items()
    }
    return replace(hit, stages=stages)


def examples(stack: Stack, name: str, cases: Sequence[Case]) -> Iterator[Example]:
    """The signals of every question; of the answerable ones also with their papers taken out."""
    words, weights = Words(), Weights.load()
    for case in cases:
        found = stack.search.search(case.question, top_k=DEPTH + SPARE)
        kinds = [("answerable", found), ("held", without(found, case.quotes, words))]
        for kind, seen in kinds if case.answerable else [(case.group, found)]:
            asked = read_question(seen.text, words, seen.idf)
            weighed = weigh(asked, read_hits(asked, seen, words, DEPTH), weights)
            quotes = choose(asked, weighed, Choice())
            if quotes and asked.terms:
                known = signals(asked, weighed, quotes, words, seen.unknown)
                yield Example(name, kind, {signal: round(value, 5) for signal, value in known.items()})


def made(stack: Stack, cases: Sequence[Case], others: Sequence[Case], chance: random.Random) -> list[Case]:
    """Questions of the kinds that no set brings."""
    found = [_made(text, kind) for kind in ("everyday", "nonsense") for text in _sampled(kind, chance)]
    answerable = [case for case in others if case.answerable]
    found += [
        _made(case.question, "cross") for case in chance.sample(answerable, min(SAMPLE, len(answerable)))
    ]
    gold = sorted({paper for case in cases if case.answerable for paper in case.quotes})
    for kind in ("withheld", "overview"):
        templates = _sampled(kind, chance)
        papers = stack.library.papers(chance.sample(gold, min(SAMPLE, len(gold))))
        found += [
            _made(chance.choice(templates).replace("{name}", name_of(paper)), kind)
            for paper in papers.values()
            if paper.title
        ]
    return found


def name_of(paper: Paper) -> str:
    """What a person would call a paper: what stands before the colon of its title, or the title."""
    head, colon, _ = paper.title.partition(":")
    return head if colon and len(head) < 40 else paper.title


def _made(text: str, kind: str) -> Case:
    return Case(text, text, {}, answerable=False, group=kind)


def _sampled(kind: str, chance: random.Random) -> list[str]:
    texts = (DATA / f"{kind}.txt").read_text(encoding="utf-8").splitlines()
    return chance.sample(texts, min(SAMPLE, len(texts)))
