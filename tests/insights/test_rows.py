"""Meta's rows in normal form."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.constants import Level
from metaconnect.insights.rows import row_reader

from .samples import RAW, actions, query


def test_the_row_of_the_default_query_is_the_one_of_the_contract():
    row = row_reader(query())(RAW)

    assert repr(row) == repr(
        {
            "date_start": "2026-11-16",
            "date_stop": "2026-11-16",
            "spend": Decimal("2778.21"),
            "impressions": 45046,
            "actions": {"link_click": 210, "omni_purchase": 11},
            "roas": Decimal("0.307921"),
            "cpc": Decimal("13.229571"),
            "ctr": Decimal("0.466190"),
            "cpm": Decimal("61.674954"),
            "clicks": 210,
            "conversions": {},
        }
    )


def test_a_row_with_nothing_in_it_has_the_same_shape():
    empty = row_reader(query())({})

    assert tuple(empty) == tuple(row_reader(query())(RAW))
    assert [empty[name] for name in ("spend", "clicks", "roas")] == [None] * 3
    assert empty["actions"] == {}


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        ("clicks", "007", 7),
        ("clicks", 7, 7),
        ("clicks", "7.5", Decimal("7.5")),
        ("clicks", "", None),
        ("clicks", None, None),
        ("clicks", "-3", -3),
        ("clicks", "12.0", 12),
        ("clicks", "-0.5", Decimal("-0.5")),
        ("clicks", "1.2e3", 1200),
        ("clicks", "1e39", 10**39),
        ("clicks", Decimal("12.0"), 12),
        ("reach", "12", 12),
        ("spend", "0", Decimal(0)),
        ("spend", "10.50", Decimal("10.50")),
        ("spend", Decimal("274.030"), Decimal("274.030")),
        ("spend", 274, Decimal(274)),
        ("spend", 0.1, Decimal("0.1")),
        ("spend", "4.20E-05", Decimal("4.20E-05")),
        ("spend", "1E+3", Decimal("1E+3")),
        ("ctr", "0.466190", Decimal("0.466190")),
        ("quality_ranking", "UNKNOWN", "UNKNOWN"),
        ("campaign_name", "", None),
        ("campaign_id", "120245452617390604", "120245452617390604"),
        ("campaign_id", 120245452617390604, "120245452617390604"),
        ("not_known_yet", "12.50", Decimal("12.50")),
        ("not_known_yet", "12", 12),
        ("not_known_yet", "007", "007"),
        ("not_known_yet", "120245452617390604", "120245452617390604"),
        ("not_known_yet", "2026-11-16", "2026-11-16"),
        ("not_known_yet", "", None),
        ("not_known_yet", [{"value": "3"}], [{"value": 3}]),
        ("not_known_id", "12", "12"),
        ("not_known_name", "12", "12"),
        ("results", [{"indicator": "x"}], [{"indicator": "x"}]),
        ("results", None, None),
        ("actions", None, {}),
        ("unique_actions", [{"action_type": "a", "value": "7.0"}], {"a": 7}),
        ("actions", [{"action_type": "a", "value": "0.5"}], {"a": Decimal("0.5")}),
        ("actions", [{"action_type": "a"}], {"a": None}),
        ("action_values", [{"action_type": "a", "value": "7"}], {"a": Decimal(7)}),
        ("purchase_roas", [{"action_type": "a", "value": "7"}], {"a": Decimal(7)}),
        ("cost_per_action_type", [{"action_type": "a", "value": 7}], {"a": Decimal(7)}),
    ],
)
def test_a_value_is_read_by_the_kind_of_its_field(field, raw, expected):
    value = row_reader(query(field))({field: raw})[field]

    assert repr(value) == repr(expected)


UNREADABLE = [
    ("clicks", "UNKNOWN", None),
    ("clicks", "١٢", None),
    ("clicks", True, None),
    ("clicks", "1_000", None),
    ("clicks", "9" * 5000, None),
    ("clicks", [], None),
    ("spend", "9" * 5000, None),
    ("spend", "1,50", None),
    ("spend", "NaN", None),
    ("spend", "Infinity", None),
    ("spend", "1e999999999", None),
    ("spend", "1e-99", None),
    ("spend", Decimal("1e999999"), None),
    ("spend", Decimal("NaN"), None),
    ("spend", {}, None),
    ("actions", "x", {}),
    ("actions", {"a": 1}, {}),
    ("actions", [None, {"action_type": "a", "value": "1"}], {"a": 1}),
    ("actions", [{}], {}),
    ("actions", [{"action_type": 3, "value": "1"}], {}),
    ("actions", [{"action_type": [], "value": "1"}], {}),
    ("actions", actions(a="x", b="2"), {"a": None, "b": 2}),
    ("actions", [{"action_type": "a", "value": ["1"]}], {"a": None}),
    ("roas", actions(omni_purchase="x"), None),
    ("roas", actions(purchase="1") * 2, None),
    ("purchases", "x", None),
]


@pytest.mark.parametrize(("field", "raw", "expected"), UNREADABLE)
def test_what_cannot_be_read_is_empty_and_named(field, raw, expected):
    source = {"roas": "purchase_roas", "purchases": "actions"}.get(field, field)
    problems = []
    read_row = row_reader(query(field, "ctr"), problems=problems.append)

    row = read_row({source: raw, "ctr": "1.50", "date_start": "2026-11-16"})

    assert repr(row[field]) == repr(expected)
    assert str(row["ctr"]) == "1.50"
    (problem,) = problems
    assert (problem.field, problem.row) == (field, "2026-11-16")


def test_the_problem_says_which_row_of_which_breakdown():
    problems = []
    wide = query("spend", level=Level.campaign, breakdowns=("age",))
    raw = {"campaign_id": "12", "campaign_name": "S", "age": "18-24", "spend": "?"}

    row_reader(wide, problems=problems.append)(raw | {"date_start": "2026-11-16"})

    assert problems[0].row == "2026-11-16, campaign_id 12, age 18-24"


def test_each_field_is_named_once_and_each_value_still_read():
    problems = []
    read_row = row_reader(query("spend", "clicks"), problems=problems.append)

    rows = [read_row({"spend": spend, "clicks": "?"}) for spend in ("?", "?", "2")]

    assert [problem.field for problem in problems] == ["spend", "clicks"]
    assert [row["spend"] for row in rows] == [None, None, Decimal(2)]


def test_action_types_are_never_summed_and_two_of_one_type_are_kept():
    likes = [
        {"action_type": "post_reaction", "value": "13"},
        {"action_type": "post_reaction", "action_reaction": "like", "value": "8"},
    ]
    problems = []

    row = row_reader(query("actions"), problems=problems.append)(
        {"actions": [{"action_type": "link_click", "value": "3"}, *likes]}
    )

    assert row["actions"] == {
        "link_click": 3,
        "post_reaction": [
            {"action_type": "post_reaction", "value": 13},
            {"action_type": "post_reaction", "action_reaction": "like", "value": 8},
        ],
    }
    assert problems == []


def test_an_entry_without_a_value_keeps_its_windows():
    entries = [{"action_type": "a", "7d_click": "2"}, {"action_type": "b"}]

    row = row_reader(query("actions"))({"actions": entries})

    assert row["actions"] == {"a": [{"action_type": "a", "7d_click": 2}], "b": None}


def test_with_windows_each_value_is_an_object_by_window():
    wide = query(
        "actions", "action_values", action_attribution_windows=("1d_click", "1d_view")
    )
    clicks = {"action_type": "link_click", "value": "4", "1d_click": "3", "dda": "1"}
    value = {"action_type": "purchase", "value": "9.50", "1d_view": "9.50"}

    row = row_reader(wide)({"actions": [clicks], "action_values": [value]})

    assert row["actions"] == {
        "link_click": {"value": 4, "1d_click": 3, "1d_view": None}
    }
    assert repr(row["action_values"]) == repr(
        {
            "purchase": {
                "value": Decimal("9.50"),
                "1d_click": None,
                "1d_view": Decimal("9.50"),
            }
        }
    )
    assert row_reader(wide)({})["actions"] == {}


def test_with_windows_two_of_one_type_are_kept():
    wide = query("actions", action_attribution_windows=("1d_click",))
    entries = actions(a="1") + actions(a="2")

    assert row_reader(wide)({"actions": entries})["actions"] == {
        "a": [{"action_type": "a", "value": 1}, {"action_type": "a", "value": 2}]
    }


def test_with_action_breakdowns_a_list_of_typed_objects_stays():
    wide = query("actions", action_breakdowns=("action_type", "action_device"))
    entries = [
        {"action_type": "link_click", "action_device": "iphone", "value": "4"},
        {"action_type": "link_click", "value": "5", "action_target_id": "77"},
    ]

    assert row_reader(wide)({"actions": entries})["actions"] == [
        {"action_type": "link_click", "action_device": "iphone", "value": 4},
        {
            "action_type": "link_click",
            "action_device": None,
            "value": 5,
            "action_target_id": "77",
        },
    ]
    assert row_reader(wide)({})["actions"] == []


def test_the_action_type_alone_is_the_default_form():
    wide = query("actions", action_breakdowns=("action_type",))

    assert row_reader(wide)({"actions": actions(a="1")})["actions"] == {"a": 1}


def test_results_keep_their_form_with_numbers_in_it():
    results = {
        "indicator": "actions:offsite_conversion.fb_pixel_purchase",
        "values": [{"value": "4.0", "attribution_windows": ["default"]}],
    }
    cost = {"indicator": "x", "values": [{"value": "12.00"}, {"value": "n/a"}]}
    curve = [{"action_type": "video_view", "value": ["100", "41"]}]

    row = row_reader(query("results", "cost_per_result", "video_play_curve_actions"))(
        {
            "results": [results],
            "cost_per_result": [cost],
            "video_play_curve_actions": curve,
        }
    )

    assert repr(row["results"]) == repr(
        [
            {
                "indicator": "actions:offsite_conversion.fb_pixel_purchase",
                "values": [{"value": 4, "attribution_windows": ["default"]}],
            }
        ]
    )
    assert repr(row["cost_per_result"][0]["values"]) == repr(
        [{"value": Decimal("12.00")}, {"value": "n/a"}]
    )
    assert row["video_play_curve_actions"][0]["value"] == [100, 41]


def test_a_breakdown_is_text_whatever_it_looks_like():
    wide = query("spend", breakdowns=("frequency_value", "image_asset"))

    row = row_reader(wide)({"frequency_value": "2", "image_asset": {"id": "3"}})

    assert (row["frequency_value"], row["image_asset"]) == ("2", {"id": "3"})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("purchase", "1.5"), ("omni_purchase", "2.50")], "2.50"),
        ([("other", "9"), ("purchase", "1.5")], "1.5"),
        ([("other", "9"), ("more", "8")], "9"),
        ([("omni_purchase", "")], "None"),
        ([], "None"),
    ],
)
def test_roas_takes_omni_purchase_before_others(entries, expected):
    entries = [{"action_type": kind, "value": value} for kind, value in entries]

    row = row_reader(query("roas"))({"purchase_roas": entries})

    assert str(row["roas"]) == expected
    assert "purchase_roas" not in row


PLAIN = [
    ("purchases", "actions", actions(purchase="2", omni_purchase="3"), "3"),
    ("purchases", "actions", actions(link_click="2"), "None"),
    (
        "purchases",
        "actions",
        actions(offsite_conversion__fb_pixel_purchase="4"),
        "4",
    ),
    ("purchase_value", "action_values", actions(purchase="9.50"), "9.50"),
    ("cost_per_purchase", "cost_per_action_type", actions(purchase="1.5"), "1.5"),
    ("leads", "actions", actions(onsite_conversion__lead_grouped="1", lead="2"), "2"),
    ("cost_per_lead", "cost_per_action_type", actions(lead="7.123456"), "7.123456"),
    ("link_clicks", "actions", actions(post_engagement="9", link_click="3"), "3"),
    ("landing_page_views", "actions", actions(omni_landing_page_view="8"), "8"),
    ("actions:add_to_cart", "actions", actions(add_to_cart="6"), "6"),
    ("conversions:contact_total", "conversions", actions(contact_total="2"), "2"),
    ("action_values:x.y", "action_values", actions(x__y="2.50"), "2.50"),
    ("actions:a", "actions", None, "None"),
]


@pytest.mark.parametrize(("name", "source", "raw", "expected"), PLAIN)
def test_one_type_has_a_column(name, source, raw, expected):
    assert str(row_reader(query(name))({source: raw})[name]) == expected


def test_one_window_of_one_type_has_a_column():
    entry = {"action_type": "a: b", "value": "5", "1d_view": "2"}

    names = ("actions:a: b:1d_view", "actions:a: b", "actions:a: b:7d_click")
    row = row_reader(query(*names))({"actions": [entry]})

    assert [row[name] for name in names] == [2, 5, None]


def test_extra_fields_come_last_and_once():
    row = row_reader(query("spend"), ["account_currency", "spend"])(RAW)

    assert list(row) == ["date_start", "date_stop", "spend", "account_currency"]
