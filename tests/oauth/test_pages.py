from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser

import pytest

from metaconnect.oauth import pages
from metaconnect.oauth.pages import Page

from .conftest import Login
from .wire import callback

PAGES = [page for page in vars(pages).values() if isinstance(page, Page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.heading)
def test_no_page_says_success_or_needs_anything_from_elsewhere(page):
    html = page.body.decode()

    assert "success" not in html.lower()
    assert "metaconnect" in html
    assert not re.search(r"https?:|//|url\(|@import", html)
    assert 'name="viewport"' in html
    HTMLParser().feed(html)


def test_the_pages_for_a_person_differ():
    assert len({page.body for page in PAGES}) == len(PAGES)
    assert "Authorization received" in pages.RECEIVED.heading
    assert "Go back to the terminal; you may close this tab." in pages.RECEIVED.text
    assert "Nothing was saved" in pages.DENIED.text


@pytest.mark.anyio
@pytest.mark.parametrize("target", ["/", "/callback?state=wrong", "/x"])
async def test_every_answer_carries_the_same_strict_headers(login: Login, target):
    headers = (await login.get(target)).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Connection"] == "close"
    assert headers["Server"] == "metaconnect"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@pytest.mark.anyio
async def test_the_query_leaves_the_address_bar(login: Login):
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium: apt-get install chromium")
    playwright = pytest.importorskip(
        "playwright.async_api", reason="no Playwright: pip install playwright"
    )
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        page = await browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        base = f"http://localhost:{login.port}"
        await page.goto(f"{base}{callback(code='CODE', state=login.state)}#_=_")

        assert page.url == f"{base}/callback"
        font = await page.evaluate("getComputedStyle(document.body).display")
        assert font == "grid"  # the style is let in by its hash
        assert complaints == []
        assert [url for url in requests if not url.startswith("data:")] == requests[:1]
        await browser.close()
    assert (await login.response())["code"] == "CODE"
