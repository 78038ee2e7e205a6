"""
A pretend Meta for tests and demonstrations, on loopback only.

Not supported:

* batch requests, exports of reports;
* the rarer breakdowns (supported are those of `breakdowns.COMBINATIONS`, and of
  action breakdowns action_type alone or with action_device or
  action_destination); ``summary`` (but ``default_summary`` is) and
  ``time_ranges``; filtering by anything but ids, names, statuses and plain
  numbers;
* any node but the user, ad accounts and their Insights: no campaigns, no ads,
  nothing is ever created or changed;
* ``response_type=token``, device login, PKCE, id_token;
* more than one app, one person and one system user; state is lost at the end;
* numbers for the rarer Insights fields, although all of Meta's names are known.

Supported: the Login dialog, the code exchange and the long-lived exchange,
debug_token, revocation, permissions, ad accounts on several pages, Insights
with numbers that agree with one another, asynchronous report runs, quotas, and
every error of Meta's that a client has to handle, in Meta's words. It shares no
code with the client.

Paths work with or without a version (``/v26.0/me``, ``/me``). Numbers, ids and
rows are the same at every call; "today" is the day of the sandbox's clock in
the time zone of the ad account. Every answer has the header
``x-metaconnect-sandbox``. Only the names of loopback are accepted as Host.

Any error can be asked for in two ways:

* by ad account: Insights of ``act_900000000000190463`` always fail with
  code 190, subcode 463, and so on;
* by plan: ``POST /_sandbox/next`` with
  ``{"path": "/oauth/access_token", "error": "36009", "times": 1}``.
  The path is without version, ``"*"`` is any; 0 times is until the reset.
  ``"method": "POST"`` is about that method only, and with ``"after": 3`` three
  such requests are answered first.

Ad accounts with unusual numbers are read by id, and listed only with the
switch ``special_accounts``:

* ``act_103000000000001``: deleted and archived objects. Their delivery is in
  the numbers of level account, and below only where filtering asks for it
  (``campaign.effective_status IN ["DELETED", "ARCHIVED"]``).
* ``act_103000000000002``: sales on days without spend.
* ``act_103000000000003``: JPY, with costs below one yen.
* ``act_103000000000004``: every action type twice in each list.
* ``act_103000000000005``: attribution windows without ``value``.
* ``act_103000000000006``: a lone surrogate, an exponent, text for a number.
* ``act_103000000000007`` to ``…010``: too many rows for one query, for a
  later page, for one page, and on a single day.
* ``act_103000000000011`` to ``…018``: report runs that fail, are skipped, stall,
  or say that they are complete too early; some of them only the first time.
* ``act_103000000000019``: a quota of 20 requests an hour.
* ``act_103000000000020`` to ``…022``: rows day by day, the newest day first, and
  in no order, which is the same at every call.
* ``act_103000000000023``, ``…024``: 14 hours ahead of UTC, 11 hours behind.
* ``act_103000000000025``: days without delivery, ads that run on some days.
* ``act_103000000000026``: opted in to the breakdowns that need it since
  2026-08-03 (impression_device, hourly by audience, frequency_value). In the
  others these are answered empty, without an error.
* ``act_103000000000027``: rows that are missing without a reason, of an ad and of
  a country.

In the other ad accounts nothing is deleted and every level agrees. What those
accounts do, the switches ask of all: ``query_rows``, ``report_endings``,
``row_order``, ``opted_in`` and others.

A report run (``POST …/insights``) is complete after ``report_polls`` polls, two
unless told otherwise, or after ``report_seconds`` of the sandbox's clock.
``report_endings`` are those of the runs of one query, in turn:
``failed,completed`` makes the first fail and the next one work.

With the switches ``quota`` (of each ad account) and ``app_quota`` the usage
headers rise with each request for Insights or a report run. Above 100 % the
answer is 80000/2446079 or 4/1504022, until ``quota_seconds`` of the sandbox's
clock have passed since the first request. A refused request counts too.

A Login for Business configuration (``config_id``) is any number. The token of
``200000000000001`` is a system user's and never expires, that of
``200000000000060`` is a system user's for 60 days; any other is the person's.

``/_sandbox/`` controls it; a POST needs ``Content-Type: application/json``:

* ``GET  scenarios``  every error, switch, special account and end of a report
* ``POST next``       plan an error
* ``GET, POST switches``  ``{"auto_approve": true, "expires_in": "missing"}``
* ``POST tokens``     ``{"type": "SYSTEM_USER", "expires_in": null}``: a token at once
* ``GET, POST clock`` ``{"advance": 6000}``: seconds later
* ``GET  requests``   the requests so far: methods, paths and names, no values
* ``POST reset``      as if just started
"""

from __future__ import annotations

from .app import create_app
from .state import Sandbox

# Each completes "It does not do: ...".
LIMITATIONS = (
    "batch requests, exports of reports",
    "the rarer breakdowns and action breakdowns, summary, time_ranges",
    "any node but the user and ad accounts; any change but to permissions",
    "any response_type but code; device login, PKCE, id_token",
    "a second app or person; keeping anything once it has stopped",
    "numbers for the rarer Insights fields, although it knows all their names",
)

__all__ = ["LIMITATIONS", "Sandbox", "create_app"]
