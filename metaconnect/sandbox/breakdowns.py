"""
The breakdowns that the sandbox cuts by, and which of them go together.

https://developers.facebook.com/docs/marketing-api/insights/breakdowns
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

WHOLE = 10_000
HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
HOURLY_AUDIENCE = "hourly_stats_aggregated_by_audience_time_zone"
# Since 2026-08-03 answered empty, unless the ad account is opted in.
OPT_IN = {"impression_device", "frequency_value", HOURLY_AUDIENCE}


class Cell(NamedTuple):
    """One row of a breakdown: its keys, and its range of the whole."""

    keys: tuple[tuple[str, str], ...]
    lower: int
    upper: int


UNBROKEN = (Cell((), 0, WHOLE),)
Shares = Mapping[str, int]
_HOURS = {
    f"{hour:02d}:00:00 - {hour:02d}:59:59": share
    for hour, share in enumerate(
        (2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 6, 5, 5, 5, 5, 6, 6, 7, 7, 6, 4, 3)
    )
}
_DEVICES = {
    "android_smartphone": 44,
    "android_tablet": 3,
    "desktop": 12,
    "ipad": 4,
    "iphone": 36,
    "other": 1,
}
# Shares in percent; the order is that of the rows.
BREAKDOWNS: Mapping[str, Shares] = {
    "age": {"18-24": 12, "25-34": 31, "35-44": 27, "45-54": 17, "55-64": 9, "65+": 4},
    "gender": {"female": 52, "male": 45, "unknown": 3},
    "country": {"AT": 9, "CH": 11, "DE": 68, "US": 12},
    "region": {
        "Wien": 9,
        "Zürich": 11,
        "Baden-Württemberg": 22,
        "Berlin": 20,
        "Nordrhein-Westfalen": 26,
        "California": 12,
    },
    "publisher_platform": {
        "audience_network": 4,
        "facebook": 51,
        "instagram": 42,
        "messenger": 3,
    },
    "device_platform": {"desktop": 12, "mobile_app": 81, "mobile_web": 7},
    "impression_device": _DEVICES,
    "product_id": {
        "1001, Rain jacket": 38,
        "1002, Trail shoes": 29,
        "1003, Tent for two": 21,
        "1004, Wool socks": 12,
    },
    "frequency_value": {"1": 61, "2": 21, "3": 9, "4": 5, "5": 2, "6-10": 2},
    HOURLY: _HOURS,
    HOURLY_AUDIENCE: _HOURS,
}
# The positions of each publisher platform.
POSITIONS: Mapping[str, Shares] = {
    "audience_network": {"an_classic": 70, "rewarded_video": 30},
    "facebook": {
        "facebook_reels": 18,
        "facebook_stories": 9,
        "feed": 58,
        "marketplace": 8,
        "right_hand_column": 7,
    },
    "instagram": {
        "feed": 39,
        "instagram_explore": 6,
        "instagram_reels": 33,
        "instagram_stories": 22,
    },
    "messenger": {"messenger_stories": 100},
}
ACTION_BREAKDOWNS: Mapping[str, Shares] = {
    "action_device": _DEVICES,
    "action_destination": {"Page": 26, "shop.example": 74},
}
_ALONE = set(BREAKDOWNS) - {"impression_device"}
_PLACEMENTS = (("publisher_platform",), ("platform_position", "publisher_platform"))
_ON = ("device_platform", "impression_device")
# Sorted by name.
COMBINATIONS = {
    (),
    ("age", "gender"),
    _PLACEMENTS[1],
    *((name,) for name in _ALONE),
    *(tuple(sorted((device, *names))) for device in _ON for names in _PLACEMENTS),
}
SUPPORTED = {*BREAKDOWNS, "platform_position"}


def cells_of(names: tuple[str, ...]) -> tuple[Cell, ...]:
    """Return the cells of a valid combination of breakdowns."""
    if not names:
        return UNBROKEN
    # A position is one of its platform, so the platform comes before it.
    order = sorted(names, key=lambda name: name == "platform_position")
    return tuple(_cells(order, UNBROKEN[0]))


def _cells(names: list[str], within: Cell) -> Iterator[Cell]:
    if not names:
        yield within
        return
    for cell in cut_cell(within, names[0], _shares(names[0], dict(within.keys))):
        yield from _cells(names[1:], cell)


def _shares(name: str, above: Mapping[str, str]) -> Shares:
    if name == "platform_position":
        return POSITIONS[above["publisher_platform"]]
    return BREAKDOWNS[name]


def cut_cell(within: Cell, name: str, shares: Shares) -> Iterator[Cell]:
    """Cut a cell further; the parts fill it without gap or overlap."""
    size, done = within.upper - within.lower, 0
    for value, percent in shares.items():
        lower = within.lower + size * done // 100
        done += percent
        upper = within.lower + size * done // 100
        yield Cell((*within.keys, (name, value)), lower, upper)
