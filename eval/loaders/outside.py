"""Which kind of set a name or path is. A new kind is one file beside this one, and one line here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from eval.cases import BUNDLED, bundled_names, load_cases
from eval.loaders.beir import is_beir, load_beir
from eval.loaders.latent import is_latent, load_latent
from eval.loaders.pairs import PairSet, load_pairs
from eval.loaders.poison import is_poisoned, load_attacks, load_poisoned
from eval.suite import Suite, bundled_papers, bundled_suite, is_bundled
from rag.errors import InvalidInput, NotFound


def load_target(target: str, *, base: Path | None = None) -> Suite | PairSet:
    """The set that is meant: a bundled name, a folder, or a file.

    Args:
        target: ``bundled``, a bundled set's name, or a path.
        base: the BEIR folder that a poisoned corpus overlays, or that injections are planted in.

    Raises:
        NotFound: it is neither a bundled name nor a path.
        InvalidInput: it is no set of a known kind, or its lines are malformed.
    """
    if is_bundled(target):
        return bundled_suite(target)
    path = Path(target)
    if not path.exists():
        names = ", ".join((BUNDLED, *bundled_names()))
        raise NotFound(f"There is no set {target!r}: give one of {names}, or the path of a set.")
    return _folder(path, base) if path.is_dir() else _file(path, base)


def _folder(path: Path, base: Path | None) -> Suite | PairSet:
    if is_beir(path):
        return load_beir(path)
    if is_poisoned(path):
        if base is None:
            raise InvalidInput(f"{path} overlays another corpus; name its folder with --base.", field="base")
        return load_poisoned(path, base)
    files = sorted(file for file in path.glob("*.jsonl") if _kind(file) is load_pairs)
    if len(files) == 1:
        return load_pairs(files[0])
    raise InvalidInput(
        f"{path} is no known kind of set: neither a BEIR folder (corpus.jsonl, queries.jsonl, qrels/), nor a "
        "poisoned corpus (manifest.jsonl, docs_overlay.jsonl), nor one file of claims.",
        field="suite",
    )


def _file(path: Path, base: Path | None) -> Suite | PairSet:
    if is_latent(path):
        return load_latent(path, load_beir(base) if base else bundled_suite("answerable"))
    load = _kind(path)
    if load is None:
        raise InvalidInput(
            f"{path} is no file of cases, claims or attacks: see docs/recipes/suite.md.", field="suite"
        )
    return load(path)


def _cases(path: Path) -> Suite:
    return Suite(path.stem, load_cases(path), bundled_papers(), of_library=True)


_KINDS: tuple[tuple[frozenset[str], Callable[[Path], Suite | PairSet]], ...] = (
    (frozenset({"question", "expect"}), _cases),
    (frozenset({"claim", "label"}), load_pairs),
    (frozenset({"text", "category"}), load_attacks),
)


def _kind(path: Path) -> Callable[[Path], Suite | PairSet] | None:
    with path.open(encoding="utf-8", errors="replace") as lines:
        first = next((line for line in lines if line.strip()), "")
    try:
        row = json.loads(first)
    except ValueError:
        return None
    fields = set(row) if isinstance(row, dict) else set()
    return next((load for needed, load in _KINDS if needed <= fields), None)
