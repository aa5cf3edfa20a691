"""What a person does on the page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page

PICTURES = Path(__file__).parents[2] / ".screenshots"
SIMCLR = "What accuracy does SimCLR reach on ImageNet?"
REFUSED = "How can a plant be watered while on holiday?"


async def ask(page: Page, question: str) -> Locator:
    """Types a question, sends it, and waits until its turn is whole."""
    before = await page.locator(".turn").count()
    await page.locator("#question").fill(question)
    await page.locator("#question").press("Enter")
    turn = page.locator(".turn").nth(before)
    await turn.locator(".facts").wait_for()
    await turn.locator(".abstract").first.wait_for()
    return turn


async def answered(page: Page, question: str, **body: Any) -> Any:
    """The API's own word on a question, asked from the page's place."""
    response = await page.request.post("/v1/ask", data={"question": question, **body})
    return await response.json()


async def lit(turn: Locator, selector: str) -> str:
    """The text of all that is lit, joined."""
    return "".join(await turn.locator(f"{selector}.lit").all_text_contents())


async def until_true(page: Page, script: str) -> None:
    """Waits for something in the page; asked from outside, as the content policy evaluates nothing inside."""
    async with asyncio.timeout(20):
        while not await page.evaluate(script):
            await asyncio.sleep(0.05)


async def picture(page: Page, name: str) -> None:
    """Keeps what the page looks like in ``.screenshots``, for whoever wants to look."""
    await page.screenshot(path=PICTURES / f"{name}.png")


async def overflow(page: Page) -> int:
    """How far the page is wider than its window, in CSS pixels."""
    width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(width)
