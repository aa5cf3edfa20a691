from __future__ import annotations

from typing import Any

from tests.browser.conftest import OpenPage
from tests.browser.driving import SIMCLR, ask, until_true
from tests.browser.site import Site

LIMIT_BYTES = 60_000


async def test_the_page_weighs_little_and_paints_before_any_data(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    await page.goto("about:blank")
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    await client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    weight = 0

    def add(event: dict[str, Any]) -> None:
        nonlocal weight
        weight += event["encodedDataLength"]

    client.on("Network.loadingFinished", add)

    async def held(route: Any) -> None:
        """The API says nothing for now."""

    await page.route("**/v1/**", held)
    await page.goto(site.url)
    assert await page.locator("#ask-title").is_visible()
    assert await page.locator("#question").is_editable()
    await until_true(page, "performance.getEntriesByType('paint').length > 0")
    assert 10_000 < weight < LIMIT_BYTES


MATHS = {
    r"On $\alpha$-divergence": "On α-divergence",
    r"Learning $f(x^2)$ in $O(n^{2})$ time": "Learning f(x²) in O(n²) time",
    r"$k_{ij}$-nearest and $x_1$": "kᵢⱼ-nearest and x₁",
    r"Bounds in $\mathbb{R}^d$ for $\mathcal{L}_1$": "Bounds in ℝᵈ for L₁",
    r"$\frac{1}{2}$ of $\epsilon \le 10^{-3}$": "1/2 of ε ≤ 10⁻³",
    r"SO(3)^2 and \beta-VAE": "SO(3)² and β-VAE",
    "From $5 to $10 a day": "From $5 to $10 a day",
    r"$\unknown{x}$ stays, snake_case and 100\% too": r"\unknownx stays, snake_case and 100% too",
    "<b>$x$</b>": "<b>x</b>",
    "A plain title": "A plain title",
    "$": "$",
    "": "",
}


async def test_maths_in_titles_is_readable(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    titles = list(MATHS)
    script = """async (titles) => { const maths = await import('/static/page/maths.js');
        return titles.map(maths.readable); }"""
    assert dict(zip(titles, await page.evaluate(script, titles), strict=True)) == MATHS


async def test_odd_titles_take_no_time(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    odd = [
        "$" * 2000,
        "\\" * 2000,
        "^{" * 1000,
        "$\\frac{" * 300,
        "\\mathbb{" * 250,
        "a_" * 1000,
        "{" * 2000 + "$x$",
    ]
    script = """async (titles) => { const maths = await import('/static/page/maths.js');
        const start = performance.now();
        titles.forEach(maths.readable);
        return performance.now() - start; }"""
    assert await page.evaluate(script, odd) < 2_000


async def test_the_policy_holds_without_a_complaint(site: Site, open_page: OpenPage) -> None:
    page = await open_page(site)
    assert "unsafe" not in (await page.request.get("/")).headers["content-security-policy"]
    await ask(page, SIMCLR)
    assert await page.locator("[style], style, script:not([src])").count() == 0
