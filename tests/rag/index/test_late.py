"""Late interaction against its definition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.index.late import LateIndex, LateWriter
from rag.vectors import TokenVectors
from tests.rag.index.sample import DIM, unit

RNG = np.random.default_rng(11)


def test_scores_equal_the_definition(tmp_path: Path) -> None:
    papers = [TokenVectors.of(unit(RNG, n), np.arange(n, dtype=np.int32) * 3 - 1) for n in (1, 40, 2500)]
    with LateWriter(tmp_path) as writer:
        for paper in papers:
            writer.add(bytes(paper))
    query = unit(RNG, 9)
    scores, tables = LateIndex(tmp_path).search(query, np.array([2, 0, 1]))
    for row, score in zip((2, 0, 1), scores, strict=True):
        cosines = papers[row].floats() @ query.T
        assert score == pytest.approx(cosines.max(axis=0).mean(), abs=1e-5)
        assert tables[row] == pytest.approx(cosines, abs=1e-5)


def test_without_token_vectors_there_is_no_score(tmp_path: Path) -> None:
    with LateWriter(tmp_path) as writer:
        writer.add(None)
        writer.add(bytes(TokenVectors.of(np.zeros((0, DIM), np.float32), np.zeros(0, np.int32))))
        writer.add(bytes(TokenVectors.of(unit(RNG, 2), np.zeros(2, np.int32))))
    late = LateIndex(tmp_path)
    scores, tables = late.search(unit(RNG, 3), np.arange(3))
    assert np.isnan(scores).tolist() == [True, True, False]
    assert list(tables) == [2]
    scores, tables = late.search(np.zeros((0, DIM), np.float32), np.arange(3))
    assert np.isnan(scores).all()
    assert not tables
    assert late


def test_a_library_without_tokens_gives_a_false_index(tmp_path: Path) -> None:
    with LateWriter(tmp_path) as writer:
        writer.add(None)
    assert not LateIndex(tmp_path)
