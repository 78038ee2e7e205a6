"""The columns of the rows that answer a query: the query alone decides them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from ..constants import DEFAULT_FIELDS, FieldKind, Level
from ..models import Column, Row
from .fields import kind_of, unit_of
from .picks import pick_of
from .query import InsightsQuery

DATES: Final = ("date_start", "date_stop")
# Meta's Insights have no time zone; the ad account has, under this name.
TIMEZONE: Final = "timezone_name"

_CAMPAIGN = ("campaign_id", "campaign_name")
_ADSET = (*_CAMPAIGN, "adset_id", "adset_name")
_IDENTITY: Mapping[Level, tuple[str, ...]] = {
    Level.account: (),
    Level.campaign: _CAMPAIGN,
    Level.adset: _ADSET,
    Level.ad: (*_ADSET, "ad_id", "ad_name"),
}
# The default query on a terminal: action lists would not fit.
_IN_ANY_CASE: Final = ("spend", "impressions", "clicks", "ctr", "cpc", "cpm")
_WHERE_ANY: Final = (
    "purchases",
    "cost_per_purchase",
    "roas",
    "leads",
    "link_clicks",
)
TABLE_FIELDS: Final = (*_IN_ANY_CASE, *_WHERE_ANY)


def column_names(query: InsightsQuery) -> tuple[str, ...]:
    """Return the keys of every row that answers *query*, in order."""
    identity = (*DATES, *_IDENTITY[query.level], *query.breakdowns)
    return tuple(dict.fromkeys((*identity, *query.fields)))


def columns(query: InsightsQuery, *, currency: str | None = None) -> tuple[Column, ...]:
    """
    Return the columns of every row that answers *query*.

    *currency* is the ad account's: the unit of money and costs.
    """
    return tuple(column(name, query, currency) for name in column_names(query))


def column(name: str, query: InsightsQuery, currency: str | None = None) -> Column:
    """Return what the values of one column of *query* are."""
    pick = pick_of(name)
    kind = pick.kind if pick else kind_in(query, name)
    unit = unit_of(pick.source if pick else name)
    if kind.is_money or (kind is FieldKind.OBJECTS and name.startswith("cost_per")):
        unit = currency or ""
    return Column(name=name, kind=kind, unit=unit)


def kind_in(query: InsightsQuery, name: str) -> FieldKind:
    """Return the kind of a field, a breakdown or the time zone in *query*."""
    if name == TIMEZONE or name in query.breakdowns:
        return FieldKind.TEXT
    return kind_of(name)


def requested_fields(
    query: InsightsQuery, extra_fields: Iterable[str] = ()
) -> tuple[str, ...]:
    """
    Return what to ask Meta for, so that every column can be filled.

    Meta sends dates and breakdowns without being asked, and refuses them as
    fields.
    """
    names = (*column_names(query), *extra_fields)
    unasked = {*DATES, TIMEZONE, *query.breakdowns}
    picks = {name: pick_of(name) for name in names}
    sources = (pick.source if pick else name for name, pick in picks.items())
    return tuple(dict.fromkeys(name for name in sources if name not in unasked))


def requested_windows(
    query: InsightsQuery, extra_fields: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the attribution windows to ask for, those of single columns too."""
    picks = (pick_of(name) for name in (*query.fields, *extra_fields))
    windows = (pick.window for pick in picks if pick and pick.window != "value")
    return tuple(dict.fromkeys((*query.action_attribution_windows, *windows)))


def table_query(query: InsightsQuery) -> InsightsQuery:
    """Return *query* as a terminal asks it: the default has columns for people."""
    if query.fields == DEFAULT_FIELDS:
        return replace(query, fields=TABLE_FIELDS)
    return query


def table_columns(
    query: InsightsQuery, rows: Sequence[Row], *, currency: str | None = None
) -> tuple[Column, ...]:
    """
    Return the columns that a terminal shows of *rows*, the answer to *query*.

    Of a default query (see `table_query`), what was bought or wanted has a
    column only where a row has any.
    """
    shown = columns(query, currency=currency)
    if query.fields[: len(TABLE_FIELDS)] != TABLE_FIELDS:
        return shown
    return tuple(
        column
        for column in shown
        if column.name not in _WHERE_ANY or any(row.get(column.name) for row in rows)
    )


def merged_columns(*several: Sequence[Column]) -> tuple[Column, ...]:
    """
    Return all columns that any of *several* has, in an order that is that of each.

    Money of several currencies has no unit.
    """
    found: list[Column] = []
    for columns in several:
        place = 0
        for column in columns:
            names = [other.name for other in found]
            if column.name not in names:
                found.insert(place, column)
            else:
                place = names.index(column.name)
                if found[place].unit != column.unit:
                    found[place] = replace(column, unit="")
            place += 1
    return tuple(found)
