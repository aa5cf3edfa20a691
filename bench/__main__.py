"""``python -m bench``: ingest rate, time to ready, memory, latencies, over the bundled papers and more.

With an environment that holds the plain set-up (``make bench`` makes one), both systems index the same papers
and answer the same questions in one run, and every ratio is of figures of that run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figures, percentile
from data import bundled_papers
from rag.corpus import read_papers
from rag.corpus.sentences import sentence_spans
from rag.types import Paper

SUITE = files("eval") / "suites" / "bundled" / "answerable.jsonl"


def as_jsonl(papers: Sequence[Paper], target: Path, *, sentences: bool) -> None:
    """Write what the plain set-up embeds of each paper: the abstract, and each sentence if wanted."""
    with target.open("w", encoding="utf-8") as out:
        for paper in papers:
            texts = [f"{paper.title} {paper.abstract}".strip()]
            if sentences:
                texts += [span.of(paper.abstract) for span in sentence_spans(paper.abstract)]
            out.write(json.dumps(texts) + "\n")


def papers_of(paths: Sequence[Path], most: int) -> list[Paper]:
    """The first papers of some files, each once."""
    seen: dict[str, Paper] = {}
    for path in paths:
        with path.open("rb") as stream:
            seen |= {p.id: p for p in read_papers(stream, name=path.name) if isinstance(p, Paper)}
    return list(seen.values())[:most]


def run(command: list[str]) -> Figures:
    """Run one measuring process and read its line."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Figures.loads(done.stdout.splitlines()[-1])


def compare(
    name: str, papers: Sequence[Path], questions: list[str], plain: Path | None, limit: int
) -> list[Figures]:
    """Measure Citewell, and the plain set-up beside it where there is one, over one corpus."""
    Console(stderr=True).print(f"Measuring over {name} …")
    with tempfile.TemporaryDirectory() as scratch:
        asked = Path(scratch) / "questions.txt"
        asked.write_text("\n".join(" ".join(q.split()) for q in questions), encoding="utf-8")
        rows = [run([sys.executable, "-m", "bench.citewell_run", str(asked), *map(str, papers)])]
        if plain is not None:
            few = papers_of(papers, limit)
            for work, sentences in (("abstracts alone", False), ("abstracts and sentences", True)):
                corpus = Path(scratch) / "corpus.jsonl"
                as_jsonl(few, corpus, sentences=sentences)
                script = Path(__file__).with_name("plain.py")
                rows.append(run([str(plain), str(script), str(corpus), str(asked), "--work", work]))
    return rows


def show(name: str, rows: list[Figures]) -> None:
    """Print a table of the figures, and the ratios of the run."""
    table = Table(title=f"{name}: {rows[0].papers} papers, {len(rows[0].search_ms)} questions")
    for heading in (
        "system",
        "papers/s",
        "start to answer s",
        "RSS MB",
        "search ms p50/p95/p99",
        "answer ms p50/p95/p99",
    ):
        table.add_column(heading)
    for row in rows:
        search, ask = (
            " / ".join(f"{percentile(v, p):.1f}" for p in (0.5, 0.95, 0.99)) if v else "-"
            for v in (row.search_ms, row.ask_ms)
        )
        table.add_row(row.system, f"{row.rate:.1f}", f"{row.restart_s:.2f}", f"{row.rss_mb:.0f}", search, ask)
    console = Console()
    console.print(table)
    ours, *plain = rows
    for theirs in plain:
        speed = percentile(theirs.search_ms, 0.5) / percentile(ours.search_ms, 0.5)
        console.print(
            f"Beside {theirs.system}: ingest {ours.rate / theirs.rate:.1f} times as fast, "
            f"search {speed:.1f} times as fast."
        )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--beir", type=Path, help="a BEIR folder (corpus.jsonl, queries.jsonl) to measure over as well"
    )
    parser.add_argument("--plain", type=Path, help="python of an environment with requirements/plain.txt")
    parser.add_argument("--questions", type=int, default=200, help="how many questions to ask (default 200)")
    parser.add_argument(
        "--limit", type=int, default=600, help="papers the plain set-up indexes at most (default 600)"
    )
    args = parser.parse_args()
    suite = [json.loads(line)["question"] for line in SUITE.read_text(encoding="utf-8").splitlines()]
    show(
        "Bundled papers",
        compare("the bundled papers", bundled_papers(), suite[: args.questions], args.plain, args.limit),
    )
    if args.beir:
        lines = (args.beir / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [json.loads(line)["text"] for line in lines[: args.questions]]
        name = args.beir.name
        show(name, compare(name, [args.beir / "corpus.jsonl"], questions, args.plain, args.limit))


if __name__ == "__main__":
    main()
