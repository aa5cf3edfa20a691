"""Fits how sure an answer is, and writes ``rag/answer/fitted/confidence.json``.

    python -m bench.answers.fit_confidence --cache CACHE --set NAME=CORPUS=QUESTIONS [--set ...]

Sets are given as to ``fit_evidence``. Questions marked ``test`` are left out. To the questions that a set
marks as unanswerable come, for every set:

* ``held``: its answerable questions once more, with their papers taken out of what is found;
* ``everyday`` and ``nonsense``: a sample of the questions in ``data/``;
* ``cross``: questions of the other sets;
* ``withheld`` and ``overview``: the templates of these files in ``data/``, filled with the titles of its gold
  papers; the former ask what no abstract says, the latter what any does.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.answers.cases import Case, load
from bench.answers.fit_evidence import DEPTH, parse_set
from bench.answers.logit import Matrix, logistic
from bench.answers.stack import Stack, opened
from rag.answer.asked import read_question
from rag.answer.confidence import GATES, passed, signals
from rag.answer.evidence import Weights, weigh
from rag.answer.extract import Choice, choose
from rag.answer.linear import Linear, logit, sigmoid
from rag.answer.reading import read_hits
from rag.index.words import Words
from rag.retrieve import Retrieved
from rag.types import Hit, Paper, StageScore

DATA = Path(__file__).parent / "data"
OUT = Path(__file__).parents[2] / "rag" / "answer" / "fitted" / "confidence.json"
SAMPLE = 150  # questions of each made kind a set
SPARE = 6  # hits more than are read, so that papers can be taken out
RISKS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
PENALTY = 1.0

# What each kind of question is to each gate: let through, held back, or (absent) not looked at.
# The figure is its weight in all, however many questions there are of it.
KINDS: Mapping[str, Mapping[str, float]] = {
    "about": {
        "answerable": 300,
        "overview": 40,
        "held": 60,
        "off_corpus": 60,
        "withheld": 30,
        "everyday": -210,
        "nonsense": -60,
        "cross": -120,
        "off_domain": -20,
    },
    "found": {"answerable": 360, "overview": 20, "held": -200, "off_corpus": -140},
    "said": {
        "answerable": 200,
        "overview": 60,
        "withheld": -150,
        "withheld_detail": -40,
        "false_premise": -20,
    },
}
# The mix that confidence and risk refer to: as many questions without an answer as with one.
MIX = {
    "answerable": 270,
    "overview": 30,
    "held": -60,
    "off_corpus": -60,
    "everyday": -60,
    "nonsense": -30,
    "cross": -30,
    "withheld": -30,
    "withheld_detail": -20,
    "false_premise": -10,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A question of some kind over some set, and the signals it gave."""

    set: str
    kind: str
    signals: Mapping[str, float]


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
                yield Example(name, kind, signals(asked, weighed, quotes, words))


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


def rows(found: Sequence[Example], kinds: Mapping[str, float]) -> tuple[list[Example], Matrix, Matrix]:
    """The examples of these kinds, whether each may pass, and its weight; sets share a kind evenly."""
    used = [example for example in found if example.kind in kinds]
    pairs = [(example.set, example.kind) for example in used]
    sets = {kind: len({s for s, k in set(pairs) if k == kind}) for kind in kinds}
    weights = [abs(kinds[kind]) / sets[kind] / pairs.count((s, kind)) for s, kind in pairs]
    return used, np.array([float(kinds[kind] > 0) for _, kind in pairs]), np.array(weights)


def fit_gate(name: str, found: Sequence[Example]) -> Linear:
    """One gate."""
    used, y, weights = rows(found, KINDS[name])
    x = np.array([[example.signals[signal] for signal in GATES[name]] for example in used])
    slopes, bias = logistic(x, y, PENALTY, weights)
    return Linear(
        {signal: round(float(w), 4) for signal, w in zip(GATES[name], slopes, strict=True)}, round(bias, 4)
    )


def product(gates: Mapping[str, Linear], example: Example) -> float:
    """The logit of getting through all gates."""
    return logit(passed({name: gate.probability(example.signals) for name, gate in gates.items()}))


def thresholds(p: Matrix, y: Matrix, weights: Matrix) -> list[tuple[float, float]]:
    """For each risk the lowest probability from which answering keeps within it."""
    order = np.argsort(-p, kind="stable")
    wrong = np.cumsum((weights * (1 - y))[order]) / np.cumsum(weights[order])
    wrong = np.minimum.accumulate(wrong[::-1])[::-1]  # the risk is to fall as the threshold rises
    bars = p[order]
    return [(risk, round(float(bars[wrong <= risk].min(initial=1.0)), 4)) for risk in RISKS]


def main() -> None:
    """Fits and writes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the embedded corpora")
    parser.add_argument("--set", action="append", required=True, type=parse_set, dest="sets")
    parser.add_argument("--most", type=int, default=500, help="questions of a set at most")
    given = parser.parse_args()
    chance = random.Random(11)  # noqa: S311 - a sample, not a secret
    found: list[Example] = []
    asked: dict[str, list[Case]] = {}
    for name, _, questions in given.sets:
        cases = [case for case in load(questions) if not case.test]
        asked.setdefault(name, []).extend(chance.sample(cases, min(given.most, len(cases))))
    for name, corpus in {name: corpus for name, corpus, _ in given.sets}.items():
        others = [case for other, cases in asked.items() if other != name for case in cases]
        with opened(given.cache / name, corpus) as stack:
            found += examples(stack, name, [*asked[name], *made(stack, asked[name], others, chance)])
        print(f"{name}: {len(found)} examples so far", flush=True)
    write(found, list(asked))


def write(found: Sequence[Example], sets: Sequence[str]) -> None:
    """Fits gates, scale and thresholds, and writes them."""
    gates = {name: fit_gate(name, found) for name in GATES}
    used, y, weights = rows(found, MIX)
    z = np.array([product(gates, example) for example in used])
    slopes, offset = logistic(z[:, None], y, 0.0, weights)
    p = np.array([sigmoid(float(slopes[0]) * v + offset) for v in z])
    fitted = {
        "made_by": "bench/answers/fit_confidence.py",
        "sets": list(sets),
        "gates": {name: {"bias": gate.bias, "weights": dict(gate.weights)} for name, gate in gates.items()},
        "slope": round(float(slopes[0]), 4),
        "offset": round(offset, 4),
        "thresholds": thresholds(p, y, weights),
    }
    OUT.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=1))


if __name__ == "__main__":
    main()
