"""The consent page in a real browser."""

import shutil
from urllib.parse import urlencode

import pytest

from .conftest import ALL

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="no Playwright: pip install playwright"
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium; install it with: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser, server):
    """The dialog on a phone; what it answers ends at the sandbox itself."""
    query = {
        "client_id": server.app_id,
        "redirect_uri": f"{server.url}/_sandbox/scenarios",
        "state": "STATE",
        "scope": ",".join(ALL),
    }
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.fetched, page.complaints = [], []
    page.on("request", lambda request: page.fetched.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(f"{server.url}/v26.0/dialog/oauth?{urlencode(query)}")
    yield page
    page.close()


def test_a_person_unticks_a_permission_and_continues(page, sandbox):
    page.uncheck("input[name=scope][value=ads_management]")
    page.click("#continue")
    page.wait_for_url("**/_sandbox/scenarios?code=*&state=STATE#_=_")
    assert sandbox.permissions == {
        "public_profile": "granted",
        "ads_read": "granted",
        "business_management": "granted",
        "ads_management": "declined",
    }


def test_a_person_cancels(page):
    page.click("#cancel")
    page.wait_for_url("**/_sandbox/scenarios?error=access_denied&*")


def test_enter_means_continue(page):
    page.focus("input[name=scope][value=ads_read]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/_sandbox/scenarios?code=*")


def test_the_page_fits_a_phone_and_fetches_nothing_else(page):
    assert page.is_disabled("input[name=scope][value=public_profile]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in ("#continue", "#cancel"):
        assert page.locator(button).bounding_box()["height"] >= 44
    loaded = [url for url in page.fetched if not url.startswith("data:")]
    assert len(loaded) == 1
    assert page.complaints == []
