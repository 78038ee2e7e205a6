"""What every place holds: windows as Meta has them now, and what was restated."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from metaconnect.errors import ConfigError, MetaconnectError, ServiceUnavailable
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.warehouse.project import ProjectTarget
from metaconnect.warehouse.reading import answer

from .conftest import FIELDS, NOON, Kept, Place, day, row

SPEND = "select entity_id, spend from meta_insights order by date_start, entity_id"


def test_a_row_comes_back_with_every_digit(place, kept):
    big = Decimal("45134892.090000000001")
    kept.put(
        [1], row(1, spend=big, impressions=2**40, actions={"a.b": Decimal("1.10")})
    )

    (found,) = place.rows(
        "select campaign_name, adset_name, ad_name, spend, impressions, actions, cpm, "
        "reach, currency, level, report, breakdown_key, date_start from meta_insights"
    )
    assert found == (
        "Sale „50 %“\t\\N\n'x'",
        None,
        "",
        big,
        2**40,
        {"a.b": Decimal("1.10")},
        Decimal("10.200000000001"),
        None,
        "EUR",
        "ad",
        "ad",
        "{}",
        "2026-11-01",
    )


def test_a_window_is_replaced_and_what_vanished_is_gone(place, kept):
    kept.put([1, 2], row(1), row(1, "8"), row(2))

    kept.put([1, 2], row(1, spend=Decimal("11.2")))

    assert place.rows(SPEND) == [("7", Decimal("11.2"))]


def test_other_days_and_other_reports_stay(place, target, kept):
    kept.put([1, 2], row(1), row(2))
    other = Kept(place, target, breakdowns="age")
    other.put([2], row(2, age="18-24"), row(2, age="25-34"))

    kept.put([2])

    assert place.rows(
        "select date_start, breakdown_key from meta_insights order by 1,2"
    ) == [
        ("2026-11-01", "{}"),
        ("2026-11-02", '{"age":"18-24"}'),
        ("2026-11-02", '{"age":"25-34"}'),
    ]


def test_what_meta_restates_is_told_and_kept(place, kept):
    assert kept.put([1], row(1), row(1, "8")) == []

    changes = kept.put(
        [1],
        row(1, spend=Decimal("10.2"), impressions=1001, reach=900),
        row(1, "9", actions={}),
    )

    assert sorted(changes, key=str) == [
        ("7", "impressions", "1000", "1001"),
        ("7", "reach", None, "900"),
        ("8", "actions:link_click", "12", None),
        ("8", "actions:omni_purchase", "2", None),
        ("8", "cpm", "10.200000000001", None),
        ("8", "impressions", "1000", None),
        ("8", "spend", "10.2", None),
        ("9", "cpm", None, "10.200000000001"),
        ("9", "impressions", None, "1000"),
        ("9", "spend", None, "10.2"),
    ]
    told = place.rows(
        "select entity_id, metric, old_value, new_value from meta_insights_changes"
    )
    assert sorted(told, key=str) == sorted(changes, key=str)


def test_an_action_list_is_compared_entry_by_entry(place, target):
    kept = Kept(place, target, action_attribution_windows="1d_view,7d_click")
    first = {"purchase": {"1d_view": 1, "7d_click": 2}, "lead": {"7d_click": 1}}
    kept.put([1], row(1, actions=first))

    second = {"purchase": {"1d_view": 1, "7d_click": 3}}
    assert sorted(kept.put([1], row(1, actions=second))) == [
        ("7", "actions:lead:7d_click", "1", None),
        ("7", "actions:purchase:7d_click", "2", "3"),
    ]


def test_a_new_field_is_a_new_column_and_no_restatement(place, target, kept):
    kept.put([1, 2], row(1), row(2))

    wider = Kept(place, target, fields=f"{FIELDS},inline_link_clicks")
    assert wider.report.id == kept.report.id
    assert wider.put([2], row(2, inline_link_clicks=3)) == []

    column = "inline_link_clicks"
    if place.name == "supabase":  # nobody makes columns through the Data API
        column = f"(more->>'{column}')::int"
    assert place.rows(f"select {column} from meta_insights order by date_start") == [
        (None,),
        (3,),
    ]


def test_a_field_without_a_column_is_kept_and_compared(place, target):
    kept = Kept(place, target, fields="spend,social_spend,video_play_actions")
    values = {"social_spend": Decimal("1.5"), "video_play_actions": {"video_view": 4}}
    kept.put([1], row(1, **values))

    restated = kept.put([1], row(1, **values | {"social_spend": Decimal("1.75")}))

    assert restated == [("7", "social_spend", "1.5", "1.75")]


def test_windows_are_noted_with_their_rows(kept):
    kept.put([1, 2], row(1), row(1, "8"))

    windows = kept.windows()
    assert [(w.date_start, w.date_stop, w.row_count) for w in windows.values()] == [
        (day(1), day(1), 2),
        (day(2), day(2), 0),
    ]
    assert windows[day(1)].read_at == NOON
    assert "spend" in windows[day(1)].fields


def test_a_count_that_meta_estimated_keeps_its_fraction(place, kept):
    kept.put([1], row(1))

    kept.put([2], row(2, impressions=Decimal("12.5")))

    found = place.rows("select impressions from meta_insights order by date_start")
    assert found == [(1000,), (Decimal("12.5"),)]


def test_more_decimals_than_before_are_kept(place, kept):
    kept.put([1], row(1))

    cpm = Decimal("0.12345678901234567890")
    kept.put([2], row(2, cpm=cpm))

    found = place.rows("select cpm from meta_insights order by date_start")
    assert found == [(Decimal("10.200000000001"),), (cpm,)]


def test_a_window_that_fails_is_left_as_it_was(place, kept):
    kept.put([1], row(1))
    bad = row(1, spend=Decimal("1E+39")) if place.name == "duckdb" else row(1, ad="8")
    if place.name != "duckdb":
        bad["spend"] = "no number"

    with pytest.raises(MetaconnectError):
        kept.put([1], bad)

    assert place.rows(SPEND) == [("7", Decimal("10.2"))]
    assert kept.windows()[day(1)].row_count == 1


def test_a_report_takes_its_new_name_everywhere(place, target, kept):
    kept.put([1, 2], row(1), row(2))
    kept.report = type(kept.report)(name="ads", query=kept.report.query)

    kept.put([2], row(2), read_at=NOON + timedelta(days=1))

    assert place.rows("select distinct report from meta_insights") == [("ads",)]


def test_two_rows_of_one_key_are_one_or_an_error(place, kept):
    kept.put([1], row(1), row(1))
    assert len(place.rows(SPEND)) == 1

    with pytest.raises(ServiceUnavailable, match="two different rows"):
        kept.put([1], row(1), row(1, impressions=4))


def test_names_of_columns_may_be_anything(place, target):
    name = 'actions:100%_"off"'
    kept = Kept(place, target, fields=["spend", name])

    kept.put([1], row(1, **{name: 3}))

    assert kept.put([1], row(1, **{name: 4})) == [("7", name, "3", "4")]


def in_project(stack, client, bearer):
    """The project's table as whoever has *bearer* sees it."""
    key = stack.secret_key if bearer is None else stack.publishable_key
    project = SupabaseProject(stack.url, key)
    query = partial(answer, stack.dsn)
    return Place(
        "supabase", client, lambda: ProjectTarget(project, lambda: bearer or key), query
    )


