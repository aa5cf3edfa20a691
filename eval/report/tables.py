"""The tables of a report, as plain values that Markdown and HTML render alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.baselines import NAMES as BASELINES
from eval.figures import MEANINGS
from eval.metrics.latency import stage_latency
from eval.report.failures import failures
from eval.rundir import Run
from eval.stats import Estimate, mean_estimate
from eval.summary import ALL

RETRIEVAL = ("ndcg@10", "mrr@10", "recall@5", "recall@10")
FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Retrieval", (*RETRIEVAL, "hit@1", "hit@5")),
    ("Answers", ("treated", "answer_right", "key_fact_recall", "rouge_l")),
    ("Citations", ("citation_precision", "citation_recall", "span_precision", "span_recall")),
    ("Promises", ("exact_spans", "supported_sentences", "grounding")),
    ("Refusing", ("abstention_precision", "abstention_recall", "abstention_f1", "auroc", "aurc")),
    ("False premises and small talk", ("premise_refused", "premise_corrected", "small_talk")),
    ("Conversations: condensed against raw", ("condensed_ndcg@10", "raw_ndcg@10", "condensing_gain")),
    ("Planted instructions", ("trigger_kept_out", "probe_kept_out")),
    ("Verdicts of a judge model", ("judge_correct", "judge_supported")),
)
HEADLINES = (
    "ndcg@10",
    "hit@1",
    "key_fact_recall",
    "answer_right",
    "citation_precision",
    "citation_recall",
    "exact_spans",
    "supported_sentences",
    "abstention_recall",
    "auroc",
)
BY_KIND = ("ndcg@10", "key_fact_recall", "citation_precision", "treated")
SHORT = (ALL, "answerable/ordinary", "answerable/own_words")
FEW = 10  # groups smaller than this stand in summary.json alone
OURS = "citewell"


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a heading, what to know before reading it, column names, and rows of text."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def shown(estimate: Estimate | None) -> str:
    """A figure with its interval and count; a dash where nothing was scored."""
    if estimate is None:
        return "–"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}] n={estimate.n}"


def headline_table(run: Run) -> Table:
    """The figures to know first: what was not looked at while tuning, and beside it what was."""
    splits = [split for split, groups in run.summary.questions.items() if split != ALL and groups]
    rows = []
    for name in HEADLINES:
        estimates = [run.summary.figure(split, ALL, name) for split in splits]
        if any(estimates):
            rows.append((MEANINGS[name].says, name, *(shown(estimate) for estimate in estimates)))
    note = "Thresholds were fitted on the dev questions; the test questions are those to judge by."
    return Table("The ten figures to know first", note, ("what", "figure", *splits), tuple(rows))


def short_tables(run: Run, split: str) -> Iterator[Table]:
    """What a reader wants next: the baselines, quality by kind of question, and what failed."""
    baselines = baseline_table(run, split, SHORT)
    if baselines is not None:
        yield baselines
    rows = tuple(
        (group, *(shown(run.summary.figure(split, group, name)) for name in BY_KIND))
        for group in shown_groups(run, split)
        if group != ALL
    )
    legend = "; ".join(f"`{name}`: {MEANINGS[name].says}" for name in BY_KIND) + "."
    yield Table(f"By kind of question ({split})", legend, ("questions", *BY_KIND), rows)
    yield failure_table(run)


def figure_tables(run: Run) -> Iterator[Table]:
    """Every table whose figures a second run gives again: the test split first, then dev."""
    for split, groups in run.summary.questions.items():
        if split != ALL and groups:
            yield from _split_tables(run, split)


def baseline_table(run: Run, split: str, only: Sequence[str] = ()) -> Table | None:
    """Ours beside each baseline on the same questions, with the paired difference in nDCG@10.

    Args:
        run: the run.
        split: whose figures.
        only: the groups to show, as far as there are any; all where missing.
    """
    groups = [group for group in shown_groups(run, split) if _has_baselines(run, split, group)]
    groups = [group for group in groups if not only or group in only]
    if not groups:
        return None
    rows = []
    for group in groups:
        for name in (OURS, *BASELINES):
            prefix = "" if name == OURS else f"{name}:"
            cells = [shown(run.summary.figure(split, group, prefix + figure)) for figure in RETRIEVAL]
            rows.append((group, name, *cells, "" if name == OURS else shown(_lead(run, split, group, name))))
    header = ("questions", "retrieval", *RETRIEVAL, "ours minus it, ndcg@10")
    return Table(f"Retrieval against baselines ({split})", _BASELINE_NOTE, header, tuple(rows))


def failure_table(run: Run) -> Table:
    """How many questions failed, and in which way, by kind."""
    counts = Counter((f.record.case.kind, reason) for f in failures(run.records) for reason in f.reasons)
    rows = tuple((kind, reason, str(count)) for (kind, reason), count in sorted(counts.items()))
    note = "A question may fail in several ways. `citewell eval report` shows each with its evidence."
    return Table("What failed", note, ("kind", "way", "questions"), rows)


def latency_table(run: Run) -> Table:
    """Milliseconds by stage."""
    stages = stage_latency(timing.timings_ms for timing in run.timings)
    rows = tuple(
        (stage, str(int(f["n"])), f"{f['p50']:.1f}", f"{f['p95']:.1f}", f"{f['p99']:.1f}")
        for stage, f in stages.items()
    )
    note = f"Measured with {run.parameters.workers} questions at a time; a second run gives others."
    return Table("Latency by stage, ms", note, ("stage", "n", "p50", "p95", "p99"), rows)


def parameter_table(run: Run) -> Table:
    """What the run was made with; the code version stands apart, since a commit can't name itself."""
    p = run.parameters
    corpus = p.corpus
    rows = [
        ("questions", f"{p.suite} ({p.questions}, split {p.split}, sha256 {p.suite_sha256[:12]})"),
        ("corpus", f"{corpus.papers} papers, generation {corpus.generation}, sha256 {corpus.sha256[:12]}"),
        ("mode", f"{p.mode}, top_k {p.top_k}, seed {p.seed}"),
        *((f"model: {name}", value) for name, value in p.models.items()),
        *((f"prompt: {name}", value) for name, value in p.prompts.items()),
        ("judge", p.judge or "none"),
        ("python", p.python),
        ("packages", ", ".join(f"{name} {version}" for name, version in p.packages.items())),
        ("settings", ", ".join(f"{name}={value}" for name, value in p.settings.items())),
    ]
    return Table("Parameters", "", ("parameter", "value"), tuple(rows))


