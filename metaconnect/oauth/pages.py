"""
The pages that a browser can end on: static, so nothing of a request is in them.

None says "success": when they are sent, nothing is exchanged or saved yet.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  font: 1.125rem/1.5 system-ui, sans-serif; background: #f6f7f9; color: #1c1e21; }
main { box-sizing: border-box; width: 100%; max-width: 30rem; padding: 2rem; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 .75rem; }
small { opacity: .7; }
@media (prefers-color-scheme: dark) {
  body { background: #18191a; color: #e4e6eb; }
}
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
<main>
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
            heading=self.heading, text=self.text, style=STYLE, script=SCRIPT
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
