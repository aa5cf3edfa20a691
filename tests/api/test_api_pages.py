from __future__ import annotations

import re

import httpx
import pytest

PAGES = ("/", "/docs")


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_and_all_it_loads_come_from_here(client: httpx.AsyncClient, page: str) -> None:
    html = (await client.get(page)).text
    loaded = re.findall(r"<(?:script|link)\b[^>]*\b(?:src|href)=\"([^\"]+)\"", html)
    assert len(loaded) >= 3
    for address in loaded:
        assert address.startswith("/static/")
        assert (await client.get(address)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_holds_no_inline_script_or_style(client: httpx.AsyncClient, page: str) -> None:
    html = (await client.get(page)).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", html)


@pytest.mark.parametrize("path", [*PAGES, "/static/page.js", "/v1/papers", "/nosuch", "/openapi.json"])
async def test_every_response_carries_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_the_page_puts_nothing_in_as_markup(client: httpx.AsyncClient) -> None:
    script = (await client.get("/static/page.js")).text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
