from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.app import app_over, running
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are kept on the disk: no test leaves any where the next one looks."""
    monkeypatch.setenv("CITEWELL_DATA_DIR", str(tmp_path / "own-data"))


@pytest.fixture
def service() -> WholeService:
    return WholeService(PAPERS)


@pytest.fixture
async def client(service: WholeService) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app_over(service)) as client:
        yield client
