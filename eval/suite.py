"""A question set together with the corpus it is asked over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import data
from eval.cases import BUNDLED, Case, bundled_names, load_bundled
from rag.corpus import read_papers
from rag.types import Paper


@dataclass(frozen=True, slots=True)
class Suite:
    """Questions, and the files whose papers they are about.

    Attributes:
        corpus: the files that hold the papers.
        overlay: files whose papers then replace those of the corpus.
        planted: papers that then replace those, made for this set.
        of_library: the set brings no corpus: it is asked over the library that is named, where one is.
    """

    name: str
    cases: tuple[Case, ...]
    corpus: tuple[Path, ...]
    overlay: tuple[Path, ...] = ()
    planted: tuple[Paper, ...] = ()
    of_library: bool = False

    @property
    def sha256(self) -> str:
        """What identifies the questions: any change of any of them changes it."""
        lines = (json.dumps(case.model_dump(mode="json"), sort_keys=True) for case in self.cases)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def corpus_sha256(self) -> str:
        """What identifies the corpus: its files, in order, and what was planted in them."""
        hashes = [*_file_hashes((*self.corpus, *self.overlay)), *(paper.sha256 for paper in self.planted)]
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()

    def paper_ids(self) -> frozenset[str]:
        """The ids of all papers of its corpus, read from the files."""
        ids = {paper.id for paper in self.planted}
        for path in (*self.corpus, *self.overlay):
            with path.open("rb") as stream:
                records = read_papers(stream, name=path.name)
                ids |= {record.id for record in records if isinstance(record, Paper)}
        return frozenset(ids)


def bundled_papers() -> tuple[Path, ...]:
    """The files of bundled papers."""
    return tuple(sorted((Path(next(iter(data.__path__))) / "papers").glob("*.txt")))


def bundled_suite(name: str = BUNDLED) -> Suite:
    """One bundled set, or all of them, over the bundled papers.

    Raises:
        NotFound: there is no set of that name.
    """
    return Suite(name, load_bundled(name), bundled_papers())


def is_bundled(name: str) -> bool:
    """Whether a name is one of a bundled set."""
    return name in (BUNDLED, *bundled_names())


def _file_hashes(paths: Sequence[Path]) -> Iterable[str]:
    return (hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
