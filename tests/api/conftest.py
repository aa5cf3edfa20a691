from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.app import app_over, running
from tests.fakes.papers import PAPERS
from tests.fakes.whole import WholeService


@pytest.fixture
def service() -> WholeService:
    return WholeService(PAPERS)


@pytest.fixture
async def client(service: WholeService) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app_over(service)) as client:
        yield client
