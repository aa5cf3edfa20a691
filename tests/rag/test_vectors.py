from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.errors import LibraryCorrupt
from rag.vectors import Floats, TokenVectors, product

rows = arrays(
    np.float32,
    st.tuples(st.integers(0, 9), st.integers(1, 12)),
    elements=st.floats(-1, 1, width=32, allow_subnormal=False),
)


@given(rows)
def test_token_vectors_lose_at_most_half_a_step(vectors: Floats) -> None:
    tokens = TokenVectors.of(vectors, np.arange(len(vectors), dtype=np.int32))
    assert np.all(np.abs(tokens.floats() - vectors) <= 0.51 * tokens.scales[:, None] + 1e-12)


@given(rows)
def test_bytes_read_back_are_the_same(vectors: Floats) -> None:
    tokens = TokenVectors.of(vectors, np.arange(len(vectors), dtype=np.int32) - 1)
    again = TokenVectors.from_bytes(bytes(tokens))
    np.testing.assert_array_equal(again.rows, tokens.rows)
    np.testing.assert_array_equal(again.scales, tokens.scales)
    np.testing.assert_array_equal(again.starts, tokens.starts)


def test_reading_copies_nothing() -> None:
    blob = bytes(TokenVectors.of(np.ones((3, 4), dtype=np.float32), np.zeros(3, dtype=np.int32)))
    assert not TokenVectors.from_bytes(blob).rows.flags.owndata
    assert not TokenVectors.from_bytes(blob).rows.flags.writeable


@pytest.mark.parametrize("damage", [b"", b"CWTV", b"X" * 52])
def test_other_bytes_are_refused(damage: bytes) -> None:
    with pytest.raises(LibraryCorrupt, match="ingest"):
        TokenVectors.from_bytes(damage)


def test_bytes_cut_short_or_too_long_are_refused() -> None:
    blob = bytes(TokenVectors.of(np.ones((3, 4), dtype=np.float32), np.zeros(3, dtype=np.int32)))
    for damaged in (blob[:-1], blob + b"\0"):
        with pytest.raises(LibraryCorrupt, match="ingest"):
            TokenVectors.from_bytes(damaged)


@given(st.integers(0, 700), st.integers(1, 400), st.integers(1, 40))
def test_a_product_in_strips_is_the_product(rows: int, width: int, columns: int) -> None:
    """However many strips a product takes, it is the product."""
    rng = np.random.default_rng(rows + width + columns)
    left = rng.standard_normal((rows, width), dtype=np.float32)
    right = rng.standard_normal((width, columns), dtype=np.float32)
    np.testing.assert_allclose(product(left, right), left @ right, rtol=1e-4, atol=1e-4)
