"""A query that is too large for Meta is asked in parts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from metaconnect.errors import TooMuchData
from metaconnect.insights.fetch import fetch_insights
from metaconnect.insights.halves import halves
from metaconnect.models import TimeRange

from .samples import query

TWO_WEEKS = TimeRange(since=date(2026, 11, 1), until=date(2026, 11, 14))


class SmallMeta:
    """A Graph API that answers for at most so many days at a time."""

    def __init__(self, days, after=None):
        self.days = days
        self.cursor = after
        self.asked = []
        self.notice = self.asked.append

    async def get(self, path, token, /, **params):
        if path == "/act_1":
            return {"timezone_name": "UTC"}
        if "time_range" not in params or params.get("after"):
            raise TooMuchData("Please reduce the amount of data")
        given = params["time_range"]
        since, until = (date.fromisoformat(given[key]) for key in ("since", "until"))
        count = (until - since).days + 1
        if count > self.days:
            raise TooMuchData("Please reduce the amount of data")
        days = [(since + timedelta(n)).isoformat() for n in range(count)]
        body = {"data": [{"date_start": day} for day in days]}
        if self.cursor:
            body["paging"] = {"next": "x", "cursors": {"after": self.cursor}}
        return body


async def days_fetched(meta, token, **options):
    pages = fetch_insights(meta, token, "act_1", query("spend", **options))
    return [row["date_start"] async for page in pages for row in page]


def all_days(days):
    count = (days.until - days.since).days + 1
    return [(days.since + timedelta(n)).isoformat() for n in range(count)]


@pytest.mark.anyio
async def test_the_halves_bring_every_day_once(token):
    found = await days_fetched(SmallMeta(3), token, time_range=TWO_WEEKS)

    assert found == all_days(TWO_WEEKS)


@pytest.mark.anyio
async def test_a_preset_is_halved_in_the_ad_accounts_time_zone(token):
    found = await days_fetched(SmallMeta(5), token, date_preset="last_14d")

    assert len(set(found)) == len(found) == 14


@pytest.mark.anyio
@pytest.mark.parametrize(
    "options",
    [
        {"time_range": TWO_WEEKS, "time_increment": "all_days"},
        {"time_range": TWO_WEEKS, "sort": ("spend_descending",)},
        {"date_preset": "maximum"},
    ],
)
async def test_what_has_no_halves_is_refused(token, options):
    with pytest.raises(TooMuchData):
        await days_fetched(SmallMeta(3), token, **options)


@pytest.mark.anyio
async def test_one_day_is_not_halved(token):
    with pytest.raises(TooMuchData):
        await days_fetched(SmallMeta(0), token, time_range=TWO_WEEKS)


@pytest.mark.anyio
async def test_rows_that_are_out_are_not_asked_for_again(token):
    with pytest.raises(TooMuchData):
        await days_fetched(SmallMeta(14, after="MQZD"), token, time_range=TWO_WEEKS)


@pytest.mark.parametrize(
    ("increment", "until", "middle"),
    [
        ("monthly", "2026-12-02", "2026-12-01"),
        ("1", "2026-11-14", "2026-11-08"),
        ("1", "2026-11-02", "2026-11-02"),
        ("1", "2026-11-01", None),
        ("3", "2026-11-14", "2026-11-07"),
        ("7", "2026-11-14", "2026-11-08"),
        ("14", "2026-11-14", None),
        ("monthly", "2026-11-30", None),
        ("monthly", "2027-02-10", "2026-12-01"),
        ("all_days", "2027-02-10", None),
    ],
)
def test_the_second_half_begins_where_a_row_begins(increment, until, middle):
    days = TimeRange(since=date(2026, 11, 1), until=date.fromisoformat(until))

    found = halves(query(time_increment=increment, breakdowns=("age",)), days)

    if middle is None:
        assert found == ()
    else:
        first, second = found
        assert second.time_range.since == date.fromisoformat(middle)
        assert second.time_range.until == days.until
        assert first.time_range.since == days.since
        assert first.time_range.until == second.time_range.since - timedelta(1)
        assert first.breakdowns == second.breakdowns == ("age",)
