"""A BEIR folder: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/*.tsv``, and gold answers where it has them.

Judgements of ``test.tsv`` are the test split, those of any other file the dev split. With ``answers.jsonl`` a
query is expected to be answered or (``answerable: false``) refused; without, only retrieval is scored.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from eval.cases import Case, Expect, Quote, Split
from eval.lines import read_lines, refuse
from eval.suite import Suite
from rag.errors import NotFound

CORPUS, QUERIES, ANSWERS, QRELS = "corpus.jsonl", "queries.jsonl", "answers.jsonl", "qrels"

_COLUMNS = (3, 4)  # BEIR's, and trec_eval's with its unused second column


class Query(BaseModel):
    """One line of ``queries.jsonl``."""

    model_config = ConfigDict(strict=True)

    id: str = Field(alias="_id", min_length=1)
    text: str = Field(min_length=1, max_length=4000)


class _Snippet(BaseModel):
    doc_id: str
    text: str


class _Rationale(BaseModel):
    text: str


class _Evidence(BaseModel):
    doc_id: str
    rationales: tuple[_Rationale, ...]


class GoldAnswer(BaseModel):
    """One line of ``answers.jsonl``: whatever of these a set has."""

    id: str = Field(alias="_id")
    answerable: bool = True
    long_answer: str = ""
    ideal_answer: tuple[str, ...] = ()
    gold_snippets: tuple[_Snippet, ...] = ()
    evidence: tuple[_Evidence, ...] = ()

    @property
    def reference(self) -> str:
        """The first reference answer there is."""
        return self.long_answer or next(iter(self.ideal_answer), "")

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The words that hold the answer, by document."""
        pairs = [(snippet.doc_id, snippet.text) for snippet in self.gold_snippets]
        pairs += [(e.doc_id, rationale.text) for e in self.evidence for rationale in e.rationales]
        return tuple(Quote(paper_id=paper, quote=text) for paper, text in pairs if text)


def is_beir(folder: Path) -> bool:
    """Whether a folder looks like one."""
    return all((folder / name).exists() for name in (CORPUS, QUERIES, QRELS))


def load_beir(folder: Path) -> Suite:
    """The queries that have judgements, over the folder's corpus.

    Raises:
        NotFound: a file of the layout is missing.
        InvalidInput: some lines are malformed; names each.
    """
    answers = _answers(folder / ANSWERS)
    queries = {query.id: query.text for _, query in read_lines(folder / QUERIES, Query)}
    cases: dict[str, Case] = {}
    for path in _judgement_files(folder):
        split: Split = "test" if path.stem == "test" else "dev"
        judged = read_qrels(path)
        unknown = [query for query in judged if query not in queries]
        refuse(path, [f"{path.name}: query {query!r} is not in {QUERIES}" for query in unknown])
        asked = dict.fromkeys([*judged, *(answers if split == "dev" else ())])
        for query in asked:
            if query in queries and query not in cases:
                found = judged.get(query, {})
                cases[query] = case_of(query, queries[query], found, answers.get(query), split)
    return Suite(folder.name, tuple(cases.values()), (folder / CORPUS,))


def case_of(query: str, text: str, grades: dict[str, int], answer: GoldAnswer | None, split: Split) -> Case:
    """One query as a case."""
    expect: Expect | None = None if answer is None else "answered" if answer.answerable else "refused"
    gold = tuple(paper for paper, grade in grades.items() if grade > 0)
    refused = expect == "refused"
    quotes = () if answer is None or refused else answer.quotes
    return Case(
        id=query,
        kind="unanswerable" if refused else "answerable",
        split=split,
        question=text,
        expect=expect,
        gold_papers=() if refused else gold,
        gold_quotes=tuple(quote for quote in quotes if quote.paper_id in gold),
        reference_answer="" if answer is None or refused else answer.reference,
        about=gold if refused else (),
        graded=grades,
    )


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document; a header line is skipped.

    Raises:
        InvalidInput: a line has not three or four columns, or a grade that is no whole number.
    """
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    faults = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        columns = line.split()
        if not columns or (number == 1 and not _is_whole(columns[-1])):
            continue
        if len(columns) not in _COLUMNS or not _is_whole(columns[-1]):
            faults.append(
                f"{path.name}:{number}: expected query, document and a whole number, got {line[:80]!r}"
            )
            continue
        grades[columns[0]][columns[-2]] = int(columns[-1])
    refuse(path, faults)
    return dict(grades)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _judgement_files(folder: Path) -> list[Path]:
    files = sorted((folder / QRELS).glob("*.tsv"))
    if not files:
        raise NotFound(f"There are no judgements in {folder / QRELS}; a BEIR folder has *.tsv files there.")
    return files


def _answers(path: Path) -> dict[str, GoldAnswer]:
    return {row.id: row for _, row in read_lines(path, GoldAnswer)} if path.exists() else {}
