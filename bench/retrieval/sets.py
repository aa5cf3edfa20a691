"""Sets to measure retrieval on: public ones in BEIR's layout, and the questions over the bundled papers."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from data import bundled_papers

Qrels = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Set:
    """Papers, questions, and which papers are relevant to each.

    Attributes:
        name: what tables call it.
        papers: files that hold the papers.
        questions: text by id, those that have a relevant paper.
        qrels: by question, the relevance of papers.
        groups: names of groups of questions, and the ids in each.
    """

    name: str
    papers: tuple[Path, ...]
    questions: dict[str, str]
    qrels: Qrels
    groups: dict[str, list[str]]


def beir(folder: Path) -> Set:
    """A folder with ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/dev.tsv``."""
    qrels: Qrels = {}
    with (folder / "qrels" / "dev.tsv").open(encoding="utf-8", newline="") as stream:
        for question, paper, relevance in list(csv.reader(stream, delimiter="\t"))[1:]:
            qrels.setdefault(question, {})[paper] = int(relevance)
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {str(q["_id"]): str(q["text"]) for q in map(json.loads, lines)}
    questions = {key: texts[key] for key in qrels}
    return Set(folder.name, (folder / "corpus.jsonl",), questions, qrels, {folder.name: list(questions)})


def bundled(split: str) -> Set:
    """The answerable questions of one split over the bundled papers: ordinary ones, and own-words ones."""
    text = (files("eval") / "suites" / "bundled" / "answerable.jsonl").read_text(encoding="utf-8")
    cases = [case for case in map(json.loads, text.splitlines()) if case["split"] == split]
    groups: dict[str, list[str]] = {}
    for case in cases:
        groups.setdefault(f"bundled {case['style'].replace('_', ' ')}", []).append(case["id"])
    questions = {case["id"]: case["question"] for case in cases}
    qrels = {case["id"]: dict.fromkeys(case["gold_papers"], 1) for case in cases}
    return Set("bundled", bundled_papers(), questions, qrels, groups)


def every(folders: Path, names: list[str], split: str) -> Iterator[Set]:
    """The bundled set, then those below ``folders`` of these names."""
    yield bundled(split)
    for name in names:
        yield beir(folders / name)


def options(what: str | None) -> argparse.ArgumentParser:
    """The arguments that all commands of this package take."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("folders", type=Path, help="folder of sets in BEIR's layout")
    parser.add_argument("names", nargs="*", help="names of sets below it; the bundled papers always come too")
    parser.add_argument("--work", type=Path, default=Path(".bench"), help="where ingested sets are kept")
    parser.add_argument("--split", default="dev", choices=["dev", "test"], help="of the bundled questions")
    return parser
