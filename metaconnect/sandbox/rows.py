"""The rows of a valid Insights query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from .accounts import ZERO_DECIMAL
from .date_ranges import Days
from .metrics import Metrics
from .query import IDENTITY, Query
from .quirks import QUIRKS
from .slices import UNBROKEN, WINDOWS, Cell, Range, chances_of, cut
from .synthetic import ACTIVE, Ad, Counts, ads_of, counts_of, running_days, total

OBJECTIVES = {
    "shop": "OUTCOME_SALES",
    "leads": "OUTCOME_LEADS",
    "awareness": "OUTCOME_AWARENESS",
}
Row = dict[str, Any]
# What an ad did on a day, and where its roundings fall.
Part = tuple[Counts, tuple[int, ...]]


class Found(NamedTuple):
    """A row before it is written: what names it, and its numbers."""

    texts: dict[str, str]
    cell: Cell
    metrics: Metrics


@lru_cache(maxsize=32)
def rows_of(query: Query) -> tuple[Row, ...]:
    """All rows, object by object, each in the order of its days, or as sorted."""
    by_metric = [each for each in query.filters if not each.kind]
    found: Iterator[Found] | list[Found] = _found(query)
    if by_metric:
        found = [
            row for row in found if all(f.takes_row(row.metrics) for f in by_metric)
        ]
    if order := query.sort:
        found = sorted(
            found,
            key=lambda row: order.key(row.texts, row.metrics),
            reverse=order.descending,
        )
    return tuple(_written(query, row) for row in found)


@lru_cache(maxsize=32)
def summary_of(query: Query) -> Row | None:
    """The one row that `default_summary` adds: all objects over all days."""
    days = query.date_ranges[0][0], query.date_ranges[-1][1]
    found = _measured(query, selected_ads(query), days, UNBROKEN)
    for cell, metrics in found:
        texts = {"date_start": days[0].isoformat(), "date_stop": days[1].isoformat()}
        return _written(query, Found(texts, cell, metrics))
    return None


def _found(query: Query) -> Iterator[Found]:
    for ads in _objects(query):
        named = _named(query, ads[0])
        for days in query.date_ranges:
            for cell, metrics in _measured(query, ads, days, query.cells):
                texts = {
                    **named,
                    "date_start": days[0].isoformat(),
                    "date_stop": days[1].isoformat(),
                }
                yield Found(texts, cell, metrics)


def _written(query: Query, found: Found) -> Row:
    texts, metrics = found.texts, found.metrics
    row: Row = {name: texts[name] for name in query.fields if name in texts}
    quirk = QUIRKS.get(query.account.get("quirk", ""))
    for name in query.fields:
        value = metrics.value(name)
        if value is not None:
            row[name] = quirk(name, value) if quirk else value
    row["date_start"], row["date_stop"] = texts["date_start"], texts["date_stop"]
    row.update(found.cell.keys)
    return row


def selected_ads(query: Query) -> list[Ad]:
    """
    Return the ads that count: all at level account, else those that still exist.

    A filter restricts to what exists too, unless it asks for other statuses.
    https://developers.facebook.com/docs/marketing-api/best-practices/storing_adobjects
    """
    by_object = [each for each in query.filters if each.kind]
    ads = [ad for ad in ads_of(query.account) if all(f.takes_ad(ad) for f in by_object)]
    if any(each.by_status for each in by_object):
        return ads
    level = query.level
    if level == "account":
        level = by_object[-1].kind if by_object else ""
    return [ad for ad in ads if not level or getattr(ad, f"{level}_status") == ACTIVE]


def _objects(query: Query) -> list[list[Ad]]:
    ads = selected_ads(query)
    if query.level == "account":
        return [ads] if ads else []
    groups: dict[str, list[Ad]] = defaultdict(list)
    for ad in ads:
        groups[getattr(ad, f"{query.level}_id")].append(ad)
    return list(groups.values())


def _named(query: Query, ad: Ad) -> dict[str, str]:
    account = query.account
    known = {
        "account_id": account["account_id"],
        "account_name": account["name"],
        "account_currency": account["currency"],
        "attribution_setting": "7d_click_1d_view",
    }
    for name in IDENTITY[query.level]:
        known[name] = getattr(ad, name)
    if query.level == "account":
        return {**known, "attribution_setting": "multiple"}
    objective = OBJECTIVES[account["delivery"]["kind"]]
    return {**known, "objective": objective, "buying_type": "AUCTION"}


def _measured(
    query: Query, ads: Sequence[Ad], days: Days, cells: Sequence[Cell]
) -> Iterator[tuple[Cell, Metrics]]:
    """Yield the numbers of *ads* over *days*, for each cell that has any."""
    account = query.account
    whole = cells is UNBROKEN and not query.windows
    parts: list[Part] = [
        (counts_of(account, ad, day), () if whole else chances_of(ad, day))
        for day in running_days(account, *days, query.today)
        for ad in ads
    ]
    for cell in cells:
        counts = _sum(parts, cell)
        if counts is not None:
            yield cell, _metrics(query, counts, parts, cell)


def _metrics(query: Query, counts: Counts, parts: list[Part], cell: Cell) -> Metrics:
    windows = {
        name: part
        for name in query.windows
        if name in WINDOWS
        if (part := _sum(parts, cell, WINDOWS[name])) is not None
    }
    return Metrics(
        counts,
        minor=1 if query.account["currency"] in ZERO_DECIMAL else 100,
        kind=query.account["delivery"]["kind"],
        windows=windows,
    )


def _sum(parts: list[Part], cell: Cell, window: Range | None = None) -> Counts | None:
    if cell in UNBROKEN and window is None:
        return total(counts for counts, _ in parts)
    return total(cut(counts, chances, cell, window) for counts, chances in parts)
