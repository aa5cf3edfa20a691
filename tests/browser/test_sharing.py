from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.driving import REFUSED, SIMCLR, answered, ask
from tests.browser.site import Site

COPYING = ["clipboard-read", "clipboard-write"]


async def test_an_answer_is_copied_with_its_sources(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, permissions=COPYING)
    turn = await ask(page, SIMCLR)
    await turn.get_by_role("button", name="Copy", exact=True).click()
    await expect(turn.locator(".acts > .note")).to_have_text("Copied with its sources.")
    copied = await page.evaluate("navigator.clipboard.readText()")
    body = await answered(page, SIMCLR)
    assert copied.startswith(f"{SIMCLR}\n\n{body['answer']}\n\n[1] ")
    for citation in body["citations"]:
        assert f"[{citation['number']}] {citation['title']}." in copied
        assert f"“{citation['quote']}”" in copied


async def test_a_link_opens_a_saved_answer_in_another_browser(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, permissions=COPYING)
    turn = await ask(page, SIMCLR)
    await turn.get_by_role("button", name="Copy link").click()
    await expect(turn.locator(".acts > .note")).to_have_text("Link copied.")
    address = await page.evaluate("navigator.clipboard.readText()")
    other = await open_page(site, path=address.removeprefix(site.url))
    cold = other.locator(".turn")
    await expect(cold.locator("h2")).to_have_text(SIMCLR)
    assert (
        await cold.locator(".claim").all_text_contents() == await turn.locator(".claim").all_text_contents()
    )
    await expect(cold.locator("mark.lit")).to_have_text(
        await cold.locator(".claim").first.text_content() or ""
    )
    await ask(other, "And how does it compare with AlexNet?")
    await expect(other.locator(".turn")).to_have_count(2)


async def test_a_link_to_nothing_says_so(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, path="/#answer=0123", expected=("404",))
    await expect(page.locator("#turns .warning")).to_have_text("There is no saved answer under this link.")


async def test_references_are_exported(site: Site, open_page: OpenPage, tmp_path: Path) -> None:
    page = await open_page(site)
    turn = await ask(page, SIMCLR)
    starts = {"BibTeX": "@", "RIS": "TY  - ", "CSL JSON": "[", "Markdown": "#"}
    for label, start in starts.items():
        await turn.locator(".menu summary").click()
        async with page.expect_download() as download:
            await turn.get_by_role("button", name=label).click()
        file = tmp_path / (await download.value).suggested_filename
        await (await download.value).save_as(file)
        text = file.read_text()
        assert "A Simple Framework for Contrastive Learning" in text.replace("{", "").replace("}", ""), label
        assert start in text[:200], label
        await expect(turn.locator(".menu summary")).to_be_focused()
    assert json.loads((tmp_path / next(p.name for p in tmp_path.glob("*.json"))).read_text())


async def test_thumbs_on_an_answer_and_on_a_citation_are_kept_with_their_comment(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    turn = await ask(page, SIMCLR)
    sent = []
    page.on(
        "response",
        lambda response: (
            sent.append((response.status, response.request.post_data_json))
            if response.url.endswith("/feedback")
            else None
        ),
    )
    of_answer = turn.locator(".acts .thumbs")
    await of_answer.get_by_role("button", name="Good: this answer").click()
    await expect(of_answer.locator(".note")).to_have_text("Thank you.")
    await expect(of_answer.locator("[aria-pressed=true]")).to_have_attribute("title", "Good: this answer")
    of_source = turn.locator(".cites li").nth(1).locator(".thumbs")
    await of_source.get_by_role("button", name="Bad: source 2").click()
    await of_source.get_by_role("textbox").fill("This is about fewer labels.")
    await of_source.get_by_role("textbox").press("Enter")
    await expect(of_source.locator(".note")).to_have_text("Thank you, kept.")
    await expect(of_source.get_by_role("button", name="Bad: source 2")).to_be_focused()
    assert sent == [
        (201, {"rating": "up"}),
        (201, {"rating": "down", "citation": 2}),
        (201, {"rating": "down", "citation": 2, "comment": "This is about fewer labels."}),
    ]
    refused = await ask(page, REFUSED)
    await refused.get_by_role("button", name="Bad: this answer").click()
    await expect(refused.locator(".acts .thumbs .note")).to_have_text("Thank you.")
