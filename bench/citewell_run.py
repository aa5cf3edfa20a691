"""Citewell over one corpus: ingest from nothing, restart, search, answer. Prints one JSON line."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bench.figures import Figures
from rag.corpus.sentences import sentence_spans
from rag.service import Service
from rag.settings import load_settings
from rag.wiring import open_service


def timed(call: Callable[[str], object], questions: list[str]) -> list[float]:
    """Milliseconds of each call, one after the other."""
    result = []
    for question in questions:
        start = time.perf_counter()
        call(question)
        result.append((time.perf_counter() - start) * 1000)
    return result


def measure(service: Service, paths: list[Path], questions: list[str], data_dir: Path) -> Figures:
    """All figures of one corpus; the service's data folder must be empty."""
    sentence_spans("Modules are imported. No system's imports are timed.")
    start = time.perf_counter()
    service.ingest(paths)
    ingest_s = time.perf_counter() - start
    timed(service.search, questions[:5])
    search_ms = timed(service.search, questions)
    ask_ms = timed(service.ask, questions)
    rss_mb = psutil.Process().memory_info().rss / 1e6
    papers = service.status().papers
    service.close()
    start = time.perf_counter()
    run = "from cli.main import run; run()"  # what the installed command does
    command = [sys.executable, "-c", run, "--data-dir", str(data_dir), "ask", "--json", questions[0]]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    restart_s = time.perf_counter() - start
    json.loads(answer)  # a process that answered nothing measured nothing
    return Figures("Citewell", papers, ingest_s, restart_s, rss_mb, search_ms, ask_ms)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path, help="one question a line")
    parser.add_argument("papers", type=Path, nargs="+", help="files to ingest")
    args = parser.parse_args()
    questions = args.questions.read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        service = open_service(load_settings(data_dir=folder))
        print(measure(service, args.papers, questions, Path(folder)).dumps())


if __name__ == "__main__":
    main()
