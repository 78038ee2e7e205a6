"""
A pretend Meta for tests and demonstrations, on loopback only.

What it does not do comes first:

* no asynchronous reports (``POST …/insights``) and no batch requests;
* no breakdowns, filtering, sort, summary or time_ranges in Insights;
* no node but the person, ad accounts and their Insights: no campaigns, no ads,
  nothing is ever created or changed;
* no ``response_type=token``, no device login, no PKCE, no id_token;
* one app and one person; everything is forgotten when it stops;
* Insights knows all of Meta's field names, but has numbers for the common ones.

What it does: the Login dialog, the code exchange and the long-lived exchange,
debug_token, revocation, permissions, ad accounts on several pages, Insights
with numbers that agree with one another, and every error of Meta's that a
client has to stand, in Meta's words. It shares no code with the client.

Paths work with or without a version (``/v26.0/me``, ``/me``). Numbers, ids and
rows are the same at every call; "today" is the day of the sandbox's clock in
the time zone of the ad account.

Any error can be asked for in two ways:

* by ad account: Insights of ``act_900000000000190463`` always fail with
  code 190, subcode 463, and so on;
* through the side door: ``POST /_sandbox/next`` with
  ``{"path": "/oauth/access_token", "error": "36009", "times": 1}``.
  The path is without version, ``"*"`` is any; 0 times is until the reset.

The side door ``/_sandbox/``:

* ``GET  scenarios``  every error and switch with one line each
* ``POST next``       plan an error
* ``GET, POST switches``  ``{"auto_approve": true, "expires_in": "missing"}``
* ``POST tokens``     ``{"type": "SYSTEM_USER", "expires_in": null}``: a token at once
* ``GET, POST clock`` ``{"advance": 6000}``: seconds later
* ``GET  requests``   what was asked so far: methods, paths and names, no values
* ``POST reset``      as if just started
"""

from __future__ import annotations

from .app import create_app
from .state import Sandbox

# Each completes "It does not do: ...".
LIMITATIONS = (
    "asynchronous reports, batch requests",
    "breakdowns, filtering, sort, summary, time_ranges",
    "any node but the person and ad accounts; any change but to permissions",
    "any response_type but code; device login, PKCE, id_token",
    "a second app or person; remembering anything once it has stopped",
    "numbers for the rarer Insights fields, although it knows all their names",
)

__all__ = ["LIMITATIONS", "Sandbox", "create_app"]
