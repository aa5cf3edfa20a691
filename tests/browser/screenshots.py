"""The two pictures of the README, over the bundled papers: ``make screenshots``."""

from __future__ import annotations

import asyncio
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright

from api.app import create_app
from data import bundled_papers
from rag.settings import load_settings
from rag.wiring import open_service
from tests.browser.conftest import QUIET, chromium
from tests.browser.driving import REFUSED, SIMCLR, ask
from tests.browser.site import standing

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHOWN = {"answer": SIMCLR, "refusal": REFUSED}
COLOURS = 160


async def take(url: str) -> None:
    """One picture a question, each in a conversation of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        page = await browser.new_page(viewport={"width": 1120, "height": 720}, reduced_motion="reduce")
        await page.goto(url)
        await page.locator("#state.ready").wait_for()
        for name, question in SHOWN.items():
            await ask(page, question)
            await page.locator("#question").blur()
            await page.mouse.move(0, 0)
            taken = Image.open(BytesIO(await page.screenshot()))
            taken.convert("RGB").quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)
            await page.locator("#new").click()
        await browser.close()


def main() -> None:
    """Fill a library, serve it, take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder))
        service = open_service(settings)
        service.ingest(bundled_papers())
        service.close()
        with standing(
            lambda: create_app(lambda _: open_service(settings), settings), settings.data_dir
        ) as site:
            asyncio.run(take(site.url))


if __name__ == "__main__":
    main()
