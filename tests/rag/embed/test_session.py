"""The graph, opened in two ways that must not be told apart by what they give."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag.embed.session import Ids, ModelSession
from rag.embed.weights import find_minilm, load_weights


@pytest.fixture(scope="module", params=["auto", "float32"])
def session(request: pytest.FixtureRequest) -> ModelSession:
    return ModelSession(load_weights(find_minilm().weights), threads=2, precision=request.param)


def ids(length: int) -> Ids:
    return np.arange(2000, 2000 + length, dtype=np.int32)


@pytest.mark.parametrize("lengths", [(3,), (25,), (80, 31, 2), (256,)])
def test_a_lone_batch_is_read_to_the_same_bits(session: ModelSession, lengths: tuple[int, ...]) -> None:
    rows = [ids(length) for length in lengths]
    assert np.array_equal(session.run_alone(rows), session.run(rows))


def test_lone_batches_of_several_callers_at_once_are_read_right(session: ModelSession) -> None:
    rows = [[ids(length)] for length in range(3, 43)]
    alone = [session.run(row) for row in rows]
    with ThreadPoolExecutor(8) as pool:
        for expected, found in zip(alone, pool.map(session.run_alone, rows), strict=True):
            assert np.array_equal(expected, found)


def test_padding_changes_no_state(session: ModelSession) -> None:
    short, long = ids(9), ids(40)
    together = session.run([short, long])
    assert together.shape == (2, 40, 384)
    most = 0.05 if session.is_reduced else 2e-5
    np.testing.assert_allclose(together[0, :9], session.run([short])[0], atol=most)
