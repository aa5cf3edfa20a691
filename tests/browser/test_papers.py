from __future__ import annotations

import json
from typing import Any

from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driving import ask
from tests.browser.site import Site

NEW = {
    "title": "Saffron in zeppelins",
    "abstract": "Zeppelins carried saffron. Saffron keeps for 43 weeks aboard zeppelins.",
    "year": 1931,
    "authors": ["Zora Example"],
}


def lines(*records: Any) -> FilePayload:
    """A file of JSON lines, as an input takes it."""
    written = (record if isinstance(record, str) else json.dumps(record) for record in records)
    return FilePayload(name="new.jsonl", mimeType="application/x-ndjson", buffer="\n".join(written).encode())


async def remove(page: Page, title: str) -> None:
    """Finds a paper and takes it away."""
    await page.locator("#wanted").fill(title)
    await page.locator("#wanted").press("Enter")
    await expect(page.locator("#papers-note")).to_contain_text("nearest")
    item = page.locator("#papers > li").filter(has_text=title)
    await item.locator(".open").click()
    await item.get_by_role("button", name="Remove…").click()
    await expect(page.locator("#confirm-text")).to_contain_text(title)
    await page.locator("#confirm [value=yes]").click()
    await expect(item).to_have_count(0)


async def test_a_file_is_added_what_it_rejects_is_listed_and_its_paper_can_be_removed(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site, path="/#papers")
    before = int((await page.locator("#state-line").inner_text()).split()[0])
    await page.locator("#file").set_input_files([lines(NEW, '{"title": "No abstract"}', "not JSON")])
    upload = page.locator("#uploads > li")
    await expect(upload.locator(".note")).to_have_text("1 added, 2 rejected.")
    rejected = await upload.locator("details li").all_text_contents()
    assert rejected[0].startswith("new.jsonl:2")
    assert rejected[1].startswith("new.jsonl:3")
    await expect(page.locator("#state-line")).to_contain_text(f"{before + 1} papers")
    turn = await ask_in_new(page, "How long does saffron keep aboard zeppelins?")
    await expect(turn.locator(".claim").first).to_contain_text("43 weeks")
    await page.locator("nav a[href='#papers']").click()
    await remove(page, NEW["title"])  # type: ignore[arg-type]
    await expect(page.locator("#state-line")).to_contain_text(f"{before} papers")
    assert await page.evaluate("document.activeElement !== document.body")
    turn = await ask_in_new(page, "How long does saffron keep aboard zeppelins?")
    await expect(turn.locator(".refused")).to_be_visible()


async def ask_in_new(page: Page, question: str) -> Any:
    """Asks in a conversation of its own."""
    await page.locator("#new").click()
    return await ask(page, question)


async def test_a_file_can_be_dropped_and_one_of_no_format_is_told(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, path="/#papers", expected=("422",))
    await page.evaluate(
        """() => { const files = new DataTransfer();
        files.items.add(new File([new Uint8Array([0xff, 0xd8, 0xff])], "photo.jpg"));
        document.getElementById("drop").dispatchEvent(
            new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true })); }"""
    )
    await expect(page.locator("#uploads .warning")).to_contain_text("photo.jpg")


async def test_nothing_is_removed_unless_it_is_confirmed(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, path="/#papers")
    deletes = []
    page.on("request", lambda request: deletes.append(request.url) if request.method == "DELETE" else None)
    await page.locator("#papers .open").first.click()
    opener = page.get_by_role("button", name="Remove…")
    for way in ("Escape", "Keep"):
        await opener.click()
        await expect(page.locator("#confirm")).to_be_visible()
        if way == "Escape":
            await page.keyboard.press("Escape")
        else:
            await page.locator("#confirm").get_by_role("button", name="Keep").click()
        await expect(page.locator("#confirm")).to_be_hidden()
        await expect(opener).to_be_focused()
    assert deletes == []


async def test_papers_are_browsed_page_by_page_searched_and_filtered(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, path="/#papers")
    items = page.locator("#papers > li")
    await expect(items).to_have_count(20)
    await page.locator("#more").click()
    await expect(page.locator("#more")).to_be_hidden()
    await expect(items.nth(20).locator(".open")).to_be_focused()
    assert len(set(await page.locator("#papers .open").all_text_contents())) == await items.count()
    await page.locator("#wanted").fill("warm blades in frozen water")
    await page.locator("#wanted").press("Enter")
    await expect(items.first.locator(".open")).to_have_text("Tidal turbines under ice")
    snippet = await items.first.locator(".snippet").text_content()
    await items.first.locator(".open").click()
    await expect(items.first.locator("mark")).to_have_text(snippet or "")
    await page.locator("#find [data-open-filters]").click()
    await page.locator("#filters").get_by_label("Ada Example").check()
    await page.locator("#filters").get_by_role("button", name="Done").click()
    await expect(items).to_have_count(1)
    await page.locator("#wanted").fill("")
    await expect(page.locator("#papers .open")).to_have_text(["Sparse α-stable attention with O(n²) memory"])
    await page.locator("#view-papers .chip").click()
    await expect(items).to_have_count(20)
    await expect(page.locator("#find [data-open-filters]")).to_be_focused()


async def test_a_paper_can_be_asked_about_and_for_others_like_it(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site, path="/#papers")
    await page.locator("#wanted").fill("Tidal turbines under ice")
    await page.locator("#wanted").press("Enter")
    await expect(page.locator("#papers-note")).to_contain_text("nearest")
    await page.locator("#papers .open").first.click()
    await page.get_by_role("button", name="Ask what it shows").click()
    await expect(page.locator(".turn .claim").first).to_contain_text("turbines")
    await page.locator("nav a[href='#papers']").click()
    await page.get_by_role("button", name="Papers like it").click()
    await expect(page.locator(".turn").last).to_contain_text("No stored paper is much like “Tidal turbines")
