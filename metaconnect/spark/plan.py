"""What is read: the options, and the windows of each ad account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, cast

from pyspark.sql.datasource import (
    EqualTo,
    Filter,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
)

from ..errors import UsageError
from ..flows.insights import InsightsRequest
from ..flows.insights_many import CLIENT
from ..insights.dates import date_range, dated, today_in
from ..insights.query import InsightsOptions, InsightsQuery, insights_query
from ..insights.windows import may_split, stretches
from ..models import TimeRange

DATES: Final = ("date_start", "date_stop")
# A partition costs 0.3 s before its first row.
_SHORTEST: Final = 30  # days
_PARTITIONS: Final = 16
_DAY: Final = timedelta(days=1)
# Each worker has a part of the rows.
_SPARKS_OWN: Final = frozenset(("sort", "limit"))
_QUERY: Final = frozenset(InsightsOptions.__annotations__) - _SPARKS_OWN | {
    "date_preset"
}
_OWN: Final = frozenset(("clients", "all_accounts", "partitions"))


class Options(NamedTuple):
    """What `.option(…)` said."""

    query: InsightsQuery
    clients: tuple[str, ...] | None
    all_accounts: bool
    partitions: int


class Part(NamedTuple):
    """
    What a worker reads at a time; it looks the token up by the client.

    `timezone_name` is the ad account's, None where it is not known.
    """

    client_id: str
    ad_account_id: str
    timezone_name: str | None
    window: TimeRange


class Bounds(NamedTuple):
    """What rows are limited to, as filters said; None where they are not."""

    clients: frozenset[str] | None = None
    # By column of dates: the first and the last day that it may have.
    first: Mapping[str, date] = {}
    last: Mapping[str, date] = {}

    def narrowed(self, condition: Filter) -> Bounds:
        """Return the bounds with *condition*, where it is of a client or a date."""
        name, value = _compared(condition)
        if name == CLIENT and isinstance(condition, (EqualTo, In)):
            values = value if isinstance(condition, In) else (value,)
            clients = frozenset(map(str, values))
            return self._replace(clients=clients & (self.clients or clients))
        if name not in DATES or (day := _day(value)) is None:
            return self
        bounds = self
        if isinstance(condition, (EqualTo, GreaterThan, GreaterThanOrEqual)):
            known = self.first.get(name, day)
            bounds = bounds._replace(first={**self.first, name: max(day, known)})
        if isinstance(condition, (EqualTo, LessThan, LessThanOrEqual)):
            known = self.last.get(name, day)
            bounds = bounds._replace(last={**self.last, name: min(day, known)})
        return bounds

    def may_hold(self, unit: TimeRange) -> bool:
        """Whether a row of these dates may be wanted."""
        dates = {DATES[0]: unit.since, DATES[1]: unit.until}
        return all(
            self.first.get(name, day) <= day <= self.last.get(name, day)
            for name, day in dates.items()
        )


def options_of(given: Mapping[str, str]) -> Options:
    """Return what *given*, Spark's options, ask. Raises UsageError."""
    options = {name.lower(): value for name, value in given.items()}
    options.pop("path", None)
    if wrong := options.keys() & _SPARKS_OWN:
        raise UsageError(
            f"meta_insights has no option {', '.join(sorted(wrong))}: Spark sorts and "
            "limits what it has loaded.",
            hint="Call .sort(…) or .limit(…) on the data frame.",
        )
    if unknown := options.keys() - _QUERY - _OWN:
        raise UsageError(
            f"meta_insights has no option {', '.join(sorted(unknown))}.",
            hint=f"It has: {', '.join(sorted(_QUERY | _OWN))}.",
        )
    clients = options.pop("clients", None)
    all_accounts = options.pop("all_accounts", "false").lower() == "true"
    partitions = options.pop("partitions", str(_PARTITIONS))
    if not partitions.isdecimal() or int(partitions) < 1:
        raise UsageError(f"partitions is a number of at least 1, not {partitions!r}.")
    named = clients and tuple(name.strip() for name in clients.split(","))
    return Options(
        query=insights_query(**cast("InsightsOptions", options)),
        clients=named or None,
        all_accounts=all_accounts,
        partitions=int(partitions),
    )


def parts_of(request: InsightsRequest, bounds: Bounds, now: datetime) -> list[Part]:
    """
    Return the windows to read: whole units of the query, a month or more each, and all
    days in one where Meta chooses rows by their numbers. None begins after today: Meta
    would refuse it.

    Raises UsageError where the dates cannot be known, or asked for.
    """
    zone = request.timezone_name
    query = dated(request.query, zone, now)
    days = date_range(query, timezone_name=zone, now=now)
    if days is None:
        raise UsageError(
            f"The days of {query.date_preset} are not known for client "
            f"{request.connection.client_id!r}.",
            hint="Give the options since and until.",
        )
    wanted = list(_wanted(query, days, bounds))
    if wanted and not may_split(query):
        windows = [days]
    else:
        windows = [
            part for each in wanted for part in stretches(query, each, _SHORTEST)
        ]
    client_id, last = request.connection.client_id, today_in(zone, now) or days.until
    return [
        Part(client_id, request.ad_account_id, zone, window)
        for window in windows
        if window.since <= last
    ]


def _wanted(
    query: InsightsQuery, days: TimeRange, bounds: Bounds
) -> Iterator[TimeRange]:
    """Yield the stretches of whole units of *query* in which a row may be wanted."""
    begun: TimeRange | None = None
    for unit in stretches(query, days, 1):
        if bounds.may_hold(unit):
            begun = TimeRange(since=(begun or unit).since, until=unit.until)
        elif begun:
            yield begun
            begun = None
    if begun:
        yield begun


def _compared(condition: Filter) -> tuple[str, Any]:
    attribute = getattr(condition, "attribute", ("",))
    value = getattr(condition, "value", None)
    return attribute[0], value


def _day(value: object) -> date | None:
    """Return the date that *value* is: Sail has the number of days since 1970."""
    if isinstance(value, int):
        return date(1970, 1, 1) + value * _DAY
    return value if isinstance(value, date) else None
