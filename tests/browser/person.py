"""A person at a browser: what they do, and what their browser saw meanwhile."""

from urllib.parse import urlsplit

TIMEOUT = 10_000  # milliseconds
# Chromium's own words about the page of a denial.
FORBIDDEN = "Failed to load resource: the server responded with a status of 403"


class Person:
    """One browser profile, with what it fetched and complained about."""

    def __init__(self, context):
        self.context = context
        self.fetched, self.complaints = [], []
        context.set_default_timeout(TIMEOUT)
        context.on("request", lambda request: self.fetched.append(request.url))
        context.on("console", lambda message: self.complaints.append(message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self._blank = [context.new_page()]  # while the command starts

    def open(self, address):
        """Open a tab there, and return it."""
        tab = self.blank()
        tab.goto(address)
        return tab

    def blank(self):
        return self._blank.pop() if self._blank else self.context.new_page()

    def places(self):
        """Return every host and port that was asked for something."""
        return {
            urlsplit(url).netloc for url in self.fetched if not url.startswith("data:")
        }


def press(tab, button):
    """Press a button of the consent page; the tab may go nowhere from there."""
    tab.evaluate("button => document.getElementById(button).click()", button)


def heading(tab):
    """Return the heading that follows the consent page: ours, or Chromium's."""
    tab.locator("#continue").wait_for(state="detached")
    return tab.locator("h1").inner_text()


def history(tab):
    """Return the addresses that the back button and the address bar know."""
    devtools = tab.context.new_cdp_session(tab)
    entries = devtools.send("Page.getNavigationHistory")["entries"]
    devtools.detach()
    return [entry["url"] for entry in entries]
