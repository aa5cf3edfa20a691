from __future__ import annotations

import inspect

import pytest

from rag.service import Service
from tests.fakes.whole import WholeService

METHODS = [name for name, _ in inspect.getmembers(Service, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
def test_the_service_in_memory_is_called_as_the_real_one(name: str) -> None:
    real, fake = (inspect.signature(getattr(cls, name)) for cls in (Service, WholeService))
    assert [(p.name, p.kind) for p in fake.parameters.values()] == [
        (p.name, p.kind) for p in real.parameters.values()
    ]
