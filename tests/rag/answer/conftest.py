from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.answer import Answerer
from tests.rag.answer.sample import calibration
from tests.rag.retrieve.world import World, world


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def answerer(papers: World) -> Answerer:
    return Answerer(papers.search(), papers.library, calibration=calibration())
