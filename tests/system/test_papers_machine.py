"""Papers added, changed, removed, sought and asked for in any order, with restarts, on the real service.

What is stored, what is found and what is answered always agree. Only the embedding model is a cheap one.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from rag.service import Service
from rag.settings import load_settings
from rag.types import Answer, Paper
from rag.wiring import open_service
from tests.fakes.embedding import WordHashEmbedding

pytestmark = pytest.mark.slow

MAX_PAPERS = 12
WORDS = (
    "graph",
    "attention",
    "protein",
    "sparse",
    "translation",
    "noise",
    "cohort",
    "naïve",
    "雑音",
    "β-carotene",
)
_SENTENCE = st.lists(st.sampled_from(WORDS), min_size=3, max_size=6).map(
    lambda words: f"We study {' '.join(words)}, e.g. in 12.5 % of cases."
)
_ABOUT = st.lists(_SENTENCE, min_size=0, max_size=3).map(" ".join)


def marked(number: int, version: int) -> str:
    """A word that one version of one paper alone has."""
    return f"zq{number}v{version}x"


class Papers(RuleBasedStateMachine):
    """The library as a dictionary, and the service beside it."""

    known = Bundle("known")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="citewell-machine-"))
        self.model: dict[str, Paper] = {}
        self.gone: set[str] = set()
        self.count = 0
        self.service: Service

    @initialize()
    def start(self) -> None:
        self.service = open_service(load_settings(data_dir=self.folder), WordHashEmbedding())

    def written(self, number: int, version: int, about: str) -> Paper:
        mark = marked(number, version)
        return Paper(
            id=f"10.1/{number}",
            title=f"On {mark}",
            abstract=f"The {mark} method improves translation by 3 BLEU. {about}".strip(),
            year=2000 + number,
            sources=("machine",),
        )

    @rule(target=known, abouts=st.lists(_ABOUT, min_size=1, max_size=3))
    def add(self, abouts: list[str]) -> Any:
        fresh = []
        for about in abouts[: MAX_PAPERS - len(self.model)]:
            self.count += 1
            fresh.append(self.written(self.count, 1, about))
        report = self.service.ingest_papers(fresh)
        assert (report.added, report.updated, report.unchanged, report.rejected) == (len(fresh), 0, 0, ())
        self.model |= {paper.id: paper for paper in fresh}
        return multiple(*(paper.id for paper in fresh))

    @rule(paper_id=known, about=_ABOUT, version=st.integers(2, 9))
    def change(self, paper_id: str, about: str, version: int) -> None:
        before = self.model[paper_id]
        after = self.written(int(paper_id.rpartition("/")[2]), version, about)
        report = self.service.ingest_papers([after])
        assert (report.updated, report.unchanged) == ((0, 1) if after == before else (1, 0))
        self.model[paper_id] = after
        for word in _marks(before) - _marks(after):
            self.gone.add(word)
        self.gone -= _marks(after)

    @rule()
    def add_again(self) -> None:
        report = self.service.ingest_papers(list(self.model.values()))
        assert (report.added, report.updated, report.unchanged) == (0, 0, len(self.model))

    @rule(paper_id=consumes(known))
    def remove(self, paper_id: str) -> None:
        assert self.service.remove([paper_id, "10.1/never"]) == (paper_id,)
        self.gone |= _marks(self.model.pop(paper_id))

    @rule(paper_id=known)
    def search_finds_a_paper_by_its_own_word(self, paper_id: str) -> None:
        (mark,) = _marks(self.model[paper_id])
        found = self.service.search(mark, top_k=50).hits
        assert found[0].paper == self.model[paper_id]
        self.agree(self.service.ask(f"What does the {mark} method improve?"))

    @rule(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    def whatever_is_asked_agrees(self, words: list[str]) -> None:
        self.agree(self.service.ask(f"What is known of {' '.join(words)}?", top_k=50))

    @rule()
    def what_is_gone_is_never_found(self) -> None:
        for mark in sorted(self.gone)[:3]:
            hits = self.service.search(mark, top_k=50).hits
            assert not any(mark in f"{hit.paper.title} {hit.paper.abstract}" for hit in hits)
            answer = self.service.ask(f"What does the {mark} method improve?")
            assert mark not in " ".join(citation.quote for citation in answer.citations)
            self.agree(answer)

    @rule(indexes=st.booleans())
    def restart(self, indexes: bool) -> None:
        """A restart, perhaps with all that is derived from the library lost."""
        self.service.close()
        if not indexes:
            shutil.rmtree(self.folder / "index")
        self.start()

    @invariant()
    def store_and_indexes_agree(self) -> None:
        stored = self.service.papers(limit=200).items
        assert {paper.id: paper for paper in stored} == self.model
        status = self.service.status()
        assert status.papers == len(self.model)
        assert self.service.not_ready() == ()
        found = self.service.search("translation method", top_k=50)
        assert found.index.papers == len(self.model)
        assert {hit.paper.id for hit in found.hits} == set(self.model)
        assert found.degraded == ()

    def agree(self, answer: Answer) -> None:
        """What an answer shows is what is stored."""
        assert answer.degraded == ()
        assert answer.index.papers == len(self.model)
        for hit in answer.retrieved:
            assert hit.paper == self.model[hit.paper.id]
        for citation in answer.citations:
            stored = self.model[citation.paper.id]
            assert citation.verified
            assert citation.span.of(stored.abstract) == citation.quote
            assert citation.paper.sha256 == hashlib.sha256(stored.abstract.encode()).hexdigest()
        refused = answer.status == "insufficient_evidence"
        assert refused is (answer.refusal is not None)
        assert not (refused and answer.citations)
        nearest = answer.refusal.nearest if answer.refusal else ()
        assert all(paper == self.model[paper.id] for paper in nearest)

    def teardown(self) -> None:
        if hasattr(self, "service"):
            self.service.close()
        shutil.rmtree(self.folder)


def _marks(paper: Paper) -> set[str]:
    return {paper.title.removeprefix("On ")}


TestPapers = Papers.TestCase
TestPapers.settings = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
