"""``python -m bench.index_scale``: what a library costs at 1,000, 10,000 and, when asked, 100,000 papers.

A paper is made of sentences of the bundled abstracts, drawn anew for each, with the vectors of their words;
its other vectors lie near those of its sentences. So terms, neighbours and token vectors are as frequent, as
close and as many as in real papers, though nothing is embedded but the bundled papers. Making, opening,
searching and changing are measured in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import psutil

from bench.figures import percentile
from data import bundled_papers
from rag.corpus import chunk_paper, read_papers
from rag.embed.minilm import MiniLM
from rag.index import Generation, Indexes
from rag.library import Entry, Library
from rag.retrieve import HybridSearch
from rag.retrieve.projection import load_projection
from rag.types import Chunk, ChunkKind, Filters, Paper, Span
from rag.vectors import Floats, TokenVectors

SENTENCES = 8  # of a paper; its title is made of another
NOISE = 0.3  # length of what is added to a vector of length one
BATCH = 500
SUITE = files("eval") / "suites" / "bundled" / "answerable.jsonl"


def units(drawn: Floats) -> Floats:
    """Scaled to length one."""
    return np.asarray(drawn / np.linalg.norm(drawn, axis=-1, keepdims=True), np.float32)


def open_model() -> MiniLM:
    """The embedding model that is served."""
    return MiniLM.load(projection=load_projection())


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence, its vector, and those of its words, whose ``starts`` count from its own beginning."""

    text: str
    vector: Floats
    words: TokenVectors


def stock(model: MiniLM) -> list[Sentence]:
    """All sentences of the bundled papers."""
    papers: list[Paper] = []
    for path in bundled_papers():
        with path.open("rb") as stream:
            papers += [p for p in read_papers(stream, name=path.name) if isinstance(p, Paper)]
    chunk = partial(chunk_paper, count_tokens=model.count_tokens, max_tokens=model.max_tokens)
    passages = [(paper, chunk(paper)) for paper in papers]
    found: list[Sentence] = []
    for (paper, chunks), encoded in zip(passages, model.encode_passages(passages), strict=True):
        for one, vector in zip(chunks, encoded.vectors, strict=True):
            if one.kind is ChunkKind.SENTENCE and encoded.tokens is not None:
                found.append(Sentence(one.span.of(paper.abstract), vector, _within(encoded.tokens, one.span)))
    return found


def _within(tokens: TokenVectors, span: Span) -> TokenVectors:
    inside = (tokens.starts >= span.start) & (tokens.starts < span.end)
    return TokenVectors(tokens.rows[inside], tokens.scales[inside], tokens.starts[inside] - span.start)


