"""
Connect Meta ad accounts and read their Insights, from Python as from a shell.

    from metaconnect import fetch_meta_insights

    rows = fetch_meta_insights("acme", "act_1234567890", "last_7d")
"""

# First, and without a `from __future__`: that, too, is found on `sys.path`.
from . import _safe_path

if _safe_path.started_with_m():
    _safe_path.drop_working_folder()

from collections.abc import Iterable
from datetime import date
from typing import Any

from ._version import __version__
from .errors import MetaconnectError

__all__ = [
    "MetaconnectError",
    "__version__",
    "fetch_meta_insights",
    "fetch_meta_insights_async",
]


def fetch_meta_insights(
    client_id: str,
    ad_account_id: str,
    date_preset: str = "last_7d",
    **options: Any,
) -> list[dict[str, Any]]:
    """
    Return the Insights rows of a client's ad account.

    Takes what `fetch_meta_insights_async` takes, and waits for it.
    """
    import asyncio

    return asyncio.run(
        fetch_meta_insights_async(client_id, ad_account_id, date_preset, **options)
    )


async def fetch_meta_insights_async(
    client_id: str,
    ad_account_id: str,
    date_preset: str = "last_7d",
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    level: str = "account",
    time_increment: str | int = 1,
    fields: str | Iterable[str] | None = None,
    any_account: bool = False,
    raw: bool = False,
) -> list[dict[str, Any]]:
    """
    Return the Insights rows of a client's ad account.

    The token is looked up by client and ad account, in the store that the
    settings name (the environment, .env.local and .env, as on the command
    line). `date_preset` is Meta's; `since` and `until` (ISO dates, both
    inclusive) take its place. `time_increment` is 1 to 90 days, "monthly" or
    "all_days".

    The query alone decides the keys of a row. Money and ratios are Decimal
    with Meta's digits, counts are int, dates and ids str, action lists
    dictionaries by action type; a metric that Meta left out is None. `raw`
    leaves the rows as Meta sent them.

    Raises NotConnected where the client has no token, AdAccountNotFound where
    the ad account is not the client's chosen one (any_account=True allows
    every one that the token reaches), and what else `metaconnect.errors` has.
    """
    from .cli.api import fetch

    return await fetch(
        client_id,
        ad_account_id,
        date_preset=None if since or until else date_preset,
        since=since,
        until=until,
        level=level,
        time_increment=time_increment,
        fields=fields,
        any_account=any_account,
        raw=raw,
    )
