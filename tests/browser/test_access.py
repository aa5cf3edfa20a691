"""For everyone: by keyboard alone, read aloud, on a small screen, in the dark, enlarged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driving import REFUSED, SIMCLR, ask, lit, overflow, picture
from tests.browser.site import Site

AXE = Path(AXE_FILE_PATH).read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def assert_accessible(page: Page, state: str) -> None:
    """axe-core finds nothing, by every rule it has for WCAG 2.2 AA and good practice."""
    scheme = "dark" if await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    await picture(page, f"{scheme}-{state}")
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found: list[dict[str, Any]] = await page.evaluate(
        "async (rules) => (await axe.run(document, { runOnly: rules })).violations", RULES
    )
    told = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]
    assert told == [], state


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
async def test_no_state_has_a_violation(site: Site, open_page: OpenPage, scheme: str, width: int) -> None:
    page = await open_page(site, width=width, color_scheme=scheme, expected=("ERR_FAILED",))
    await assert_accessible(page, "welcome")
    turn = await ask(page, SIMCLR)
    await turn.locator(".why summary").click()
    await turn.locator(".acts .thumb").first.click()
    await turn.locator(".menu summary").click()
    await assert_accessible(page, "answer")
    await ask(page, REFUSED)
    await page.locator("#state summary").click()
    await assert_accessible(page, "refusal")
    for opener, dialog in (("#open-history", "history"), (".composer [data-open-filters]", "filters")):
        await page.locator(opener).click()
        await page.locator(f"dialog#{dialog}").wait_for()
        await assert_accessible(page, dialog)
        await page.keyboard.press("Escape")
    await page.locator("nav a[href='#papers']").click()
    await page.locator("#wanted").fill("graph")
    await page.locator("#wanted").press("Enter")
    await page.locator("#papers .snippet").first.wait_for()
    await page.locator("#papers .open").first.click()
    await page.locator("#file").set_input_files(
        [FilePayload(name="odd.jsonl", mimeType="text/plain", buffer=b'{"title": "No abstract"}\n')]
    )
    await page.locator("#uploads details").wait_for()
    await assert_accessible(page, "papers")
    await page.get_by_role("button", name="Remove…").click()
    await assert_accessible(page, "confirm")
    await page.keyboard.press("Escape")
    await page.route("**/v1/**", lambda route: route.abort())
    await page.locator("nav a[href='#ask']").click()
    await page.locator("#question").fill("Anyone there?")
    await page.locator("#question").press("Enter")
    await page.locator("#banner").wait_for()
    await assert_accessible(page, "offline")


async def test_all_of_a_question_is_done_by_keyboard(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)

    async def focused() -> str:
        return str(await page.evaluate("document.activeElement.outerHTML.slice(0, 400)"))

    await expect(page.locator("#question")).to_be_focused()
    await page.keyboard.type("What accuracy does SimCLR")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("reach on ImageNet?")
    await page.keyboard.press("Enter")
    turn = page.locator(".turn")
    await turn.locator(".facts").wait_for()
    await turn.locator(".abstract").wait_for()
    await expect(page.locator("#question")).to_be_focused()
    for _ in range(40):  # back to the second marker
        await page.keyboard.press("Shift+Tab")
        if (
            'class="mark' in await focused()
            and 'data-cite="2"' in await focused()
            and await turn.locator(".answer .mark:focus").count()
        ):
            break
    await expect(turn.locator(".answer .mark").nth(1)).to_be_focused()
    assert await lit(turn, "mark") == await turn.locator(".claim").nth(1).text_content()
    reached = set()
    for _ in range(40):
        await page.keyboard.press("Tab")
        reached.add(
            await page.evaluate("(document.activeElement.title || document.activeElement.textContent).trim()")
        )
        outline = await page.evaluate(
            "getComputedStyle(document.activeElement.closest('.field') ?? document.activeElement)"
        )
        assert outline
        if await page.evaluate("document.activeElement.id === 'question'"):
            break
    assert {"Copy", "Copy link", "Export", "Good: this answer", "Bad: source 1", "Why this paper"} <= reached
    for _ in range(60):
        await page.keyboard.press("Shift+Tab")
        if await page.locator(".skip:focus").count():
            break
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#question")).to_be_focused()


async def test_dialogs_hold_the_focus_and_give_it_back(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    opener = page.locator("#open-history")
    await opener.focus()
    await page.keyboard.press("Enter")
    for _ in range(6):
        await page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
        )
        assert await page.evaluate(inside)
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()


@pytest.mark.parametrize(
    ("width", "height"),
    [(320, 640), (768, 1024), (720, 450), (2560, 1200)],  # 720 by 450: 1440 by 900 at 200 %
)
async def test_nothing_is_wider_than_the_window(
    site: Site, open_page: OpenPage, width: int, height: int
) -> None:
    page = await open_page(site, width=width, height=height)
    assert await overflow(page) <= 0
    for question in (SIMCLR, REFUSED):
        turn = await ask(page, question)
        await picture(page, f"{width}-{'refusal' if await turn.locator('.refused').count() else 'answer'}")
        assert await overflow(page) <= 0
    await page.locator("nav a[href='#papers']").click()
    await page.locator("#papers .open").first.click()
    await page.locator("#papers .abstract").wait_for()
    assert await overflow(page) <= 0


async def test_on_a_phone_a_tap_opens_the_words_below(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, width=360, height=740, has_touch=True, is_mobile=True)
    turn = await ask(page, SIMCLR)
    await turn.locator(".claim").nth(1).tap()
    words = turn.locator("mark.lit")
    await expect(words).to_have_text(await turn.locator(".claim").nth(1).text_content() or "")
    await expect(words).to_be_in_viewport()
    answer, evidence = (
        await turn.locator(".answer").bounding_box(),
        await turn.locator(".evidence").bounding_box(),
    )
    assert answer is not None
    assert evidence is not None
    assert evidence["y"] >= answer["y"] + answer["height"]
    await turn.locator("mark").first.tap()
    await expect(turn.locator(".claim.lit")).to_be_in_viewport()


async def test_light_and_dark_follow_the_system(site: Site, open_page: OpenPage) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = await open_page(site, color_scheme=scheme)
        script = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        colours.append(sum(await page.evaluate(script)))
    assert colours[0] > 600
    assert colours[1] < 150
