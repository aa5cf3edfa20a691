"""The real model, opened once for a test process."""

from __future__ import annotations

import pytest

from rag.embed.minilm import MiniLM


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return MiniLM.load(threads=1)
