"""Reports: their ids, their keys, and those of a file; and the windows they have."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from metaconnect.constants import Storage
from metaconnect.errors import UsageError
from metaconnect.flows.sync_plan import plan
from metaconnect.flows.sync_rows import table_columns_of
from metaconnect.insights.grid import batches, day_at, windows
from metaconnect.insights.query import insights_query
from metaconnect.insights.reports import breakdown_key, report, reports_in
from metaconnect.models import TimeRange
from metaconnect.warehouse.base import Window
from metaconnect.warehouse.scale import scale_for


def a_report(since=None, days=28, **options):
    return report(query=insights_query(**options), since=since, days=days)


def test_an_id_is_of_what_makes_the_rows_and_for_ever_the_same():
    # Pinned: another id would begin every table anew.
    assert a_report().id == "44136fa355b3678a"
    assert a_report(level="ad", breakdowns="age").id == "c8b0795d78d6dd48"
    same = [
        a_report(fields="spend"),
        a_report(since="2026-01-01"),
    ]
    assert {each.id for each in same} == {a_report().id}
    assert a_report(breakdowns="age,gender").id == a_report(breakdowns="gender,age").id
    others = [
        a_report(level="ad"),
        a_report(time_increment=7),
        a_report(action_attribution_windows="1d_click"),
        a_report(filtering="campaign.name CONTAIN Sale"),
        a_report(action_breakdowns="action_device"),
    ]
    assert len({each.id for each in [*others, a_report()]}) == 6


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("time_increment", "all_days", "all_days"),
        ("limit", 5, "a limit cannot be kept"),
        ("sort", "spend_descending", "leave out the sort"),
        ("sort", "-purchases", "leave out the sort"),
        ("filtering", "spend > 5", "over all days that are asked for"),
    ],
)
def test_what_no_table_can_keep_is_refused(option, value, said):
    with pytest.raises(UsageError, match=said):
        a_report(**{option: value})


def test_a_key_is_sorted_and_has_an_asset_by_its_id():
    query = insights_query(breakdowns="image_asset,age")
    asset = {"id": "9", "url": "https://example.com/1.png?sig=new", "hash": "h"}

    key = breakdown_key(query, {"age": "18-24", "image_asset": asset})

    assert key == '{"age":"18-24","image_asset":"9"}'
    assert (
        breakdown_key(query, {"image_asset": None}) == '{"age":null,"image_asset":null}'
    )
    text = breakdown_key(
        insights_query(breakdowns="media_text_content"),
        {"media_text_content": "x" * 9000},
    )
    assert len(text) < 120


def test_reports_of_a_file():
    found = reports_in(
        {
            "daily": {"fields": ["spend", "purchases"]},
            "weekly ads": {
                "level": "ad",
                "increment": 7,
                "breakdowns": ["age"],
                "since": date(2026, 1, 5),
                "days": 35,
                "filtering": ["campaign.name CONTAIN Sale"],
            },
        }
    )

    assert [each.name for each in found] == ["daily", "weekly ads"]
    assert found[0].query.fields == ("spend", "purchases")
    assert (found[1].since, found[1].days) == (date(2026, 1, 5), 35)
    assert found[1].query.time_increment == "7"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"a": 1}, "no table"),
        ({"a": {"levels": "ad"}}, "unknown key 'levels'"),
        ({"a": {"level": "adds"}}, "A level is one of"),
        ({"a": {"since": "yesterday"}}, "no date"),
        ({"a": {"days": "28"}}, "no number"),
        ({"a": {"days": 0}}, "1 to 1099"),
        ({"a": {"fields": 3}}, "wrong type"),
        ({"a": {"increment": "all_days"}}, "all_days"),
        ({"../a": {}}, "cannot be the name"),
        ({"a": {"fields": "spend"}, "b": {}}, "'a' and 'b' are of the same rows"),
    ],
)
def test_a_wrong_report_is_said(table, said):
    with pytest.raises(UsageError, match=said.replace("no date", "not a date")):
        reports_in(table)


def span(since, until):
    return TimeRange(since=date.fromisoformat(since), until=date.fromisoformat(until))


@pytest.mark.parametrize(
    ("increment", "found"),
    [
        # Monday to Sunday, whichever the day that a range begins.
        ("7", ["2026-11-02 2026-11-08", "2026-11-09 2026-11-11"]),
        ("monthly", ["2026-11-01 2026-11-11"]),
        ("3", ["2026-11-01 2026-11-03", "2026-11-04 2026-11-06",
               "2026-11-07 2026-11-09", "2026-11-10 2026-11-11"]),
    ],
)  # fmt: skip
def test_windows_hang_on_the_calendar_and_end_with_the_range(increment, found):
    for first in ("2026-11-02", "2026-11-03"):
        got = windows(increment, span(first, "2026-11-11"))
        assert [f"{w.since} {w.until}" for w in got] == found


def test_windows_are_read_thirty_days_at_a_time_without_gaps():
    days = windows("1", span("2026-01-01", "2026-03-05"))
    groups = batches([*days[:40], *days[41:]])
    assert [len(group) for group in groups] == [30, 10, 23]
    assert [
        len(g) for g in batches(windows("90", span("2026-01-01", "2026-12-31")))
    ] == [1] * len(windows("90", span("2026-01-01", "2026-12-31")))


def test_today_is_that_of_the_ad_account():
    moment = datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert day_at(moment, "America/Los_Angeles") == date(2026, 11, 19)
    assert day_at(moment, "Asia/Tokyo") == date(2026, 11, 20)


TODAY = date(2026, 11, 20)


def seen(day, read_on, fields=("spend",)):
    read_at = datetime.combine(read_on, datetime.min.time(), UTC)
    return {
        day: Window(
            date_start=day, date_stop=day, fields=fields, row_count=1, read_at=read_at
        )
    }


def due(report, seen, fields=("spend",)):
    planned = plan(report, seen, fields=fields, timezone_name="UTC", today=TODAY)
    return [w.since for group in planned.batches for w in group], planned.lacking


def test_a_first_sync_reads_28_whole_days():
    days, _ = due(a_report(), {})
    assert (days[0], days[-1], len(days)) == (
        date(2026, 10, 23),
        date(2026, 11, 19),
        28,
    )


def test_only_what_may_change_is_read_again():
    before = seen(date(2026, 10, 1), TODAY) | seen(date(2026, 10, 2), date(2026, 10, 3))
    days, _ = due(a_report(), before)
    # The second was read when it was a day old; the days in between never.
    assert days[0] == date(2026, 10, 2)
    assert len(days) == 49

    everything = {d: w for day in days for d, w in seen(day, TODAY).items()}
    days, _ = due(a_report(days=3), before | everything)
    assert days == [date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19)]


def test_an_earlier_since_reads_what_lies_before():
    days, _ = due(a_report(since="2026-10-20"), seen(date(2026, 10, 22), TODAY))
    assert days[:3] == [date(2026, 10, 20), date(2026, 10, 21), date(2026, 10, 23)]


def test_a_new_field_is_read_for_older_days_only_when_asked():
    before = seen(date(2026, 10, 1), TODAY)
    fields = ("spend", "reach")

    days, lacking = due(a_report(days=1), before, fields)
    assert date(2026, 10, 1) not in days
    assert [w.since for w in lacking] == [date(2026, 10, 1)]

    days, lacking = due(a_report(days=1, since="2026-10-01"), before, fields)
    assert days[0] == date(2026, 10, 1)
    assert not lacking


def test_a_window_that_has_grown_is_due():
    week = Window(
        date_start=date(2026, 11, 16),
        date_stop=date(2026, 11, 18),
        fields=("spend",),
        row_count=1,
        read_at=datetime(2026, 11, 19, tzinfo=UTC),
    )
    days, _ = due(a_report(time_increment=7, days=1), {week.date_start: week})
    assert days == [date(2026, 11, 16)]


def test_columns_are_of_the_query():
    fields = "spend,clicks,account_id,date_start,purchases,roas,results,no_such_field"
    assert table_columns_of(a_report(fields=fields, breakdowns="age")) == {
        "age": Storage.TEXT,
        "spend": Storage.DECIMAL,
        "clicks": Storage.COUNT,
        "purchases": Storage.COUNT,
        "roas": Storage.DECIMAL,
        "results": Storage.JSON,
        "no_such_field": Storage.JSON,
    }


@pytest.mark.parametrize("name", ["actions:" + "x" * 60, "level", "actions:Lead"])
def test_a_column_that_no_table_has_twice_is_refused(name):
    with pytest.raises(UsageError, match="column"):
        table_columns_of(a_report(fields=["actions:lead", name]))


@pytest.mark.parametrize(
    ("values", "there", "needed"),
    [
        ([1, None, 2**62], None, None),
        ([2**63], None, 12),
        ([Decimal("1.5")], None, 12),
        ([Decimal("1.5")], 12, 12),
        ([Decimal("0.12345678901234567")], 12, 17),
        ([1, 2], 17, 17),
    ],
)
def test_a_column_of_duckdb_is_as_wide_as_its_values(values, there, needed):
    assert scale_for("cpm", values, there) == needed
