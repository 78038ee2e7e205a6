"""
Connect Meta ad accounts and read their Insights, from Python as from a shell.

    from metaconnect import fetch_meta_insights

    rows = fetch_meta_insights("acme", "act_1234567890", "last_7d")
"""

# First, and without a `from __future__`: that, too, is found on `sys.path`.
from . import _safe_path

if _safe_path.started_with_m():
    _safe_path.drop_working_folder()

from typing import TYPE_CHECKING, Unpack

from ._version import __version__
from .errors import MetaconnectError

if TYPE_CHECKING:  # loaded when they are asked for: the command line starts without
    from .api import AsyncMetaconnect
    from .blocking import Metaconnect
    from .insights.plain import Numbers
    from .insights.query import InsightsOptions, InsightsQuery
    from .models import Row

__all__ = [
    "AsyncMetaconnect",
    "InsightsQuery",
    "Metaconnect",
    "MetaconnectError",
    "__version__",
    "fetch_meta_insights",
    "fetch_meta_insights_async",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    homes = {
        "AsyncMetaconnect": ".api",
        "InsightsQuery": ".insights.query",
        "Metaconnect": ".blocking",
    }
    if name not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(homes[name], __name__), name)


def fetch_meta_insights(
    client_id: str,
    ad_account_id: str,
    date_preset: str | None = None,
    *,
    any_account: bool = False,
    raw: bool = False,
    numbers: "Numbers" = "decimal",
    **options: "Unpack[InsightsOptions]",
) -> "list[Row]":
    """
    Return the Insights rows of a client's ad account.

    Takes what `fetch_meta_insights_async` takes, and waits for it; also where an
    event loop runs already.
    """
    from functools import partial

    from anyio.from_thread import start_blocking_portal

    fetch = partial(
        fetch_meta_insights_async,
        client_id,
        ad_account_id,
        date_preset,
        any_account=any_account,
        raw=raw,
        numbers=numbers,
        **options,
    )
    with start_blocking_portal() as portal:
        return portal.call(fetch)


async def fetch_meta_insights_async(
    client_id: str,
    ad_account_id: str,
    date_preset: str | None = None,
    *,
    any_account: bool = False,
    raw: bool = False,
    numbers: "Numbers" = "decimal",
    **options: "Unpack[InsightsOptions]",
) -> "list[Row]":
    """
    Return the Insights rows of a client's ad account.

    The token is looked up by client and ad account, in the store that the settings
    name (the environment, .env.local and .env, as on the command line).
    `date_preset` is Meta's, last_7d where nothing is said; `since` and `until` (ISO
    dates, both inclusive) take its place. The other options are those of
    `metaconnect.insights.query.insights_query`.

    The query alone decides the keys of a row. Money and ratios are Decimal with
    Meta's digits, counts are int, dates and ids str, action lists dictionaries by
    action type; a metric that Meta left out is None. `raw` leaves the rows as Meta
    sent them.

    Raises NotConnected where the client has no token, AdAccountNotFound where the
    ad account is not the client's chosen one (any_account=True allows every one that
    the token reaches), and what else `metaconnect.errors` has.
    """
    from .api import AsyncMetaconnect
    from .flows.accounts import require_chosen
    from .flows.insights import InsightsRequest
    from .insights.plain import plain_rows
    from .insights.query import insights_query
    from .models import normal_ad_account_id

    query = insights_query(date_preset, **options)
    wanted = normal_ad_account_id(ad_account_id)
    async with AsyncMetaconnect() as meta:
        connection = await meta.connection_to_read(client_id)
        if not any_account:
            require_chosen(connection, wanted)
        request = InsightsRequest(
            connection=connection, ad_account_id=wanted, query=query
        )
        return plain_rows(await meta.rows(request, raw=raw), numbers)