_BASELINE_NOTE = (
    "`bm25`: bm25s with its defaults. `minilm`: one MiniLM vector of title and abstract. `llamaindex`: "
    "VectorStoreIndex with its default splitter and retriever on the same MiniLM. All get the question "
    "as typed."
)


def _split_tables(run: Run, split: str) -> Iterator[Table]:
    baselines = baseline_table(run, split)
    if baselines is not None:
        yield baselines
    for title, names in FAMILIES:
        rows = []
        for group in shown_groups(run, split):
            estimates = [run.summary.figure(split, group, name) for name in names]
            if any(estimates):
                rows.append((group, *(shown(estimate) for estimate in estimates)))
        if rows:
            legend = "; ".join(f"`{name}`: {MEANINGS[name].says}" for name in names) + "."
            yield Table(f"{title} ({split})", legend, ("questions", *names), tuple(rows))


def shown_groups(run: Run, split: str) -> list[str]:
    """Groups to show: all, every kind, and what of a kind is no handful."""
    counts = run.summary.questions[split]
    return [group for group, count in counts.items() if "/" not in group or count >= FEW]


def _has_baselines(run: Run, split: str, group: str) -> bool:
    return any(run.summary.figure(split, group, f"{name}:ndcg@10") for name in BASELINES)


def _lead(run: Run, split: str, group: str, baseline: str) -> Estimate | None:
    names = ("ndcg@10", f"{baseline}:ndcg@10")
    inside = [
        record.scores
        for record in run.records
        if split in (ALL, record.case.split) and group in (ALL, record.case.kind, record.case.group)
    ]
    leads = [scores[names[0]] - scores[names[1]] for scores in inside if all(n in scores for n in names)]
    return mean_estimate(leads, seed=run.parameters.seed)
