"""The HTML pages: self-contained, and marked as a sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
STYLE = Path(__file__).with_name("pages.css").read_text("utf-8")
SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | Sandbox</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<p class="banner"><strong>Sandbox.</strong>
This is a pretend Meta on your own machine. No real account is involved.</p>
<main>
{body}
</main>
</body>
</html>
"""
CONSENT = """<h1>Continue to <span id="app">{app}</span>?</h1>
<p class="who"><span class="face" aria-hidden="true">{initial}</span>
<span>Logged in as <strong id="user">{user}</strong></span></p>
<form method="post" action="{action}">
<input type="hidden" name="dialog" value="{dialog}">
<p>{app} would like to:</p>
<ul>
<li><label><input type="checkbox" name="scope" value="public_profile" checked disabled>
<span>See your name and profile picture<small>public_profile, required</small></span>
</label></li>
{permissions}
</ul>
<p class="buttons">
<button id="continue" name="answer" value="continue" class="main">Continue</button>
<button id="cancel" name="answer" value="cancel">Cancel</button>
</p>
</form>
<p class="fine">You will be sent back to <span id="redirect">{host}</span>.</p>
"""
PERMISSION = """<li><label><input type="checkbox" name="scope" value="{name}" checked>
<span>{text}<small>{name}</small></span></label></li>"""
PERMISSIONS = {
    "ads_read": "Access your ads and their stats",
    "ads_management": "Manage ads for ad accounts that you have access to",
    "business_management": "Manage your business",
    "read_insights": "Access the Insights of your Pages and apps",
    "pages_show_list": "Show a list of the Pages that you manage",
    "pages_read_engagement": "Read content posted on your Pages",
    "pages_manage_ads": "Manage ads for your Pages",
    "leads_retrieval": "Retrieve leads of your lead ads",
    "catalog_management": "Manage your product catalogs",
    "instagram_basic": "Access the profile of your Instagram account",
    "email": "See your email address",
}


def message_page(title: str, text: str) -> HTMLResponse:
    """Return an error page; the browser does not return to the app from it."""
    body = f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>"
    return _page(title, body)


def consent_page(
    *, app: str, user: str, dialog: str, action: str, host: str, asked: Iterable[str]
) -> HTMLResponse:
    """Return the consent dialog; each of *asked* can be unticked."""
    permissions = "\n".join(
        PERMISSION.format(name=escape(name), text=escape(PERMISSIONS[name]))
        for name in asked
    )
    body = CONSENT.format(
        app=escape(app),
        user=escape(user),
        initial=escape(user[:1]),
        dialog=escape(dialog),
        action=escape(action),
        host=escape(host),
        permissions=permissions,
    )
    return _page(f"Log in to {app}", body)


def _page(title: str, body: str) -> HTMLResponse:
    html = SHELL.format(title=escape(title), style=STYLE, body=body)
    return HTMLResponse(html, headers=HEADERS)
