"""
Whether a request is a person's own navigation, by its Fetch Metadata.

https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

from email.message import Message

# `same-site` is missing on purpose: it means any other port of localhost.
ALLOWED = {
    "Sec-Fetch-Site": ("none", "same-origin"),
    "Sec-Fetch-Mode": ("navigate",),
    "Sec-Fetch-Dest": ("document",),
}
# https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Purpose
# and what older browsers send for a page that nobody has asked for yet.
SPECULATIVE = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def is_navigation(headers: Message) -> bool:
    """
    Whether a person opened the address in a tab.

    False where another site leads there, where a page embeds or fetches it,
    and for a prefetch. A header that is absent (scripts, old browsers) is no
    reason to refuse.
    """
    if any(name in headers for name in SPECULATIVE):
        return False
    return all(
        value.strip().lower() in allowed
        for name, allowed in ALLOWED.items()
        for value in headers.get_all(name, [])
    )
