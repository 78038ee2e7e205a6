"""
The whole program without a terminal.

    async with AsyncMetaconnect() as meta:
        rows = await meta.insights("acme", "last_7d", level="campaign")

It never prints, asks, or touches signals: what a person should know goes to *notice*,
by default the logger "metaconnect". `metaconnect.Metaconnect` is the same without
`await`.
"""

from __future__ import annotations

from .connecting import Connecting
from .warehouse import Warehouse


class AsyncMetaconnect(Connecting, Warehouse):
    """
    Connections, their ad accounts and Insights, inside an event loop.

    *settings* default to those of the command line. Use it as an asynchronous
    context manager, or call `aclose`: it owns one pool of HTTP connections and one
    throttle, which waits at most *max_wait* seconds for a quota of Meta's before it
    raises RateLimited. Every method raises the errors of `metaconnect.errors`.
    """
