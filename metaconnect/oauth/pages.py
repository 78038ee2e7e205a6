"""
The pages that a browser can end on: static, so nothing of a request is in them.

None says "success": when they are sent, nothing is exchanged or saved yet.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5c626b; --page: #f0f2f5;
  --card: #fff; --line: #dddfe2; --mark: #b4690e; --came: #0866ff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6eb; --soft: #b0b3b8;
  --page: #18191a; --card: #242526; --line: #3e4042; --mark: #e0a458;
  --came: #5b9bff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; min-height: 100vh; min-height: 100svh; display: grid;
  place-items: center; background: var(--page); color: var(--ink);
  font: 1.125rem/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
main { width: 100%; max-width: 28rem; padding: 1.75rem; background: var(--card);
  border: 1px solid var(--line); border-top: .25rem solid var(--mark);
  border-radius: .75rem; text-wrap: balance; }
main.came { border-top-color: var(--came); }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1.5rem; }
small { color: var(--soft); font-size: .875rem; }
"""
# The code must not stay in the address bar, nor in the history.
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


def _source(inline: str) -> str:
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
                f"style-src {_source(STYLE)}",
                f"script-src {_source(SCRIPT)}",
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
            kind="came" if self.status == HTTPStatus.OK else "else",
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
    "This is not the answer this terminal waits for, and it was ignored. "
    "Open the address that the terminal shows.",
)
ALREADY_RECEIVED = Page(
    409,
    "Already received",
    "This answer came before. Go back to the terminal; you may close this tab.",
)
STARTING = Page(
    302, "On to the login", "If nothing happens, open the long address of the terminal."
)
NOT_READY = Page(
    503, "Not ready", "The terminal waits for no answer now. Try again in a moment."
)
NOT_FOUND = Page(404, "Not found", "There is nothing here.")
WRONG_HOST = Page(
    421, "Wrong host", "This address belongs to a login in a terminal on this machine."
)
WRONG_METHOD = Page(405, "Method not allowed", "Only GET is answered here.")
BAD_REQUEST = Page(400, "Bad request", "This request cannot be read.")
URI_TOO_LONG = Page(414, "Address too long", "This address cannot be an answer.")
HEADERS_TOO_LARGE = Page(431, "Headers too large", "This request cannot be read.")
