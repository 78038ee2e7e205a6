"""Meta: whether it answers, accepts the app, and agrees on time and version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from ...constants import SERVED_UNTIL, ServedUntil
from ...errors import ConfigError, Unavailable
from ...graph.client import Probe
from ...graph.tokens import probe_app
from ...models import MetaApp, MetaHost
from ...redact import clean
from ..clients import note_on_host
from .finding import Finding, Program, fine, problem, skipped, warning

MOST_SKEW = timedelta(minutes=5)
SET_CLOCK = "Set this machine's clock: logins, sessions and expiry dates depend on it."
ENDS_SOON = timedelta(days=90)
SET_VERSION = "Set META_API_VERSION to a version that Meta still serves."
SET_NEWER = "Set META_API_VERSION to a newer version, or update metaconnect."
UNSET_HOST = "To use Meta itself, unset META_GRAPH_URL and META_DIALOG_URL."


async def check_meta(program: Program) -> list[Finding]:
    """Ask for a token of the app itself, keep nothing, and read the headers."""
    host, graph = program.settings.meta_host, program.graph
    app, unset = _app(program)
    try:
        probe = await (probe_app(graph, app) if app else graph.probe("GET", "/me"))
    except Unavailable as error:
        names = [*([] if unset else ["Meta app"]), "clock", "API version"]
        untested = [skipped(name, "not tested: Meta gave no answer") for name in names]
        return [*unset, problem("Meta", error), *untested]
    return [
        *(unset or [_app_finding(app, probe)]),
        _host(host),
        _clock(probe.headers, program.now()),
        _version(probe.headers, host, program.now()),
    ]


def _app(program: Program) -> tuple[MetaApp | None, list[Finding]]:
    """Return the app, or why there is none to ask about."""
    try:
        return program.app, []
    except ConfigError as error:
        return None, [problem("Meta app", error)]


def _app_finding(app: MetaApp | None, probe: Probe) -> Finding:
    if probe.error is not None:
        return problem("Meta app", probe.error)
    number = app.app_id if app else ""
    return fine("Meta app", f"Meta accepts the id {number} with its secret")


def _host(host: MetaHost) -> Finding:
    if notes := note_on_host(host):
        return warning("Meta", notes[0], UNSET_HOST)
    return fine("Meta", f"{host.graph_url} answers")


def _clock(headers: Mapping[str, str], now: datetime) -> Finding:
    try:
        there = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return skipped("clock", "not tested: Meta's answer has no date")
    # RFC 9110, section 5.6.7: an HTTP date without a zone is UTC too.
    there = there if there.tzinfo else there.replace(tzinfo=UTC)
    skew = now - there
    if abs(skew) <= MOST_SKEW:
        return fine("clock", "agrees with Meta's")
    minutes = round(abs(skew) / timedelta(minutes=1))
    where = "ahead of" if skew > timedelta() else "behind"
    return warning("clock", f"{minutes} minutes {where} Meta's", SET_CLOCK)


def _version(headers: Mapping[str, str], host: MetaHost, now: datetime) -> Finding:
    served = clean(headers.get("facebook-api-version"))
    if not served:
        return skipped("API version", "not tested: Meta's answer does not say")
    if served != host.version:
        found = f"asked for {host.version}, and Meta answered as {served}"
        return warning("API version", found, SET_VERSION)
    ends = SERVED_UNTIL.get(served, ServedUntil(None, None))
    found = f"{served}, as asked; {_served(ends, now.date())}"
    first = min((day for day in ends if day), default=date.max)
    if first - now.date() <= ENDS_SOON:
        return warning("API version", found, SET_NEWER)
    return fine("API version", found)


def _served(ends: ServedUntil, today: date) -> str:
    """Say until when Meta serves a version, in both of its calendars."""
    if not any(ends):
        return "no expiry date is known"
    parts = (("logins", ends.graph), ("Insights", ends.marketing))
    return ", ".join(f"{what} {_until(day, today)}" for what, day in parts)


def _until(day: date | None, today: date) -> str:
    if day is None:
        return "without a known date"
    return f"until {day}" if day > today else f"not since {day}"
