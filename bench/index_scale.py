"""``python -m bench.index_scale``: what the indexes cost at 1,000, 10,000 and, when asked, 100,000 papers.

A paper is drawn: its sentences from the bundled abstracts, its vectors around one of some hundred topics, so
that terms and neighbours are spread as in a real library. Nothing is embedded. Building and serving are
measured in processes of their own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil

from bench.figures import percentile
from data import bundled_papers
from rag.corpus import read_papers, sentence_spans
from rag.index import Generation, Indexes
from rag.library import Entry, Library
from rag.types import Chunk, ChunkKind, EmbeddingIdentity, Filters, Paper, Span
from rag.vectors import Floats, TokenVectors

DIM = 384
TOKEN_DIM = 128
TOKENS = 180
TOPICS = 300
BATCH = 500
CANDIDATES = 200
RERANKED = 50
MODEL = EmbeddingIdentity("drawn", "", DIM)


def units(drawn: Floats) -> Floats:
    """Scaled to length one."""
    drawn /= np.linalg.norm(drawn, axis=-1, keepdims=True)
    return drawn


class Draw:
    """Papers without end, the same for the same seed."""

    def __init__(self, *, tokens: bool, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        topics = np.random.default_rng(0).standard_normal((TOPICS, DIM)).astype(np.float32)
        self._topics = units(topics)
        self._tokens = (
            units(self._rng.standard_normal((4096, TOKEN_DIM)).astype(np.float32)) if tokens else None
        )
        self.sentences: list[str] = []
        for path in bundled_papers():
            with path.open("rb") as stream:
                papers = [p for p in read_papers(stream, name=path.name) if isinstance(p, Paper)]
            self.sentences += [span.of(p.abstract) for p in papers for span in sentence_spans(p.abstract)]

    def vectors(self, count: int) -> Floats:
        """Neighbours in one topic, at cosines of 0.5 or so, as abstracts have them."""
        noise = self._rng.standard_normal((count + 1, DIM)).astype(np.float32) / np.float32(DIM**0.5)
        topic = self._topics[self._rng.integers(TOPICS)] + noise[:1]
        return units(topic + noise[1:])

    def entries(self, count: int) -> Iterator[Entry]:
        """Papers ``0..count-1``."""
        for number in range(count):
            words = [self.sentences[i] for i in self._rng.integers(len(self.sentences), size=9)]
            ends = np.cumsum([len(word) + 1 for word in words])
            spans = [Span(int(e) - len(w) - 1, int(e) - 1) for e, w in zip(ends, words, strict=True)]
            paper = Paper(
                f"p{number:07}",
                f"{words[0][:60]} {number}",
                " ".join(words[1:]),
                authors=tuple(f"Author {a}" for a in self._rng.integers(count // 4 + 1, size=4)),
                year=int(2000 + self._rng.integers(25)),
                sources=(f"source {number % 5}",),
            )
            spans = [Span(s.start - spans[1].start, s.end - spans[1].start) for s in spans[1:]]
            chunks = [Chunk(paper.id, ChunkKind.WINDOW, 0, Span(0, len(paper.abstract)))]
            chunks += [Chunk(paper.id, ChunkKind.SENTENCE, i, span) for i, span in enumerate(spans)]
            yield Entry(paper, chunks, self.vectors(len(chunks)), self._packed())

    def _packed(self) -> bytes | None:
        if self._tokens is None:
            return None
        picked = self._tokens[self._rng.integers(len(self._tokens), size=TOKENS)]
        return bytes(TokenVectors.of(picked, np.arange(TOKENS, dtype=np.int32) * 7))


def fill(folder: Path, papers: int, *, tokens: bool) -> None:
    """Make the library."""
    with Library.open(folder) as library:
        library.bind_embedding(MODEL)
        batch: list[Entry] = []
        for entry in Draw(tokens=tokens).entries(papers):
            batch.append(entry)
            if len(batch) == BATCH:
                library.commit(batch)
                batch = []
        library.commit(batch)


def build(folder: Path, papers: int) -> None:
    """Build the first generation, and say what it took."""
    with Library.open(folder) as library:
        indexes = Indexes(folder / "index")
        began = time.perf_counter()
        indexes.open(library)
        took = time.perf_counter() - began
        indexes.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    disk = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
    print(
        f"  build {took:.1f} s ({papers / took:.0f} papers/s), peak RSS {peak:.0f} MB, "
        f"{disk / papers:.0f} bytes a paper"
    )


def serve(folder: Path, *, questions: int) -> None:
    """Open the generation in a fresh process, and time every arm."""
    draw = Draw(tokens=True, seed=2)
    with Library.open(folder) as library:
        before = psutil.Process().memory_info().rss
        indexes = Indexes(folder / "index")
        began = time.perf_counter()
        indexes.open(library)
        took = time.perf_counter() - began
        grown = psutil.Process().memory_info().rss - before
        print(f"  open {took:.2f} s, RSS +{grown >> 20} MB")
        with indexes.lease() as generation:
            measure(generation, draw, questions)
        print(f"  RSS after searching {psutil.Process().memory_info().rss >> 20} MB")
        indexes.close()


def measure(generation: Generation, draw: Draw, questions: int) -> None:
    """Print p50 and p95 of each arm, and how many of the true nearest the graph finds."""
    rng = np.random.default_rng(3)
    vectors = np.concatenate([draw.vectors(1) for _ in range(questions)])
    texts = [
        " ".join(draw.sentences[i].split()[:14]) for i in rng.integers(len(draw.sentences), size=questions)
    ]
    count = len(generation)
    picks = [np.sort(rng.choice(count, min(count, CANDIDATES), replace=False)) for _ in range(questions)]
    tokens = units(rng.standard_normal((14, TOKEN_DIM)).astype(np.float32))
    broad, narrow = Filters(year_from=2005), Filters(year_from=2012, year_to=2012)
    dense, lexical = generation.dense, generation.lexical

    def filtered(filters: Filters) -> dict[str, Callable[[int], object]]:
        mask = generation.mask(filters)
        share = 1 if mask is None else mask.mean()
        return {
            f"dense, {share:.0%} allowed": lambda i: dense.search(vectors[i], 50, generation.mask(filters)),
            f"lexical, {share:.0%} allowed": lambda i: lexical.search(texts[i], 50, generation.mask(filters)),
        }

    arms: dict[str, Callable[[int], object]] = {
        "dense, top 50": lambda i: dense.search(vectors[i], 50),
        "dense, top 200": lambda i: dense.search(vectors[i], 200),
        "lexical, top 50": lambda i: lexical.search(texts[i], 50),
        **filtered(broad),
        **filtered(narrow),
        f"window cosines of {CANDIDATES}": lambda i: dense.cosines(vectors[i], picks[i]),
        f"lexical scores of {CANDIDATES}": lambda i: lexical.scores(texts[i], picks[i]),
        f"best sentence of {CANDIDATES}": lambda i: generation.best_sentence(vectors[i], picks[i]),
        "mask": lambda _: generation.mask(Filters(authors=("author 3",), year_from=2005)),
    }
    if generation.late:
        arms[f"late interaction over {RERANKED}"] = lambda i: generation.late.search(
            tokens, picks[i][:RERANKED]
        )
    for name, call in arms.items():
        print(f"  {name:30} p50 {percentile(times(call, questions), 0.5):7.2f} ms", end="")
        print(f"   p95 {percentile(times(call, questions), 0.95):7.2f} ms")
    everything = np.arange(count)
    found = [{row for row, _ in dense.search(vectors[i], 50)} for i in range(questions)]
    true = [set(np.argsort(-dense.cosines(vectors[i], everything))[:50].tolist()) for i in range(questions)]
    recall = np.mean([len(a & b) / len(b) for a, b in zip(found, true, strict=True)])
    print(f"  the graph finds {recall:.3f} of the true nearest 50")


def times(call: Callable[[int], object], questions: int) -> list[float]:
    """Milliseconds of one call a question."""
    taken = []
    for i in range(questions):
        began = time.perf_counter()
        call(i)
        taken.append((time.perf_counter() - began) * 1e3)
    return taken


def main() -> None:
    """Each size in turn; the steps of one are processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--tokens", action="store_true", help="store token vectors too")
    parser.add_argument("--step", choices=("fill", "build", "serve"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder otherwise")
    asked = parser.parse_args()
    if asked.step:
        papers = asked.papers[0]
        steps = {
            "fill": lambda: fill(asked.folder, papers, tokens=asked.tokens),
            "build": lambda: build(asked.folder, papers),
            "serve": lambda: serve(asked.folder, questions=asked.questions),
        }
        steps[asked.step]()
        return
    for papers in asked.papers:
        print(f"{papers} papers", flush=True)
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            for step in ("fill", "build", "serve"):
                command = [sys.executable, "-m", "bench.index_scale", "--step", step, "--folder", folder]
                command += ["--papers", str(papers), "--questions", str(asked.questions)]
                subprocess.run(command + ["--tokens"] * asked.tokens, check=True)


if __name__ == "__main__":
    main()
