"""
A redirection endpoint without a server: one static page that shows its own address.

Whoever logged in copies the address and hands it over, for
`metaconnect connect --complete`. The page loads nothing and sends nothing: its
policy allows its own style and script only.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError
from .pages import STYLE, content_source

NAME = "index.html"
OWN_STYLE = """
textarea { width: 100%; height: 8rem; margin-bottom: 1rem; padding: .5rem;
  font: .875rem/1.4 ui-monospace, Consolas, monospace; color: var(--ink);
  background: var(--page); border: 1px solid var(--line); border-radius: .375rem; }
button { width: 100%; min-height: 2.75rem; font: inherit; cursor: pointer;
  color: #fff; background: #0866ff; border: 0; border-radius: .375rem; }
[hidden] { display: none; }
"""
SCRIPT = """
const find = (id) => document.getElementById(id);
const answer = new URLSearchParams(location.search);
if (answer.has("state")) {
  find("address").value = location.href;
  find("nothing").hidden = true;
  find("answer").hidden = false;
}
find("copy").addEventListener("click", async () => {
  find("address").select();
  let copied = true;
  try {
    await navigator.clipboard.writeText(find("address").value);
  } catch {
    copied = document.execCommand("copy");
  }
  find("copy").textContent = copied ? "Copied" : "Press Ctrl+C";
});
"""
HTML = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Copy this address - metaconnect</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main class="received">
<div id="answer" hidden>
<h1>One more step</h1>
<p>Copy this address, and send it to whoever asked you to log in. Give it to nobody
else.</p>
<textarea id="address" readonly aria-label="The address to copy"></textarea>
<button id="copy" type="button">Copy</button>
</div>
<div id="nothing">
<h1>Nothing to copy yet</h1>
<p>Open the link that you were sent, and log in. You then come back to this page.</p>
<noscript><p>If you have just logged in, copy the address of this page from the
address bar instead.</p></noscript>
</div>
</main>
<script>{script}</script>
</body>
</html>
"""


def bounce_page() -> str:
    """Return the page."""
    style = STYLE + OWN_STYLE
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {content_source(style)}",
            f"script-src {content_source(SCRIPT)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return HTML.format(policy=policy, style=style, script=SCRIPT)


def write_bounce_page(folder: Path) -> Path:
    """Write the page into *folder*, over no other file, and return where it is."""
    path, page = folder / NAME, bounce_page().encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(page)
    except FileExistsError:
        if not path.is_file() or path.read_bytes() != page:
            raise UsageError(f"{path} is there already: nothing was written.") from None
    except OSError as exc:
        raise UsageError(f"{path} cannot be written: {exc.strerror}.") from exc
    return path
