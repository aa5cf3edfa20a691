"""Questions with what is known of their answers, from the project's suites and from BEIR folders."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.types import Paper, Span


@dataclass(frozen=True, slots=True)
class Case:
    """A question.

    Attributes:
        quotes: per gold paper, texts of it that answer; may be empty where only the paper is known.
        facts: words that an answer must hold.
        answerable: whether the corpus answers it.
        group: style or category, for figures by group.
        test: whether it is kept for the final figure.
        history: earlier turns as (role, content).
        about: papers that an unanswerable question is about, where that is known.
    """

    id: str
    question: str
    quotes: Mapping[str, tuple[str, ...]]
    facts: tuple[str, ...] = ()
    answerable: bool = True
    group: str = ""
    test: bool = False
    history: tuple[tuple[str, str], ...] = ()
    about: tuple[str, ...] = ()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def suite(path: Path) -> list[Case]:
    """A question file of ``eval/suites``."""
    return [_of_suite(row) for row in lines(path)]


def _of_suite(row: Mapping[str, Any]) -> Case:
    quotes: dict[str, list[str]] = {paper: [] for paper in row.get("gold_papers", ())}
    for quote in row.get("gold_quotes", ()):
        quotes.setdefault(quote["paper_id"], []).append(quote["quote"])
    return Case(
        row["id"],
        row["question"],
        {paper: tuple(texts) for paper, texts in quotes.items()},
        tuple(row.get("key_facts", ())),
        row["expect"] == "answered",
        row.get("category") or (row["kind"] if row["kind"] == "multi" else row.get("style")) or row["kind"],
        row.get("split") == "test",
        tuple((turn["role"], turn["content"]) for turn in row.get("history", ())),
        tuple(row.get("about", ())),
    )


def beir(folder: Path) -> list[Case]:
    """The queries of a folder with ``queries.jsonl``, ``qrels/dev.tsv`` and perhaps ``answers.jsonl``."""
    answers = (
        {row["_id"]: row for row in lines(folder / "answers.jsonl")}
        if (folder / "answers.jsonl").exists()
        else {}
    )
    relevant: dict[str, list[str]] = {}
    for line in (folder / "qrels" / "dev.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, paper, score = line.split("\t")
        if float(score) > 0:
            relevant.setdefault(query, []).append(paper)
    return [
        _of_beir(row, answers.get(row["_id"], {}), relevant, folder.name)
        for row in lines(folder / "queries.jsonl")
    ]


def _of_beir(
    row: Mapping[str, Any], answer: Mapping[str, Any], relevant: Mapping[str, Sequence[str]], group: str
) -> Case:
    quotes: dict[str, list[str]] = {paper: [] for paper in relevant.get(row["_id"], ())}
    for piece in answer.get("evidence", ()):
        quotes.setdefault(piece["doc_id"], []).extend(rationale["text"] for rationale in piece["rationales"])
    for snippet in answer.get("gold_snippets", ()):
        quotes.setdefault(snippet["doc_id"], []).append(snippet["text"])
    answerable = bool(answer.get("answerable", quotes)) and bool(quotes)
    if not answerable:
        group = "withheld_detail" if answer.get("label") == "NOT_ENOUGH_INFO" else "off_corpus"
    gold = {paper: tuple(texts) for paper, texts in quotes.items()}
    about = tuple(answer.get("cited_doc_ids", ()))
    return Case(row["_id"], row["text"], gold, answerable=answerable, group=group, about=about)


def load(path: Path) -> list[Case]:
    """A suite file, or a folder in BEIR layout."""
    return beir(path) if path.is_dir() else suite(path)


def over(cases: Sequence[Case], stored: Callable[[Collection[str]], Collection[str]]) -> list[Case]:
    """The cases as they are over part of a corpus: a question whose papers are not there has no answer.

    Args:
        cases: over the whole corpus.
        stored: those of some papers that are there.
    """
    there = stored({paper for case in cases for paper in (*case.quotes, *case.about)})
    return [_over(case, there) for case in cases]


def _over(case: Case, there: Collection[str]) -> Case:
    kept = {paper: texts for paper, texts in case.quotes.items() if paper in there}
    if case.answerable and kept:
        return replace(case, quotes=kept)
    lost = case.answerable or (case.about and not any(paper in there for paper in case.about))
    return replace(case, answerable=False, group="off_corpus") if lost else case


def folded(text: str) -> str:
    """The words of a text with one space between, for comparing."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def holds(text: str, fact: str) -> bool:
    """Whether a text has the words of a fact."""
    return f" {folded(fact)} " in f" {folded(text)} "


def worth(case: Case, paper: Paper, span: Span) -> float:
    """How much of the answer a sentence holds: key facts where known, else whether it is quoted (0 or 1)."""
    text = span.of(paper.abstract)
    if case.facts:
        return float(sum(holds(text, fact) for fact in case.facts))
    mine = folded(text)
    return float(
        any(mine and (mine in folded(q) or folded(q) in mine) for q in case.quotes.get(paper.id, ()))
    )
