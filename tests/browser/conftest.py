"""Debian's Chromium, driven by Playwright, on the real page of the real service."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from api.app import create_app
from rag.embed.minilm import MiniLM
from rag.settings import load_settings
from rag.wiring import embedding_model, open_service
from tests.browser.corpus import sample
from tests.browser.site import MakeApp, Site, standing

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)
"""What keeps Chromium from calling home."""

NAMES = ("chromium", "chromium-browser")


PATIENCE_MS = 30_000
"""How long a test waits for what must come: a busy machine is no defect."""

expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str | None:
    """Where Debian's Chromium is; None where it is not installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for the browser and all its tests; no browser, no tests, but never so in CI."""
    here = Path(__file__).parent
    absent = chromium() is None and os.environ.get("CI") != "true"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if absent:
                item.add_marker(pytest.mark.skip(reason="needs Debian's chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def model() -> MiniLM:
    model = embedding_model(load_settings())
    assert isinstance(model, MiniLM)
    return model


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, model: MiniLM) -> Path:
    """A data folder with the sample in it, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    service = open_service(load_settings(data_dir=folder), model)
    service.ingest_papers(sample())
    service.close()
    return folder


AppOver = Callable[..., MakeApp]


@pytest.fixture(scope="session")
def app_over(model: MiniLM) -> AppOver:
    """How an app over a data folder is made, anew for every start; keywords are settings."""

    def make(folder: Path, **settings: Any) -> MakeApp:
        loaded = load_settings(data_dir=folder, **settings)
        return lambda: create_app(lambda _: open_service(loaded, model), loaded)

    return make


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, filled: Path, app_over: AppOver) -> Iterator[Site]:
    """The service that most tests share; a test that adds papers takes them away again."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(filled, folder)
    with standing(app_over(folder), folder) as site:
        yield site


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    assert path, "Debian's chromium is not installed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        await browser.close()


@dataclass
class Seen:
    """What a page did that it should not have done."""

    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self, page: Page, url: str) -> None:
        """Listen to its console and its requests."""

        def on_console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(message.text)

        def on_request(request: Request) -> None:
            asked = urlsplit(request.url)
            if asked.scheme not in ("blob", "data") and asked.netloc != urlsplit(url).netloc:
                self.foreign.append(request.url)

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", on_request)


OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens the page in a browser of its own; at the end no page may have complained, or called elsewhere.

    ``expected`` allows complaints that hold one of these texts: Chromium logs every failed request.
    """
    seen = Seen()
    contexts = []
    allowed: list[str] = []

    async def opened(
        site: Site, *, width: int = 1440, height: int = 900, path: str = "/", **how: Any
    ) -> Page:
        allowed.extend(how.pop("expected", ()))
        ready = how.pop("ready", True)
        context = await browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            **{"reduced_motion": "reduce", **how},
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = await context.new_page()
        seen.watch(page, site.url)
        await page.goto(site.url + path)
        if ready:
            await page.locator("#state.ready").wait_for()
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert seen.foreign == []
    assert [text for text in seen.complaints if not any(part in text for part in allowed)] == []
