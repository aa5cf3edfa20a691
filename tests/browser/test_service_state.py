from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from api.app import create_app
from api.backend import Opening
from api.keys import KeyFile
from rag.embed.minilm import MiniLM
from rag.service import Service
from rag.settings import load_settings
from rag.wiring import open_service
from tests.browser.conftest import AppOver, OpenPage
from tests.browser.driving import SIMCLR, ask
from tests.browser.site import Site, standing
from tests.fakes.llm_server import LlmServer, Says


@pytest.fixture
def own(filled: Path, tmp_path: Path, app_over: AppOver) -> Iterator[Site]:
    """A service of the test's own, to be stopped."""
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    with standing(app_over(folder), folder) as site:
        yield site


async def test_a_server_that_goes_is_told_and_one_that_comes_back_is_used(
    own: Site, open_page: OpenPage
) -> None:
    page = await open_page(own, expected=("ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE"))
    await ask(page, SIMCLR)
    own.stop()
    await page.locator("#question").fill("What is UltraGCN?")
    await page.locator("#question").press("Enter")
    turn = page.locator(".turn").nth(1)
    await expect(turn.locator(".warning")).to_contain_text("The server can't be reached")
    await expect(page.locator("#banner")).to_be_visible()
    await expect(page.locator("#state-line")).to_have_text("Offline")
    await expect(page.locator(".turn").first.locator("mark.lit")).to_be_attached()  # what was there stays
    own.start()
    await page.locator("#banner button").evaluate(
        "button => button.click()"
    )  # it may have come back by itself
    await expect(page.locator("#banner")).to_be_hidden()
    await turn.get_by_role("button", name="Ask again").click()
    await expect(page.locator(".turn").nth(1).locator(".claim").first).to_be_visible()
    await expect(page.locator(".turn")).to_have_count(2)


async def test_a_page_opened_too_early_waits_until_the_service_is_ready(
    filled: Path, tmp_path: Path, model: MiniLM, open_page: OpenPage
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    settings = load_settings(data_dir=folder)
    go = threading.Event()

    def opener(opening: Opening) -> Service:
        opening.say("the bundled papers are being added, 7 records so far")
        go.wait(60)
        return open_service(settings, model)

    def make() -> FastAPI:
        return create_app(opener, settings)

    with standing(make, folder, ready=False) as site:
        try:
            page = await open_page(site, ready=False, expected=("503",))
            await expect(page.locator("#banner")).to_contain_text("7 records so far")
            await expect(page.locator("#ask-title")).to_be_visible()
        finally:
            go.set()
        await page.locator("#state.ready").wait_for()
        await expect(page.locator("#banner")).to_be_hidden()
        await expect(page.locator("#examples button").first).to_be_visible()


async def test_a_server_with_keys_is_given_one_for_as_long_as_the_tab_is_open(
    filled: Path, tmp_path: Path, app_over: AppOver, open_page: OpenPage
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    secret = KeyFile(folder / "api-keys.json").add("ada", "read")
    with standing(app_over(folder), folder) as site:
        page = await open_page(site, ready=False, expected=("401", "403"))
        await expect(page.locator("#key-title")).to_have_text("This server asks for a key")
        await page.get_by_label("API key").fill("wrong")
        await page.keyboard.press("Enter")
        await expect(page.locator("#key-title")).to_have_text("The server does not know this key")
        await page.get_by_label("API key").fill(secret)
        await page.locator("#key").get_by_role("button", name="Use it").click()
        await page.locator("#state.ready").wait_for()
        await ask(page, SIMCLR)
        await page.reload()
        await page.locator("#state.ready").wait_for()
        assert secret not in await page.evaluate("JSON.stringify(localStorage)")
        await page.locator("nav a[href='#papers']").click()
        await page.locator("#papers .open").first.click()
        await page.get_by_role("button", name="Remove…").click()
        await page.locator("#confirm [value=yes]").click()
        await expect(page.locator("#papers-note")).to_contain_text("Not removed")
        other = await open_page(site, ready=False)
        await expect(other.locator("#key")).to_be_visible()


@pytest.fixture
def written(filled: Path, tmp_path: Path, app_over: AppOver) -> Iterator[tuple[Site, LlmServer]]:
    """A service with a language model that writes slowly."""
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    with LlmServer() as llm:
        settings = {"llm_base_url": llm.base_url, "llm_model": "slow-writer"}
        with standing(app_over(folder, **settings), folder) as site:
            yield site, llm


SLOWLY = (
    "UltraGCN skips infinite layers of message passing for efficient recommendation [1]. "
    "It resorts to directly approximate the limit of infinite-layer graph convolutions "
    "via a constraint loss [1]. "
) * 4


async def test_papers_come_first_then_sentences_and_stop_keeps_what_was_checked(
    written: tuple[Site, LlmServer], open_page: OpenPage
) -> None:
    site, llm = written
    llm.will(Says(SLOWLY, pause_s=0.05))
    page = await open_page(site)
    await expect(page.locator("#state-line")).to_contain_text("slow-writer")
    await page.locator("#question").fill("What is UltraGCN?")
    await page.locator("#send").click()
    turn = page.locator(".turn")
    await expect(turn.locator(".found li").first).to_be_visible()
    await expect(turn.locator(".claim")).to_have_count(0)
    await expect(turn.locator(".claim").first).to_be_visible()
    await expect(turn).to_have_attribute("aria-busy", "true")
    await expect(turn.locator(".mark").first).to_be_visible()  # a claim never comes without its marker
    await expect(page.locator("#send")).to_have_text("Stop")
    await page.locator("#send").click()
    await expect(turn.locator(".warning")).to_have_text("Stopped. What is shown had been checked.")
    await expect(page.locator("#send")).to_have_text("Ask")
    await expect(page.locator("#send")).to_be_focused()
    assert await turn.locator(".claim").count() >= 1
    await expect(turn.get_by_role("button", name="Ask again")).to_be_visible()


async def test_what_stands_stays_where_it_is_while_the_answer_grows(
    written: tuple[Site, LlmServer], open_page: OpenPage
) -> None:
    site, llm = written
    llm.will(Says(SLOWLY, pause_s=0.002))
    page = await open_page(site, reduced_motion="no-preference")
    await page.evaluate(
        """() => { window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach(
        (entry) => { if (!entry.hadRecentInput) window.shift += entry.value; })).observe(
        { type: "layout-shift", buffered: false }); }"""
    )
    turn = await ask(page, "What is UltraGCN?")
    await expect(turn.locator(".facts")).to_contain_text("written by slow-writer")
    assert await page.evaluate("window.shift") < 0.1  # what Core Web Vitals call good
