"""What a table of Insights shows: the facts that its rows alone do not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from ..constants import Level
from ..models import Column, Row, TimeRange
from .dates import date_range
from .query import InsightsQuery
from .schema import DATES, columns
from .totals import total_fields

CURRENCY: Final = "account_currency"
ATTRIBUTION: Final = "attribution_setting"
_ALL_CLICKS: Final = ("clicks", "ctr", "cpc")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What rows cover and are measured in; None where it is not known."""

    level: Level
    dates: TimeRange | None = None
    timezone_name: str | None = None
    attribution: str | None = None
    currency: str | None = None


def table_fields(query: InsightsQuery) -> tuple[str, ...]:
    """Return the fields to ask for along with *query*, for caption and totals."""
    names = (CURRENCY, ATTRIBUTION, "spend", *total_fields(columns(query)))
    return tuple(dict.fromkeys(names))


def facts(
    query: InsightsQuery,
    rows: Sequence[Row],
    *,
    timezone_name: str | None = None,
    currency: str | None = None,
    now: datetime,
) -> Facts:
    """
    Return the facts of *rows*, fetched with `table_fields` along.

    *currency* and *timezone_name* are the ad account's where they are known;
    the rows know the currency too.
    """
    covered = date_range(query, timezone_name=timezone_name, now=now)
    return Facts(
        level=query.level,
        dates=covered or _dates_in(rows),
        timezone_name=timezone_name,
        attribution=_attribution(query, rows),
        currency=_only(rows, CURRENCY) or currency,
    )


def legend(shown: Iterable[Column]) -> str:
    """Return the line that says what the clicks of *shown* are, or nothing."""
    names = [column.name for column in shown if column.name in _ALL_CLICKS]
    if not names:
        return ""
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    verb = "counts" if len(names) == 1 else "count"
    return f"{listed} {verb} all clicks, not only those on links."


def _attribution(query: InsightsQuery, rows: Sequence[Row]) -> str | None:
    if query.action_attribution_windows:
        return ", ".join(query.action_attribution_windows)
    return _only(rows, ATTRIBUTION)


def _only(rows: Sequence[Row], name: str) -> str | None:
    """Return the one text that *rows* have under *name*; several are "multiple"."""
    found = {row[name] for row in rows if isinstance(row.get(name), str)}
    return "multiple" if len(found) > 1 else next(iter(found), None)


def _dates_in(rows: Sequence[Row]) -> TimeRange | None:
    try:
        days = [[date.fromisoformat(row[name]) for row in rows] for name in DATES]
    except (KeyError, TypeError, ValueError):
        return None
    if not rows:
        return None
    return TimeRange(since=min(days[0]), until=max(days[1]))
