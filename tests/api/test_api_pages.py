from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from api.routes.pages import STATIC

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


@pytest.mark.parametrize("path", [*PAGES, "/static/page/main.js", "/v1/papers", "/nosuch", "/openapi.json"])
async def test_every_response_carries_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


MODULES = sorted((STATIC / "page").glob("*.js"))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_puts_nothing_in_as_markup_and_makes_no_code(module: Path) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|srcdoc"
    assert not re.search(forbidden, module.read_text())


async def test_the_page_asks_for_every_module_at_once(client: httpx.AsyncClient) -> None:
    html = (await client.get("/")).text
    assert set(re.findall(r"/static/page/(\w+\.js)", html)) == {module.name for module in MODULES}


@pytest.mark.parametrize("page", PAGES)
async def test_files_are_sent_compressed(client: httpx.AsyncClient, page: str) -> None:
    html = (await client.get(page)).text
    for address in re.findall(r'"(/static/[^"]+\.(?:js|css))"', html):
        response = await client.get(address)
        assert len(response.content) < 500 or response.headers["content-encoding"] == "gzip", address
