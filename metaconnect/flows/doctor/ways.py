"""The ways in: how a connection can be made, by the mode that the app is in."""

from __future__ import annotations

from urllib.parse import urlsplit

from .finding import Finding, Program, fine

MADE_ELSEWHERE = "--token-stdin"
NO_HTTPS = f"only {MADE_ELSEWHERE} without an https redirect URI"


async def check_ways(program: Program) -> list[Finding]:
    """
    Say what works in Development mode, and what in a Live app.

    Both are told, because the Graph API does not say which of them an app is in.
    """
    usual = program.settings.redirect_uri_for(paste=False)
    pasted = program.settings.redirect_uri_for(paste=True)
    own = program.settings.redirect_uri_for(paste=False, https=True)
    listed = [f"--https ({own})"] if _is_localhost(own, "https") else []
    listed += [f"--paste or --start ({pasted})"] if _is_https(pasted) else []
    live = ", ".join([*listed, MADE_ELSEWHERE]) if listed else NO_HTTPS
    # Plain http is for the name localhost, and for no other mode than this.
    # https://developers.facebook.com/blog/post/2018/06/08/enforce-https-facebook-login/
    local = ["plain connect"] if _is_localhost(usual, "http") else []
    if _is_localhost(pasted, "http"):
        local.append("--paste or --start")
    return [
        fine("ways in (Development)", ", ".join([*local, *listed, MADE_ELSEWHERE])),
        fine("ways in (Live)", live),
    ]


def _is_https(uri: str) -> bool:
    return urlsplit(uri).scheme == "https"


def _is_localhost(uri: str, scheme: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == scheme and parts.hostname == "localhost"
