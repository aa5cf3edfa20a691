"""The setting that does without vectors of words."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.library import Library
from rag.settings import load_settings
from rag.types import Paper
from rag.wiring import open_service
from tests.fakes.embedding import WordHashEmbedding

PAPERS = [
    Paper("a", "Graphs", "Graphs have edges. Trees have none too many."),
    Paper("b", "Kinases", "They bind."),
]


@pytest.mark.parametrize("late", [True, False])
def test_word_vectors_are_stored_and_searched_only_where_wanted(tmp_path: Path, late: bool) -> None:
    service = open_service(load_settings(data_dir=tmp_path, late_interaction=late), WordHashEmbedding())
    service.ingest_papers(PAPERS)
    hits = service.search("which graphs have edges?").hits
    service.close()
    assert hits[0].paper.id == "a"
    assert ("late" in hits[0].stages) == late
    with Library.open(tmp_path) as library:
        assert set(library.tokens(["a", "b"])) == ({"a", "b"} if late else set())