class Draw:
    """Papers without end, the same for the same seed."""

    def __init__(self, sentences: Sequence[Sentence], *, tokens: bool, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self._sentences = sentences
        self._tokens = tokens

    def entry(self, number: int, among: int) -> Entry:
        """Paper ``number`` of some; the more there are, the more authors."""
        title, *drawn = (
            self._sentences[i] for i in self._rng.integers(len(self._sentences), size=SENTENCES + 1)
        )
        starts = np.cumsum([0, *(len(one.text) + 1 for one in drawn)]).tolist()
        paper = Paper(
            f"p{number:07}",
            f"{title.text[:60]} {number}",
            " ".join(one.text for one in drawn),
            authors=tuple(f"Author {a}" for a in self._rng.integers(among // 4 + 1, size=4)),
            year=int(2000 + self._rng.integers(25)),
            sources=(f"source {number % 5}",),
        )
        chunks = [Chunk(paper.id, ChunkKind.WINDOW, 0, Span(0, len(paper.abstract)))]
        for i, (one, start) in enumerate(zip(drawn, starts, strict=False)):
            chunks.append(Chunk(paper.id, ChunkKind.SENTENCE, i, Span(start, start + len(one.text))))
        own = np.stack([one.vector for one in drawn])
        exact = np.concatenate([units(own.mean(axis=0, keepdims=True)), own])
        noise = units(self._rng.standard_normal(exact.shape, dtype=np.float32)) * np.float32(NOISE)
        return Entry(
            paper, chunks, units(exact + noise), self._packed(drawn, starts) if self._tokens else None
        )

    def entries(self, count: int) -> Iterator[Entry]:
        """Papers ``0..count-1``."""
        return (self.entry(number, count) for number in range(count))

    def _packed(self, drawn: Sequence[Sentence], starts: Sequence[int]) -> bytes:
        words = [one.words for one in drawn]
        places = [of.starts + start for of, start in zip(words, starts, strict=False)]
        return bytes(
            TokenVectors(
                np.concatenate([of.rows for of in words]),
                np.concatenate([of.scales for of in words]),
                np.concatenate(places).astype(np.int32),
            )
        )


def fill(folder: Path, papers: int, *, tokens: bool) -> None:
    """Make the library."""
    model = open_model()
    with Library.open(folder) as library:
        library.bind_embedding(model.identity)
        batch: list[Entry] = []
        for entry in Draw(stock(model), tokens=tokens).entries(papers):
            batch.append(entry)
            if len(batch) == BATCH:
                library.commit(batch)
                batch = []
        library.commit(batch)


def bytes_of(folder: Path) -> int:
    """All that lies in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def build(folder: Path, papers: int) -> None:
    """Build the first generation, and say what it took."""
    with Library.open(folder) as library:
        stored = bytes_of(folder)
        indexes = Indexes(folder / "index")
        clocked("build", lambda: indexes.open(library))
        indexes.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak RSS {peak:.0f} MB")
    parts = {
        path.name: bytes_of(path) if path.is_dir() else path.stat().st_size
        for path in (folder / "index/1").iterdir()
    }
    listed = ", ".join(
        f"{name} {size / papers:.0f}" for name, size in sorted(parts.items(), key=lambda p: -p[1])
    )
    print(
        f"  bytes a paper: library {stored / papers:.0f}, index {sum(parts.values()) / papers:.0f} ({listed})"
    )


def serve(folder: Path, *, questions: int) -> None:
    """Open the generation in a fresh process, and time every arm and the whole search."""
    model = open_model()
    lines = SUITE.read_text(encoding="utf-8").splitlines()[:questions]
    texts = [json.loads(line)["question"] for line in lines]
    with Library.open(folder) as library:
        before = psutil.Process().memory_info().rss
        indexes = Indexes(folder / "index")
        clocked("open", lambda: indexes.open(library))
        print(f"  RSS +{psutil.Process().memory_info().rss - before >> 20} MB")
        search = HybridSearch(library, indexes, model)
        whole(search, texts)
        print(f"  RSS of the whole process after that: {psutil.Process().memory_info().rss >> 20} MB")
        with indexes.lease() as generation:
            arms(generation, texts, np.stack([model.encode_query(text).vector for text in texts]))
        indexes.close()


def whole(search: HybridSearch, texts: Sequence[str]) -> None:
    """Print p50 and p95 of searches as they are served, and the median of each stage; with filters too."""
    filters = {
        "": None,
        ", 80 % allowed": Filters(year_from=2005),
        ", 4 % allowed": Filters(year_from=2012, year_to=2012),
    }
    for name, given in filters.items():
        for text in texts[:5]:
            search.search(text, top_k=10, filters=given)
        laps: dict[str, list[float]] = {}

        def one(i: int, given: Filters | None = given, laps: dict[str, list[float]] = laps) -> None:
            for stage, ms in search.search(texts[i], top_k=10, filters=given).timings_ms.items():
                laps.setdefault(stage, []).append(ms)

        show(f"search{name}", times(one, len(texts)))
        stages = (f"{stage} {np.median(ms):.1f}" for stage, ms in laps.items() if stage != "total")
        print(f"    of which (median): {', '.join(stages)}")


def arms(generation: Generation, texts: Sequence[str], vectors: Floats) -> None:
    """Print p50 and p95 of each arm, with filters and without, and how many of the nearest are found."""
    dense, lexical = generation.dense, generation.lexical
    calls: dict[str, Callable[[int], object]] = {}
    for filters in (
        None,
        Filters(year_from=2005),
        Filters(year_from=2012, year_to=2012),
        Filters(authors=("author 3",)),
    ):
        mask = None if filters is None else generation.mask(filters)
        name = "all" if mask is None else f"{mask.sum()} papers"
        calls[f"dense, {name}"] = lambda i, mask=mask: dense.search(vectors[i], 100, mask)  # type: ignore[misc]  # mypy can't type a lambda with a default
        calls[f"lexical, {name}"] = lambda i, mask=mask: lexical.search(texts[i], 100, mask)  # type: ignore[misc]  # likewise
    calls["mask"] = lambda _: generation.mask(Filters(authors=("author 3",), year_from=2005))
    for name, call in calls.items():
        show(name, times(call, len(texts)))
    everything = np.arange(len(generation))
    recall = []
    for vector in vectors[:50]:
        found = {row for row, _ in dense.search(vector, 100)}
        true = np.argsort(-dense.cosines(vector, everything))[:100]
        recall.append(len(found & set(true.tolist())) / len(true))
    print(f"  the graph finds {np.mean(recall):.3f} of the true nearest 100")


def change(folder: Path, papers: int) -> None:
    """Time what a deletion and an addition cost until they are searched, and a start after them."""
    draw = Draw(stock(open_model()), tokens=True, seed=2)
    with Library.open(folder) as library:
        indexes = Indexes(folder / "index")
        indexes.open(library)
        steps: dict[str, Callable[[], object]] = {
            "delete one": lambda: library.remove(["p0000003"]),
            "add one": lambda: library.commit([draw.entry(papers, papers)]),
            "add hundred": lambda: library.commit([draw.entry(papers + 1 + n, papers) for n in range(100)]),
            "delete one more": lambda: library.remove(["p0000005"]),
        }
        for name, step in steps.items():
            step()
            clocked(f"{name}, until it is searched", lambda: indexes.refresh(library))
        indexes.close()
        clocked("open after that", lambda: indexes.open(library))
        indexes.close()


def clocked(name: str, call: Callable[[], object]) -> None:
    """Make a call, and print the seconds it took."""
    began, burnt = time.perf_counter(), time.process_time()
    call()
    took, cpu = time.perf_counter() - began, time.process_time() - burnt
    print(f"  {name}: {took:.2f} s ({cpu:.2f} s of CPU)", flush=True)


def times(call: Callable[[int], object], questions: int) -> tuple[list[float], list[float]]:
    """Milliseconds of one call a question: by the clock, and of CPU, which other work changes less."""
    taken, cpu = [], []
    for i in range(questions):
        began, burnt = time.perf_counter(), time.process_time()
        call(i)
        cpu.append((time.process_time() - burnt) * 1e3)
        taken.append((time.perf_counter() - began) * 1e3)
    return taken, cpu


def show(name: str, taken: tuple[list[float], list[float]]) -> None:
    """Print p50 and p95 of both."""
    clock, cpu = ((np.median(ms), percentile(ms, 0.95)) for ms in taken)
    print(
        f"  {name:30} p50 {clock[0]:7.2f} ms   p95 {clock[1]:7.2f} ms   CPU {cpu[0]:.2f} / {cpu[1]:.2f} ms",
        flush=True,
    )


def main() -> None:
    """Each size in turn; the steps of one are processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--no-tokens", action="store_true", help="store no token vectors")
    parser.add_argument("--step", choices=("fill", "build", "serve", "change"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder otherwise")
    asked = parser.parse_args()
    if asked.step:
        papers = asked.papers[0]
        steps = {
            "fill": lambda: fill(asked.folder, papers, tokens=not asked.no_tokens),
            "build": lambda: build(asked.folder, papers),
            "serve": lambda: serve(asked.folder, questions=asked.questions),
            "change": lambda: change(asked.folder, papers),
        }
        steps[asked.step]()
        return
    for papers in asked.papers:
        print(f"{papers} papers", flush=True)
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            for step in ("fill", "build", "serve", "change"):
                command = [sys.executable, "-m", "bench.index_scale", "--step", step, "--folder", folder]
                command += ["--papers", str(papers), "--questions", str(asked.questions)]
                subprocess.run(command + ["--no-tokens"] * asked.no_tokens, check=True)


if __name__ == "__main__":
    main()
