"""Papers that mean harm, in titles, abstracts, names and addresses: shown as text, and no more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from rag.embed.minilm import MiniLM
from rag.settings import load_settings
from rag.wiring import open_service
from tests.browser.conftest import AppOver, OpenPage
from tests.browser.corpus import HOSTILE
from tests.browser.driving import ask, overflow
from tests.browser.site import Site, standing

MARMALADE = "What is marmalade?"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, model: MiniLM, app_over: AppOver) -> Iterator[Site]:
    """A library that holds nothing else."""
    folder = tmp_path_factory.mktemp("hostile")
    service = open_service(load_settings(data_dir=folder), model)
    service.ingest_papers(HOSTILE)
    service.close()
    with standing(app_over(folder), folder) as site:
        yield site


async def assert_only_text(page: Page) -> None:
    """No element of the papers' making is there, and no address but of the web."""
    main = page.locator("main")
    for made in ("script", "img", "iframe", "b", "object", "[onerror]", "[onmouseover]", "[style]"):
        assert await main.locator(made).count() == 0, made
    for address in await page.locator("a").evaluate_all("all => all.map(one => one.protocol)"):
        assert address in ("http:", "https:")
    obeyed = "[\\u0000-\\u0008\\u202a-\\u202e\\u2066-\\u2069]"
    assert not await page.evaluate(f"/{obeyed}/.test(document.body.textContent)")


@pytest.mark.parametrize("width", [320, 1440])
async def test_hostile_papers_are_text(hostile: Site, open_page: OpenPage, width: int) -> None:
    page = await open_page(hostile, width=width)
    for question in (
        MARMALADE,
        "Does marmalade in a jar turn back to front?",
        "Is marmalade a tidal turbine?",
    ):
        await ask(page, question)
        await assert_only_text(page)
        assert await overflow(page) <= 0
    await page.locator(".turn details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    await page.locator("nav a[href='#papers']").click()
    await expect(page.locator("#papers > li")).to_have_count(len(HOSTILE))
    for title in await page.locator("#papers .open").all():
        await title.click()
    await expect(page.locator("#papers .abstract")).to_have_count(len(HOSTILE))
    await assert_only_text(page)
    assert await overflow(page) <= 0
    assert "back to front" in (await page.locator("#papers").text_content() or "")


async def test_a_hostile_paper_is_found_copied_and_removed_like_any_other(
    hostile: Site, open_page: OpenPage, tmp_path: Path, app_over: AppOver
) -> None:
    shutil.copytree(hostile.folder, tmp_path / "data", ignore=shutil.ignore_patterns("*.lock"))
    with standing(app_over(tmp_path / "data"), tmp_path / "data") as site:
        page = await open_page(site, path="/#papers")
        for left in range(len(HOSTILE) - 1, -1, -1):
            await page.locator("#papers .open").first.click()
            await page.get_by_role("button", name="Remove…").first.click()
            await page.locator("#confirm [value=yes]").click()
            await expect(page.locator("#papers > li")).to_have_count(left)
            await assert_only_text(page)


async def test_a_history_that_was_tampered_with_is_left_alone(hostile: Site, open_page: OpenPage) -> None:
    page = await open_page(hostile)
    turns = [{"question": "<script>alert(2)</script>", "body": "<b>"}, {"question": 7, "body": None}]
    kept = [{"id": "<img src=x onerror=alert(1)>", "at": 0, "turns": turns}, {"id": "x"}, 7, None]
    await page.evaluate("kept => localStorage.setItem('citewell.conversations', JSON.stringify(kept))", kept)
    await page.reload()
    await page.locator("#open-history").click()
    await expect(page.locator("#conversations")).to_have_text("None yet.")
    await page.locator("#history").get_by_role("button", name="Close").click()
    await ask(page, MARMALADE)
    await page.locator("#open-history").click()
    await expect(page.locator("#conversations .open")).to_have_text(MARMALADE)
