"""
A person's browser for `$BROWSER`: goes to the consent page and answers it.

    browser.py ANSWER URL, where ANSWER is continue, cancel, untick=PERMISSION,
    follow (where there is nothing to press), or a file's name: then the URL is
    written there for somebody else to open.
"""

import re
import ssl
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    build_opener,
)


class StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


# Whoever is warned of an unknown certificate goes on.
goes_on = HTTPSHandler(context=ssl._create_unverified_context())
http = build_opener(ProxyHandler({}), goes_on)
http_here = build_opener(ProxyHandler({}), StayHere)


def redirection(url, wanted="continue"):
    """Answer the consent page, and return where Meta then sends the browser."""
    with http.open(url, timeout=10) as page:
        text, here = page.read().decode(), page.url
    assert "<form" in text, f"no consent page: {text}"
    action = re.search(r'<form method="post" action="([^"]+)"', text)[1]
    dialog = re.search(r'name="dialog" value="([^"]+)"', text)[1]
    scopes = re.findall(r'name="scope" value="([^"]+)" checked>', text)
    button = "cancel" if wanted == "cancel" else "continue"
    left_out = wanted.removeprefix("untick=").split("+")
    fields = [("dialog", dialog), ("answer", button)]
    fields += [("scope", scope) for scope in scopes if scope not in left_out]
    try:
        http_here.open(urljoin(here, action), urlencode(fields).encode(), timeout=10)
    except HTTPError as answer:
        with answer:
            return answer.headers["location"]
    raise AssertionError("the dialog did not redirect")


def answer(url, wanted="continue"):
    """Answer the consent page, follow, and return the page at the end."""
    address = redirection(url, wanted).partition("#")[0]
    try:
        with http.open(address, timeout=10) as page:
            return page.read().decode()
    except HTTPError as page:
        with page:
            return page.read().decode()


if __name__ == "__main__":
    wanted, url = sys.argv[1:]
    if "/" in wanted:
        Path(wanted).with_suffix(".part").write_text(url)
        Path(wanted).with_suffix(".part").rename(wanted)
    elif wanted == "follow":
        http.open(url, timeout=10).close()
    else:
        print("a browser that talks on stdout")
        answer(url, wanted)
