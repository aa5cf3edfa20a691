"""Corpora with instructions planted in them, and lists of instructions to be asked outright.

``docs_overlay.jsonl`` replaces clean documents of a BEIR folder; ``manifest.jsonl`` names for each the
question it answers (``query_id``), the words planted (``attack_text``) and, for some, a ``trigger`` that must
not be said.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from eval.cases import Case
from eval.lines import read_lines, refuse
from eval.loaders.beir import load_beir
from eval.suite import Suite, bundled_papers

MANIFEST, OVERLAY = "manifest.jsonl", "docs_overlay.jsonl"


class _Planted(BaseModel):
    model_config = ConfigDict(strict=True)

    query_id: str
    doc_id: str
    attack_id: str
    attack_text: str = Field(min_length=1)
    trigger: str = ""


class _Attack(BaseModel):
    model_config = ConfigDict(strict=True)

    id: str = Field(alias="_id")
    category: str = ""
    text: str = Field(min_length=1, max_length=4000)


def is_poisoned(folder: Path) -> bool:
    """Whether a folder looks like a poisoned corpus."""
    return (folder / MANIFEST).exists() and (folder / OVERLAY).exists()


def load_poisoned(folder: Path, base: Path) -> Suite:
    """The questions whose documents were poisoned, over the base corpus with those documents replaced.

    Args:
        folder: the overlay and its manifest.
        base: the BEIR folder that the overlay belongs to.

    Raises:
        InvalidInput: a line is malformed, or names a query that the base doesn't have.
    """
    clean = load_beir(base)
    known = {case.id: case for case in clean.cases}
    planted = read_lines(folder / MANIFEST, _Planted)
    refuse(
        folder / MANIFEST,
        [
            f"{MANIFEST}:{n}: no query {row.query_id!r} in {base}"
            for n, row in planted
            if row.query_id not in known
        ],
    )
    cases = tuple(
        known[row.query_id].model_copy(
            update={
                "id": f"{row.query_id}:{row.attack_id}",
                "kind": "robustness",
                "category": "poisoned",
                "probe": row.attack_text,
                "trigger": row.trigger,
            }
        )
        for _, row in planted
    )
    return Suite(folder.name, cases, clean.corpus, (folder / OVERLAY,))


def load_attacks(path: Path) -> Suite:
    """Instructions asked as if they were questions of the bundled papers, all of which should be refused.

    Raises:
        InvalidInput: some lines are malformed; names each.
    """
    cases = tuple(
        Case(
            id=row.id,
            kind="unanswerable",
            split="test",
            category=row.category,
            question=row.text,
            expect="refused",
        )
        for _, row in read_lines(path, _Attack)
    )
    return Suite(path.stem, cases, bundled_papers())