@pytest.mark.parametrize("id_type", ["uuid", "bigint"])
def test_an_owner_keeps_rows_in_the_project_and_an_editor_does_not(make_stack, id_type):
    stack = make_stack(id_type=id_type)
    owner, editor = (stack.add_user(f"{n}@example.com") for n in ("owner", "editor"))
    client = stack.add_client("Acme", owner)
    stack.add_member(client, editor, "editor")
    place = in_project(stack, client, stack.access_token(owner))
    kept = Kept(place, place.open())
    kept.put([1], row(1))
    assert kept.put([1], row(1, impressions=5)) == [("7", "impressions", "1000", "5")]

    other = in_project(stack, client, stack.access_token(editor))
    with pytest.raises(ConfigError, match="Only an owner of client"):
        Kept(other, other.open()).put([1])

    assert place.rows(SPEND) == [("7", Decimal("10.2"))]
    assert place.rows("select row_count from meta_insights_windows") == [(1,)]


def test_a_column_that_somebody_added_to_the_project_is_filled(make_stack):
    stack = make_stack(id_type="text")
    client = stack.add_client("Acme", stack.add_user("owner@example.com"))
    place = in_project(stack, client, None)
    kept = Kept(place, place.open(), fields="spend,social_spend")
    kept.put([1], row(1, social_spend=Decimal("1.50")))
    stack.ddl("alter table meta_insights add column social_spend numeric")
    try:
        restated = kept.put([1], row(1, social_spend=Decimal("1.75")))
        found = place.rows("select social_spend, more from meta_insights")
    finally:
        stack.ddl("alter table meta_insights drop column social_spend")

    assert restated == [("7", "social_spend", "1.5", "1.75")]
    assert found == [(Decimal("1.75"), {})]
