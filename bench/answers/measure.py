"""Measures answers by extraction and refusals over sets of questions.

    python -m bench.answers.measure --cache CACHE --set NAME=CORPUS=QUESTIONS [--set ...] [--split dev|test]

Prints, by set and group of questions: how many were answered, the share of key facts that the answers hold,
precision
and recall of the cited papers (over what was answered), sentences an answer; then how well the confidence
tells
questions with an answer from those without (AUROC, with a bootstrap interval), what is refused where 3 % of
the answerable ones are, and the time an answer takes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.answers.cases import Case, holds, over
from bench.answers.fit_evidence import parse_set
from bench.answers.logit import Matrix, auroc
from bench.stack import opened
from rag.answer import Answerer
from rag.settings import DEFAULT_RISK
from rag.types import Answer, Request, Turn

TOLERATED = 0.03  # answerable questions refused, where refusals are compared


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and its answer."""

    set: str
    case: Case
    answer: Answer


def outcomes(answerer: Answerer, name: str, cases: Sequence[Case], *, raw: bool) -> Iterator[Outcome]:
    """Every question answered; ``raw`` leaves the history out."""
    for case in cases:
        history = () if raw else tuple(Turn(role, content) for role, content in case.history)  # type: ignore[arg-type]
        yield Outcome(name, case, answerer.answer(Request(case.question, history)))


def facts(outcome: Outcome) -> float | None:
    """The share of key facts that the answer holds; ``None`` where none are known."""
    if not outcome.case.facts:
        return None
    return float(np.mean([holds(outcome.answer.answer, fact) for fact in outcome.case.facts]))


def cited(outcome: Outcome) -> tuple[float, float] | None:
    """Precision and recall of the cited papers; ``None`` for a refusal or where no gold paper is known."""
    papers = {citation.paper.id for citation in outcome.answer.citations}
    gold = set(outcome.case.quotes)
    return (len(papers & gold) / len(papers), len(papers & gold) / len(gold)) if papers and gold else None


def interval(high: Matrix, low: Matrix) -> tuple[float, float]:
    """95 % of the bootstrap."""
    chance = np.random.default_rng(3)
    drawn = [auroc(chance.choice(high, len(high)), chance.choice(low, len(low))) for _ in range(400)]
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def by_group(found: Sequence[Outcome]) -> None:
    """One line a set and group."""
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in found:
        groups[outcome.set, outcome.case.group].append(outcome)
    print(f"{'set':22} {'group':16} {'n':>4} answered facts  precis recall sentences")
    for (name, group), members in sorted(groups.items()):
        pairs = [pair for member in members if (pair := cited(member))]
        held = [share for member in members if (share := facts(member)) is not None]
        answered = [member for member in members if member.answer.status == "answered"]
        figures = [
            len(answered) / len(members),
            _mean(held),
            _mean([precision for precision, _ in pairs]),
            _mean([recall for _, recall in pairs]),
            _mean([len(member.answer.sentences) for member in answered]),
        ]
        print(f"{name:22} {group:16} {len(members):4} " + "  ".join(f"{figure:6.3f}" for figure in figures))


def refusals(found: Sequence[Outcome]) -> None:
    """What the confidence tells apart, by set."""
    for name in dict.fromkeys(outcome.set for outcome in found):
        mine = [outcome for outcome in found if outcome.set == name]
        high = np.array([o.answer.confidence for o in mine if o.case.answerable])
        low = [o for o in mine if not o.case.answerable]
        if not len(high) or not low:
            continue
        sure = np.array([o.answer.confidence for o in low])
        bottom, top = interval(high, sure)
        print(
            f"{name}: AUROC {auroc(high, sure):.3f} ({bottom:.3f} to {top:.3f}), n {len(high)} and {len(low)}"
        )
        bar = float(np.quantile(high, TOLERATED))
        refused = {
            group: [o.answer.confidence < bar for o in low if o.case.group == group]
            for group in sorted({o.case.group for o in low})
        }
        shares = ", ".join(
            f"{group} {np.mean(flags):.2f} of {len(flags)}" for group, flags in refused.items()
        )
        print(f"  refused where {TOLERATED:.0%} of the answerable are (below {bar:.3f}): {shares}")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the embedded corpora")
    parser.add_argument("--set", action="append", required=True, type=parse_set, dest="sets")
    parser.add_argument("--split", choices=("dev", "test"), help="only these questions")
    parser.add_argument("--risk", type=float, default=DEFAULT_RISK)
    parser.add_argument("--raw", action="store_true", help="leave the history out")
    given = parser.parse_args()
    found: list[Outcome] = []
    for each in given.sets:
        with opened(given.cache / each.name, each.corpus, each.most) as stack:
            cases = [
                case
                for case in over(each.all_cases(), stack.library.papers)
                if given.split is None or case.test == (given.split == "test")
            ]
            answerer = Answerer(stack.search, stack.library, risk=given.risk)
            found += outcomes(answerer, each.name, cases, raw=given.raw)
    by_group(found)
    refusals(found)
    times = [o.answer.timings_ms["total"] for o in found if "retrieve" in o.answer.timings_ms]
    print("ms an answer: p50 {:.1f}, p95 {:.1f}, p99 {:.1f}".format(*np.quantile(times, (0.5, 0.95, 0.99))))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


if __name__ == "__main__":
    main()
