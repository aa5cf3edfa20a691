from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.corpus import MATHS, TIDES, UNTITLED
from tests.browser.driving import REFUSED, SIMCLR, answered, ask, lit, until_true
from tests.browser.site import Site


async def test_what_is_lit_is_the_cited_words(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    questions = (
        SIMCLR,
        "How is graph convolution simplified for recommendation?",
        "What is zirconium fitted to?",
    )
    for question in questions:
        turn = await ask(page, question)
        body = await answered(page, question)
        assert body["citations"]
        assert await turn.locator(".claim").all_text_contents() == [s["text"] for s in body["sentences"]]
        for citation in body["citations"]:
            marks = turn.locator(f'mark[data-cites~="{citation["number"]}"]')
            await expect(marks.first).to_be_attached()
            assert "".join(await marks.all_text_contents()) == citation["quote"]
        await page.locator("#new").click()


async def test_sentence_marker_card_and_words_light_each_other(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    turn = await ask(page, SIMCLR)
    first, second = (await answered(page, SIMCLR))["citations"][:2]
    await expect(turn.locator("mark.lit")).to_have_text(first["quote"])  # at once, without a move
    await turn.locator(".claim").nth(1).hover()
    assert await lit(turn, "mark") == await lit(turn, ".claim") == second["quote"]
    await expect(turn.locator(".cites li.lit q")).to_have_text(second["quote"])
    await page.mouse.move(5, 400)
    assert await lit(turn, "mark") == first["quote"]  # what was chosen stays
    await turn.locator("mark").nth(1).hover()
    assert await lit(turn, ".claim") == second["quote"]
    await turn.locator(".answer .mark").nth(1).focus()
    await page.mouse.move(5, 400)
    assert await lit(turn, "mark") == second["quote"]
    await turn.locator(".cites li").first.click()
    await page.mouse.move(5, 400)
    assert await lit(turn, ".claim") == first["quote"]


async def test_a_card_tells_paper_quote_and_check_and_why_it_was_found(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    question = "What is zirconium fitted to?"
    sheet = (await ask(page, question)).locator(".sheet").first
    await expect(sheet.locator("h3")).to_have_text("Sparse α-stable attention with O(n²) memory")
    await expect(sheet.locator("h3 a")).to_have_attribute("href", MATHS.url)
    await expect(sheet.locator(".about").first).to_have_text("Ada Example, Bo Example · 2021 · cs.CL")
    await expect(sheet.locator(".ok").first).to_have_text("verified")
    await sheet.locator(".why summary").click()
    hit = (await answered(page, question))["retrieved"][0]
    rows = await sheet.locator("tbody tr").all_inner_texts()
    assert len(rows) == len(hit["stages"]) + 1
    assert rows[0].split("\t")[1:] == [
        str(hit["stages"]["bm25"]["rank"]),
        f"{hit['stages']['bm25']['score']:.3f}",
    ]
    assert rows[-1].split("\t")[1:] == ["1", f"{hit['score']:.3f}"]


async def test_a_follow_up_knows_what_was_said_and_a_new_conversation_does_not(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    sent = []
    page.on(
        "request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None
    )
    first = await ask(page, SIMCLR)
    await ask(page, "And how does it compare with AlexNet?")
    assert sent[1]["history"] == [
        {"role": "user", "content": SIMCLR},
        {"role": "assistant", "content": (await answered(page, SIMCLR))["answer"]},
    ]
    await expect(page.locator("#question")).to_be_focused()
    await page.locator("#new").click()
    await expect(first).to_have_count(0)
    await expect(page.locator("#question")).to_be_focused()
    await ask(page, "What is UltraGCN?")
    assert "history" not in sent[-1]


async def test_conversations_are_kept_in_the_browser_and_can_be_cleared(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    await ask(page, SIMCLR)
    await ask(page, "And how does it compare with AlexNet?")
    await page.locator("#new").click()
    await ask(page, "What is UltraGCN?")
    await page.reload()
    await page.locator("#open-history").click()
    kept = page.locator("#conversations .open")
    assert await kept.all_text_contents() == ["What is UltraGCN?", SIMCLR]
    await kept.nth(1).click()
    await expect(page.locator(".turn")).to_have_count(2)
    await expect(page.locator(".turn").first.locator("mark.lit")).to_be_attached()
    await page.locator("#open-history").click()
    await page.locator("#conversations").get_by_role("button", name="Remove: What is UltraGCN?").click()
    await expect(kept).to_have_count(1)
    await page.locator("#clear").click()
    await expect(kept).to_have_count(0)
    assert await page.evaluate("localStorage.length") == 0


async def test_a_refusal_helps(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    turn = await ask(page, REFUSED)
    refusal = (await answered(page, REFUSED))["refusal"]
    assert await turn.locator(".missing li").all_text_contents() == refusal["missing"]
    cards = turn.locator(".nearest .open")
    assert await cards.all_text_contents() == [paper["title"] for paper in refusal["nearest"]]
    await cards.nth(1).click()
    sheet = turn.locator(f'.sheet[data-paper="{refusal["nearest"][1]["paper_id"]}"]')
    await expect(sheet.locator("h3")).to_be_focused()
    await expect(sheet.locator(".abstract")).not_to_be_empty()
    await turn.get_by_role("button", name="Ask in other words").click()
    await expect(page.locator("#question")).to_have_value(REFUSED)
    await turn.locator(".nearest .text").first.click()
    await expect(page.locator(".turn")).to_have_count(2)
    await expect(page.locator(".turn .claim").first).to_be_visible()


async def test_a_missing_detail_links_to_the_full_text(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    question = "Which learning rate and which batch size were used to train SimCLR on ImageNet?"
    turn = await ask(page, question)
    refusal = (await answered(page, question))["refusal"]
    assert refusal["reason"] == "detail_not_in_abstract"
    assert refusal["missing"][:2] == ["which learning rate", "which batch size"]
    hint = turn.locator(".tries p").first
    await expect(hint).to_have_text(refusal["suggestions"][0])
    address = refusal["suggestions"][0].rpartition(": ")[2]
    assert address.startswith("https://")
    await expect(hint.locator("a")).to_have_attribute("href", address)


async def test_what_was_searched_stands_above_the_answer(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    question = "What acuracy does SimCLR reach on ImageNet?"
    turn = await ask(page, question)
    read = turn.locator(".said > .note")
    await expect(read).to_have_text("Searched as “What accuracy does SimCLR reach on ImageNet?”")
    above, below = await read.bounding_box(), await turn.locator(".answer").bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] < below["y"]


async def test_a_paper_without_a_title_has_a_name_all_the_same(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    turn = await ask(page, "When do quokkas nap under saltbush?")
    await expect(turn.locator(".lead")).to_have_text(f"Untitled paper {UNTITLED.id} ({UNTITLED.year}):")
    await expect(turn.locator(".claim").first).to_have_text("Quokkas nap at noon under saltbush.")
    await expect(turn.locator(".mark").first).to_have_accessible_name("Source 1: Untitled paper")


async def test_filters_hold_for_questions_and_a_refusal_offers_to_drop_them(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    await page.locator(".composer [data-open-filters]").click()
    await page.get_by_label("from").fill("2019")
    await page.get_by_label("to", exact=True).fill("2019")
    await page.locator("#filters").get_by_label("eess.SY").check()
    await page.locator("#filters").get_by_role("button", name="Done").click()
    chips = page.locator(".composer .chip")
    assert await chips.all_text_contents() == ["2019", "eess.SY"]
    turn = await ask(page, SIMCLR)
    await expect(turn.locator(".refused")).to_have_text("Not within these limits")
    await turn.get_by_role("button", name="Ask without filters").click()
    await expect(page.locator(".turn").nth(1).locator(".claim").first).to_be_visible()
    await expect(chips).to_have_count(0)


async def test_what_the_question_itself_limits_is_not_for_the_filters_to_drop(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    turn = await ask(page, f"{SIMCLR} Only papers from 2018.")
    await expect(turn.locator(".refused")).to_have_text("Not within these limits")
    await expect(turn.get_by_role("button", name="Ask in other words")).to_be_visible()
    await expect(turn.get_by_role("button", name="Ask without filters")).to_have_count(0)


async def test_an_answer_is_announced_once(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    await page.evaluate(
        """() => { window.said = [];
        new MutationObserver((list) => list.forEach((change) => change.addedNodes.forEach(
            (node) => window.said.push(node.textContent)))).observe(
            document.getElementById("announcer"), { childList: true }); }"""
    )
    await ask(page, SIMCLR)
    await until_true(page, "window.said.length > 0")
    await ask(page, REFUSED)
    await until_true(page, "window.said.length > 1")
    said = await page.evaluate("window.said")
    assert said[0] == "Answered: 2 quotes from 1 paper."
    assert len(said) == 2


async def test_examples_come_from_the_corpus_and_are_asked_at_a_click(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    corpus = await (await page.request.get("/v1/corpus")).json()
    examples = page.locator("#examples button")
    assert await examples.all_text_contents() == corpus["examples"]
    await examples.first.click()
    await expect(page.locator(".turn .facts")).to_be_visible()
    await expect(page.locator("#question")).to_be_focused()


async def test_a_paper_that_says_otherwise_stands_beside_the_one_that_is_cited(
    site: Site, open_page: OpenPage
) -> None:
    page = await open_page(site)
    body = await answered(page, SIMCLR)
    start = TIDES.abstract.index("Yield rises")
    against = {"paper_id": TIDES.id, "title": TIDES.title, "start": start, "end": len(TIDES.abstract)}
    body["sentences"][0]["contradicted_by"] = [{**against, "quote": TIDES.abstract[start:]}]
    kept = [{"id": "kept", "at": 0, "turns": [{"question": SIMCLR, "body": body}]}]
    await page.evaluate("kept => localStorage.setItem('citewell.conversations', JSON.stringify(kept))", kept)
    await page.locator("#open-history").click()
    await page.locator("#conversations .open").click()
    turn = page.locator(".turn")
    await expect(turn.locator("mark.against")).to_have_text(TIDES.abstract[start:])
    cited, other = [await sheet.bounding_box() for sheet in await turn.locator(".sheet").all()]
    assert cited is not None
    assert other is not None
    assert other["x"] >= cited["x"] + cited["width"]
    assert abs(other["y"] - cited["y"]) < 2
    await turn.locator("mark.against").hover()
    assert await lit(turn, ".claim") == body["sentences"][0]["text"]
    await expect(turn.locator(".sheet.against .cites")).to_contain_text("Seems to say the opposite")
