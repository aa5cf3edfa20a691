"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.fakes.chroma import Chroma

settings.register_profile(
    "citewell",
    deadline=None,  # a busy machine is no defect
    suppress_health_check=[HealthCheck.differing_executors],  # contracts are inherited by several classes
)
settings.load_profile("citewell")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that no worker ends alone with one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def _own_data(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the data folder of whoever runs it, or of a test beside it."""
    monkeypatch.setenv("CITEWELL_DATA_DIR", str(tmp_path_factory.mktemp("own-data")))


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """One server for the whole run; take ``chroma``, which starts it where a test has stopped it."""
    server = Chroma(tmp_path_factory.mktemp("chroma"))
    yield server
    server.stop()


@pytest.fixture
def chroma(chroma_server: Chroma) -> Chroma:
    """A Chroma server that runs."""
    chroma_server.start()
    return chroma_server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line on browser tests that did not run, and how to have them."""
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if "tests/browser" in report.nodeid
    ]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} tests of the page were skipped: there is no chromium (apt-get install chromium)"
        )
