"""Write URLs; check redirect URIs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit


def with_query(url: str, params: Mapping[str, str]) -> str:
    """*url* with *params* added to the query that it may already have."""
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(params)]))
    return urlunsplit(parts._replace(query=query))


def redirect_uri_problem(uri: str, listed: Collection[str] = ()) -> str | None:
    """
    Return the page that Meta shows for a refused redirect URI, else None.

    Of the *listed* ones it must be one, letter for letter. With none, the app is
    in Development mode: http only for the name localhost, on any port; https
    anywhere, as if every such address were listed.
    https://developers.facebook.com/blog/post/2018/06/08/enforce-https-facebook-login/
    https://developers.facebook.com/docs/facebook-login/security#strict_mode
    """
    if listed and uri not in listed:
        return "page-url-blocked"
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "page-url-blocked"
    if not host or parts.fragment or parts.username or parts.password:
        return "page-url-blocked"
    if any(c <= " " or c > "~" for c in uri):
        return "page-url-blocked"
    if parts.scheme == "https" or (parts.scheme == "http" and host == "localhost"):
        return None
    return "page-url-blocked"
