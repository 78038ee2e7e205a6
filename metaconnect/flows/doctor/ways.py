"""The ways in: how a connection can be made, by the mode that the app is in."""

from __future__ import annotations

from urllib.parse import urlsplit

from .finding import Finding, Program, fine

MADE_ELSEWHERE = "connect --token-stdin"
NO_HTTPS = f"only {MADE_ELSEWHERE}, until META_REDIRECT_URI is an https address"


async def check_ways(program: Program) -> list[Finding]:
    """
    Say what works in Development mode, and what in a Live app.

    Both are told, because the Graph API does not say which of them an app is in.
    """
    usual = program.settings.redirect_uri_for(paste=False)
    pasted = program.settings.redirect_uri_for(paste=True)
    listed = [f"connect --paste or --start ({pasted})"] if _is_https(pasted) else []
    # Plain http is for the name localhost, and for no other than this mode.
    # https://developers.facebook.com/blog/post/2018/06/08/enforce-https-facebook-login/
    local = [f"connect ({usual})"] if _is_http_localhost(usual) else []
    live = " or ".join([*listed, MADE_ELSEWHERE]) if listed else NO_HTTPS
    return [
        fine("ways in (Development)", " or ".join([*local, *listed, MADE_ELSEWHERE])),
        fine("ways in (Live)", live),
    ]


def _is_https(uri: str) -> bool:
    return urlsplit(uri).scheme == "https"


def _is_http_localhost(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname == "localhost"
