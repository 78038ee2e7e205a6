"""The page of `init --bounce-page` in Chromium, hosted as the redirect URI."""

import http.server
import threading
from functools import partial

import pytest

from ..cli.shell import only_json


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


@pytest.fixture
def hosted(shell, tmp_path):
    """The address at which the page is served."""
    folder = tmp_path / "public"
    done = shell.run("init", "--bounce-page", folder)
    assert done.returncode == 0, done.stderr
    serve = partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(
        viewport={"width": 360, "height": 640},
        permissions=["clipboard-read", "clipboard-write"],
    )
    tab = context.new_page()
    tab.fetched, tab.complaints = [], []
    tab.on("request", lambda request: tab.fetched.append(request.url))
    tab.on("console", lambda message: tab.complaints.append(message.text))
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    yield tab
    context.close()


def test_what_it_copies_completes_the_login(tab, hosted, shell, keep):
    start = ("connect", "--client", "acme", "--start")
    login = only_json(shell.run(*start, META_REDIRECT_URI=hosted).stdout)
    tab.goto(login["url"])
    tab.click("#continue")
    tab.wait_for_url(f"{hosted}?code=*")
    keep(tab, "bounce")
    tab.click("#copy")
    tab.wait_for_selector("text=Copied")
    copied = tab.evaluate("navigator.clipboard.readText()")

    assert copied == tab.input_value("#address") == tab.url
    complete = ("connect", "--client", "acme", "--complete", "-")
    done = shell.run(*complete, stdin=copied)
    assert done.returncode == 0, done.stderr
    assert tab.complaints == []


def test_it_loads_nothing_and_fits_a_phone(tab, hosted):
    tab.goto(f"{hosted}?code={'A' * 300}&state={'b' * 43}#_=_")

    assert [url for url in tab.fetched if not url.startswith("data:")] == [
        tab.url.partition("#")[0]
    ]
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.locator("#copy").bounding_box()["height"] >= 44
    assert tab.complaints == []


def test_a_script_of_the_address_is_only_text(tab, hosted):
    tab.goto(f"{hosted}?state=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")

    assert tab.input_value("#address") == tab.url
    assert tab.locator("img").count() == 0


def test_nothing_can_leave_it(tab, hosted):
    tab.goto(f"{hosted}?code=a&state=b")
    sent = tab.evaluate("fetch('/elsewhere').then(() => 'sent', () => 'refused')")

    assert sent == "refused"
    assert f"{hosted}elsewhere" not in tab.fetched


def test_without_an_answer_there_is_nothing_to_copy(tab, hosted):
    tab.goto(hosted)

    assert tab.is_visible("text=Nothing to copy yet")
    assert not tab.is_visible("#copy")


def test_a_denial_is_to_be_copied_too(tab, hosted):
    tab.goto(f"{hosted}?error=access_denied&state=b")

    assert tab.is_visible("#copy")
