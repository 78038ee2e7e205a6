"""
The pages of the loopback listener: static, without anything of the request.

None says "success": when they are sent, nothing is exchanged or saved yet.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5c626b; --page: #f0f2f5;
  --card: #fff; --line: #dddfe2; --accent: #b4690e; --received: #0866ff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6eb; --soft: #b0b3b8;
  --page: #18191a; --card: #242526; --line: #3e4042; --accent: #e0a458;
  --received: #5b9bff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; min-height: 100vh; min-height: 100svh; display: grid;
  place-items: center; background: var(--page); color: var(--ink);
  font: 1.125rem/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
main { width: 100%; max-width: 28rem; padding: 1.75rem; background: var(--card);
  border: 1px solid var(--line); border-top: .25rem solid var(--accent);
  border-radius: .75rem; text-wrap: balance; }
main.received { border-top-color: var(--received); }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1.5rem; }
small { color: var(--soft); font-size: .875rem; }
"""
# Removes the code from the address bar and the history.
SCRIPT = 'history.replaceState(null, "", location.pathname);'
HTML = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading} - metaconnect</title>
<link rel="icon" href="data:,">
<style>{style}</style>
<script>{script}</script>
</head>
<body>
<main class="{kind}">
<h1>{heading}</h1>
<p>{text}</p>
<small>metaconnect</small>
</main>
</body>
</html>
"""


def content_source(inline: str) -> str:
    """Return the CSP source of an inline element (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"


HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    (
        "Content-Security-Policy",
        "; ".join(
            (
                "default-src 'none'",
                f"style-src {content_source(STYLE)}",
                f"script-src {content_source(SCRIPT)}",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            )
        ),
    ),
    ("Connection", "close"),
)


@dataclass(frozen=True)
class Page:
    status: int
    heading: str
    text: str

    @property
    def body(self) -> bytes:
        return HTML.format(
            heading=self.heading,
            text=self.text,
            kind="received" if self.status == HTTPStatus.OK else "other",
            style=STYLE,
            script=SCRIPT,
        ).encode()


RECEIVED = Page(
    200,
    "Authorization received",
    "Go back to the terminal; you may close this tab.",
)
DENIED = Page(
    403,
    "No access was given",
    "Nothing was saved. The terminal says why; you may close this tab.",
)
NO_CODE = Page(
    400,
    "No authorization arrived",
    "Nothing was saved. The terminal says more; you may close this tab.",
)
NOT_OURS = Page(
    400,
    "Not the expected answer",
    "This address does not belong to the login in the terminal, or is no longer "
    "valid, and was ignored. Open the address that the terminal shows.",
)
ALREADY_RECEIVED = Page(
    409,
    "Already received",
    "This login was answered before. Go back to the terminal; you may close this tab.",
)
STARTING = Page(
    302,
    "Continuing to the login",
    "If nothing happens, open the long address of the terminal.",
)
STARTED_BEFORE = Page(
    410,
    "This address works once",
    "It was opened before and is no longer valid. Open the long address that the "
    "terminal shows.",
)
STOPPED = Page(
    410,
    "The login was stopped",
    "This address works once and was opened twice. Run the command in the terminal "
    "again.",
)
NOT_NAVIGATED = Page(
    403,
    "Not opened by you",
    "Another page or program led here. To log in, copy this address and paste it "
    "into the address bar of a new tab.",
)
OTHER_USER = Page(
    403,
    "Another user's login",
    "This address works only for the user who runs metaconnect. If the login is "
    "yours, open the long address, where the terminal shows one.",
)
NOT_READY = Page(
    503,
    "Not ready",
    "The terminal does not expect a login now. Try again in a moment.",
)
NOT_FOUND = Page(404, "Not found", "There is no page at this address.")
WRONG_HOST = Page(
    421, "Wrong host", "This address belongs to a login in a terminal on this machine."
)
WRONG_METHOD = Page(405, "Method not allowed", "Only GET requests are accepted.")
BAD_REQUEST = Page(400, "Bad request", "This request cannot be read.")
URI_TOO_LONG = Page(414, "Address too long", "This address is too long for a login.")
HEADERS_TOO_LARGE = Page(
    431, "Headers too large", "The headers of this request are too large."
)
