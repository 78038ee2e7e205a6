"""The ways in: how a connection can be made, by the mode that the app is in."""

from __future__ import annotations

from urllib.parse import urlsplit

from .finding import Finding, Program, fine

MADE_ELSEWHERE = "--token-stdin"


async def check_ways(program: Program) -> list[Finding]:
    """
    Say what works in Development mode, and what in a Live app.

    Both are told, because the Graph API does not say which of them an app is in.
    """
    usual = program.settings.redirect_uri_for(paste=False)
    pasted = program.settings.redirect_uri_for(paste=True)
    listed = [f"--paste or --start ({pasted})"] if _is_https(pasted) else []
    here = program.settings.redirect_uri_for(paste=False, https=True)
    if _is_https(here) and urlsplit(here).hostname == "localhost":
        listed.insert(0, f"--https ({here})")
    live = ", ".join([*listed, MADE_ELSEWHERE])
    # Plain http is for the name localhost, and for no other mode than this.
    # https://developers.facebook.com/blog/post/2018/06/08/enforce-https-facebook-login/
    local = ["plain connect"] if _is_http_localhost(usual) else []
    if _is_http_localhost(pasted):
        local.append("--paste or --start")
    return [
        fine("ways in (Development)", ", ".join([*local, *listed, MADE_ELSEWHERE])),
        fine("ways in (Live)", live),
    ]


def _is_https(uri: str) -> bool:
    return urlsplit(uri).scheme == "https"


def _is_http_localhost(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname == "localhost"
