"""From records to figures: by split and by kind of question, each with its interval and counts."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from eval.figures import SET_FIGURES
from eval.records import Record
from eval.stats import Estimate, mean_estimate, set_estimate

ALL = "all"
SPLITS = ("test", "dev", ALL)

Figures = dict[str, Estimate]


class Summary(BaseModel):
    """The figures of a run: ``figures[split][group][name]``, and how many questions each group has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    questions: dict[str, dict[str, int]]
    failed: tuple[str, ...]
    figures: dict[str, dict[str, Figures]]

    def figure(self, split: str, group: str, name: str) -> Estimate | None:
        """One figure; ``None`` where it was not scored."""
        return self.figures.get(split, {}).get(group, {}).get(name)


def summarise(records: Sequence[Record], *, seed: int) -> Summary:
    """Every figure of a run; a figure that no question of a group has is absent there."""
    questions: dict[str, dict[str, int]] = {}
    figures: dict[str, dict[str, Figures]] = {}
    for split in SPLITS:
        inside = [record for record in records if split in (ALL, record.case.split)]
        groups = grouped(inside)
        questions[split] = {group: len(members) for group, members in groups.items()}
        figures[split] = {group: figures_of(members, seed=seed) for group, members in groups.items()}
    failed = tuple(record.case.id for record in records if record.outcome.status == "failed")
    return Summary(questions=questions, failed=failed, figures=figures)


def grouped(records: Sequence[Record]) -> dict[str, list[Record]]:
    """All of them, then by kind, then by kind and style or category; in order of first appearance."""
    groups: dict[str, list[Record]] = {ALL: list(records)} if records else {}
    for record in records:
        groups.setdefault(record.case.kind, []).append(record)
    for record in records:
        if record.case.group != record.case.kind:
            groups.setdefault(record.case.group, []).append(record)
    return groups


def figures_of(records: Sequence[Record], *, seed: int) -> Figures:
    """Every figure of some records."""
    estimates: dict[str, Estimate | None] = {}
    for name in score_names(records):
        values = [record.scores[name] for record in records if name in record.scores]
        estimates[name] = mean_estimate(values, seed=seed, unscored=len(records) - len(values))
    for name in sorted({name for record in records for name in record.verdicts}):
        values = [record.verdicts[name] for record in records if name in record.verdicts]
        estimates[name] = mean_estimate(values, seed=seed, unscored=len(records) - len(values))
    for family in SET_FIGURES:
        for name, figure in family(records).items():
            left_out = len(records) - figure.questions
            estimates[name] = set_estimate(figure, seed=seed, unscored=left_out)
    return {name: estimate for name, estimate in estimates.items() if estimate is not None}


def score_names(records: Sequence[Record]) -> tuple[str, ...]:
    """Every figure that some record has, in order of first appearance."""
    return tuple(dict.fromkeys(name for record in records for name in record.scores))
