"""The objects of an Insights query, and their numbers in a slice of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from .accounts import ZERO_DECIMAL
from .ads import ACTIVE, Ad, ads_of
from .breakdowns import ACTION_BREAKDOWNS, UNBROKEN, Cell, cut_cell
from .date_ranges import Days
from .metrics import Metrics, Part
from .query import IDENTITY, Query
from .slices import WINDOWS, Range, chances_of, cut
from .synthetic import Counts, counts_of, running_days, total

OBJECTIVES = {
    "shop": "OUTCOME_SALES",
    "leads": "OUTCOME_LEADS",
    "awareness": "OUTCOME_AWARENESS",
}
# What an ad did on a day, and where its roundings fall.
Drawn = tuple[Counts, tuple[int, ...]]


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


@lru_cache(maxsize=64)
def objects_of(query: Query) -> list[tuple[dict[str, str], list[Ad]]]:
    """Return what names each object of the level, and its ads."""
    ads = selected_ads(query)
    groups: dict[str, list[Ad]] = defaultdict(list)
    for ad in ads:
        object_id = "" if query.level == "account" else getattr(ad, f"{query.level}_id")
        groups[object_id].append(ad)
    return [(_named(query, group[0]), group) for group in groups.values()]


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


def measured(
    query: Query, objects: Iterable[Sequence[Ad]], days: Days, cells: Sequence[Cell]
) -> Iterator[tuple[int, Cell, Metrics]]:
    """Yield place, cell and numbers of the *objects* that did anything on *days*."""
    account = query.account
    whole = cells is UNBROKEN and not query.windows and not query.action_breakdown
    running = running_days(account, *days, query.today)
    for place, ads in enumerate(objects):
        drawn: list[Drawn] = [
            (counts_of(account, ad, day), () if whole else chances_of(ad, day))
            for day in running
            for ad in ads
        ]
        for cell in cells:
            counts = _sum(drawn, cell)
            if counts is not None:
                yield place, cell, _metrics(query, counts, drawn, cell)


def _metrics(query: Query, counts: Counts, drawn: list[Drawn], cell: Cell) -> Metrics:
    return Metrics(
        counts,
        minor=1 if query.account["currency"] in ZERO_DECIMAL else 100,
        kind=query.account["delivery"]["kind"],
        parts=list(_parts(query, counts, drawn, cell)),
        unique=query.unique,
    )


def _parts(
    query: Query, counts: Counts, drawn: list[Drawn], cell: Cell
) -> Iterator[Part]:
    """Yield what action lists are made of: the cell, or what it is cut into."""
    name = query.action_breakdown
    if not name:
        yield Part({}, counts, _windows(query, drawn, cell))
        return
    for part in cut_cell(cell, name, ACTION_BREAKDOWNS[name]):
        if cut_counts := _sum(drawn, part):
            yield Part(dict(part.keys[-1:]), cut_counts, _windows(query, drawn, part))


def _windows(query: Query, drawn: list[Drawn], cell: Cell) -> dict[str, Counts]:
    return {
        name: part
        for name in query.windows
        if name in WINDOWS
        if (part := _sum(drawn, cell, WINDOWS[name])) is not None
    }


def _sum(drawn: list[Drawn], cell: Cell, window: Range | None = None) -> Counts | None:
    if cell in UNBROKEN and window is None:
        return total(counts for counts, _ in drawn)
    return total(cut(counts, chances, cell, window) for counts, chances in drawn)
