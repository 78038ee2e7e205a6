"""How a query is cut into windows: pure functions of dates and numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metaconnect.constants import Level
from metaconnect.insights.estimate import Estimate
from metaconnect.insights.filters import Filter
from metaconnect.insights.windows import (
    MOST_PAGES,
    may_split,
    pages_and_units,
    rows_a_unit,
    units_of,
)
from metaconnect.models import Order, TimeRange

from .samples import query

DAY = timedelta(days=1)
NOVEMBER = TimeRange(since=date(2026, 11, 1), until=date(2026, 11, 30))
NAMED = Filter(field="campaign.name", operator="CONTAIN", value="Sale")
SPENT = Filter(field="spend", operator="GREATER_THAN", value=50)

ranges = st.builds(
    lambda since, length: TimeRange(since=since, until=since + length * DAY),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.integers(0, 500),
)
increments = st.sampled_from(["1", "2", "7", "30", "90", "monthly"])


def days_of(window):
    return [
        window.since + n * DAY for n in range((window.until - window.since).days + 1)
    ]


@pytest.mark.parametrize(
    ("options", "splits"),
    [
        ({}, True),
        ({"time_increment": "monthly", "breakdowns": ("age",)}, True),
        ({"filtering": (NAMED,)}, True),
        ({"filtering": (NAMED, SPENT)}, False),
        ({"sort": ("spend_descending",)}, False),
        ({"time_increment": "all_days"}, False),
        ({"limit": 700}, False),
        ({"limit": 700, "order": (Order(column="roas", descending=True),)}, True),
    ],
)
def test_a_query_splits_where_no_number_changes(options, splits):
    assert may_split(query(level=Level.ad, **options)) is splits


@given(days=ranges, increment=increments, cut=st.data())
def test_windows_have_every_day_once_and_begin_where_a_row_begins(days, increment, cut):
    units = units_of(query(time_increment=increment), days)
    windows, first = [], 0
    while first < len(units):
        count = cut.draw(st.integers(1, len(units) - first))
        windows.append(units.window(first, count))
        first += count

    assert [day for w in windows for day in days_of(w)] == days_of(days)
    for window in windows[1:]:
        if increment == "monthly":
            assert window.since.day == 1
        else:
            assert (window.since - days.since).days % int(increment) == 0


@pytest.mark.parametrize(
    ("increment", "count", "first", "last"),
    [
        ("1", 30, NOVEMBER.since, NOVEMBER.until),
        ("7", 5, date(2026, 11, 1), date(2026, 11, 7)),
        ("30", 1, NOVEMBER.since, NOVEMBER.until),
        ("90", 1, NOVEMBER.since, NOVEMBER.until),
        ("monthly", 1, NOVEMBER.since, NOVEMBER.until),
    ],
)
def test_a_unit_has_one_row_of_each_object(increment, count, first, last):
    units = units_of(query(time_increment=increment), NOVEMBER)

    assert len(units) == count
    assert units.window(0, count) == NOVEMBER
    if increment == "7":
        assert units.window(0, 1) == TimeRange(since=first, until=last)


@pytest.mark.parametrize(
    ("rows", "pages", "units"),
    [
        (200, 2, 5),  # 5 days are exactly two pages; 2 days would waste a fifth
        (100, 1, 5),
        (500, 1, 1),
        (300, 2, 3),
        (260, 3, 5),
        (400, 4, 5),
        (700, 3, 2),
        (1000, 2, 1),
        (5000, MOST_PAGES, 1),
        (0.5, 1, 1000),
    ],
)
def test_a_window_fills_whole_pages(rows, pages, units):
    assert pages_and_units(rows, 500) == (pages, units)


@given(rows=st.integers(1, 2000), limit=st.sampled_from([25, 100, 500]))
def test_a_window_has_no_page_for_a_few_rows(rows, limit):
    pages, units = pages_and_units(rows, limit)

    assert units >= 1
    if rows <= MOST_PAGES * limit:
        assert units * rows <= pages * limit
        assert pages * limit - units * rows < max(rows, limit / 3)


def dated(*counts, step=1):
    return [
        {"date_start": (NOVEMBER.since + n * step * DAY).isoformat()}
        for n, count in enumerate(counts)
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (dated(10, 12, 3), 12),  # the third day goes on
        (dated(500), 500),
        (dated(10, 12, 30), 12),
        (dated(*[10] * 30), None),  # all days, and yet more rows come
        (dated(10, 2) + dated(10), None),  # not by date
        (dated(*[1] * 20), None),  # as well one object's days before another's
        ([{}], None),
        ([], None),
    ],
)
def test_the_first_page_says_how_many_rows_a_day_has(rows, found):
    assert rows_a_unit(rows, units_of(query(), NOVEMBER)) == found


def test_neighbours_say_how_long_the_next_window_is():
    estimate = Estimate(90, least=5, known=200)
    assert estimate.window(500) == (2, 5)
    for _ in range(4):
        estimate.learn(5, [[{}] * 500])
    assert estimate.window(500) == (1, 5)
    estimate.learn_longer(5, [[{}] * 500] * 3)
    assert estimate.window(500) == (4, 3)


def test_what_was_too_much_is_not_asked_for_again_until_less_has_gone_well():
    estimate = Estimate(90, least=1, known=10)

    estimate.learn_too_much(10)
    assert estimate.window(500)[1] == 5
    for _ in range(7):
        estimate.learn(5, [[{}] * 50])
    assert estimate.window(500)[1] == 5
    estimate.learn(5, [[{}] * 50])
    assert estimate.window(500)[1] == 6
