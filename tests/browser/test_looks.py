"""The pages at a desk and on a phone, by day and by night: readable everywhere."""

import re

import pytest

from metaconnect.oauth import pages

from .person import heading

DEVICES = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    },
}
LISTENER_PAGES = {
    name: page for name, page in vars(pages).items() if isinstance(page, pages.Page)
}
# WCAG 2.2, success criterion 1.4.3.
CONTRAST = 4.5
SMALLEST = 13  # CSS pixels
TEXTS = """() => [...document.querySelectorAll("body *")]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(e => {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    let under = e, back;
    do back = getComputedStyle(under).backgroundColor;
    while (back === "rgba(0, 0, 0, 0)" && (under = under.parentElement));
    return {text: e.textContent.trim(), ink: style.color, paper: back,
      size: parseFloat(style.fontSize), left: box.left, right: box.right};
  })"""


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("answer", ["continue", "cancel"])
def test_every_page_is_readable(connect, person, keep, device, answer):
    login = connect()
    tab = person(**DEVICES[device]).open(login.address)
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        keep(tab, f"consent-{device}-{theme}")
        assert_readable(tab, theme)
    tab.click(f"#{answer}")
    heading(tab)
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        keep(tab, f"{answer}-{device}-{theme}")
        assert_readable(tab, theme)
    login.end()


@pytest.mark.parametrize("device", DEVICES)
def test_every_page_of_the_listener_is_readable(person, keep, device):
    tab = person(**DEVICES[device]).blank()
    for name, page in LISTENER_PAGES.items():
        tab.set_content(page.body.decode())
        for theme in ("light", "dark"):
            tab.emulate_media(color_scheme=theme)
            keep(tab, f"listener-{name.lower()}-{device}-{theme}")
            assert_readable(tab, theme)


def assert_readable(tab, theme):
    width = tab.viewport_size["width"]
    assert tab.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [
        width,
        width,
    ]
    texts = tab.evaluate(TEXTS)
    assert len(texts) >= 3
    for each in texts:
        ink, paper = luminance(each["ink"]), luminance(each["paper"])
        low, high = sorted((ink, paper))
        assert (high + 0.05) / (low + 0.05) >= CONTRAST, each
        assert each["size"] >= SMALLEST, each
        assert 0 <= each["left"] < each["right"] <= width, each
    page = luminance(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (page < 0.1) == (theme == "dark")


def luminance(color):
    """Return the relative luminance of `rgb(r, g, b)`, by WCAG's formula."""
    shares = [int(part) / 255 for part in re.findall(r"\d+", color)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
