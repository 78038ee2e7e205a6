"""A page read from its bytes in one pass has the rows that rows.py reads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaconnect.constants import Level
from metaconnect.errors import ServiceUnavailable
from metaconnect.graph.decode import decode_body
from metaconnect.insights.decode import PageDecoder
from metaconnect.insights.query import InsightsQuery
from metaconnect.insights.typed import TypedRows

from .samples import RAW, actions
from .test_corpus import KEYS, QUERIES, raw_rows

EXTRA = ("account_currency", "not_known_yet")
WINDOWS = ("1d_view", "7d_click")
PICKS = InsightsQuery(
    fields=("actions", "purchases", "roas", "cost_per_lead", "actions:a:7d_click"),
    level=Level.ad,
)
ALL = {**QUERIES, "picks": PICKS}

# Some are numbers to msgspec, to Decimal or to int, and some to all three.
HOSTILE = [
    "",
    "NaN",
    "-Infinity",
    "inf",
    "1E-7",
    "4.2e5",
    "1e39",
    "1e999999999",
    "1_000",
    " 1",
    "1 ",
    "+1",
    ".5",
    "5.",
    "-",
    "-0",
    "007",
    "1,50",
    "1\n2",
    "1.2.3",
    "0x1",
    "null",
    "true",
    "12.0",
    "12.0000000000000000001",
    "9007199254740993.0",
    "١٢",
    "\u00a012",
    "9" * 41,
    "1." + "1" * 60,
]

NUMBERS = st.one_of(
    st.integers(-9, 10**7).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.sampled_from(HOSTILE),
    st.text(max_size=4),
)
ODD = st.one_of(
    NUMBERS,
    st.none(),
    st.booleans(),
    st.integers(-(10**45), 10**45),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just([]),
    st.just({}),
    st.just([{"value": "3"}, None]),
)
TYPES = st.sampled_from(["a", "omni_purchase", "purchase", "lead", "é", ""])
ENTRY = st.one_of(
    st.fixed_dictionaries({"action_type": TYPES, "value": NUMBERS}),
    st.fixed_dictionaries(
        {"action_type": TYPES, "value": NUMBERS},
        optional={name: NUMBERS | st.none() for name in (*WINDOWS, "action_reaction")},
    ),
)
LISTS = st.one_of(
    st.lists(ENTRY, max_size=4, unique_by=lambda entry: entry["action_type"]),
    st.lists(ENTRY | ODD, max_size=3),
    st.lists(st.dictionaries(st.sampled_from(["action_type", "value"]), ODD)),
    ODD,
)
KEYS_DRAWN = {
    **dict.fromkeys(("spend", "cpc", "ctr", "impressions", "clicks"), NUMBERS | ODD),
    **dict.fromkeys(("campaign_name", "ad_id", "country"), ODD | st.text(max_size=5)),
    **dict.fromkeys(("results", "not_known_yet", "date_start", "unasked"), ODD),
    **dict.fromkeys(
        ("actions", "purchase_roas", "conversions", "cost_per_action_type"), LISTS
    ),
}
ROWS = st.lists(st.fixed_dictionaries({}, optional=KEYS_DRAWN), max_size=4)


def body_of(rows, **rest):
    return json.dumps({"data": rows, **rest}).encode()


def both(query, content, extra=EXTRA):
    """Return what the two ways make of a page, the rows with their digits."""
    problems = []
    decoder = PageDecoder(
        query, extra, timezone_name="Asia/Tokyo", problems=problems.append
    )
    plain = decoder.from_body(decode_body(content))
    typed = TypedRows(query, extra, timezone_name="Asia/Tokyo").read(content)
    return typed, plain, problems


@settings(max_examples=400, deadline=None)
@given(rows=ROWS, name=st.sampled_from(sorted(ALL)))
def test_the_rows_are_the_same_whatever_meta_sends(rows, name):
    typed, plain, problems = both(ALL[name], body_of(rows))

    assert typed is None or (repr(typed) == repr(plain) and not problems)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("key", KEYS)
def test_every_recorded_row_is_the_same(key, name):
    for row in raw_rows(key):
        typed, plain, problems = both(ALL[name], body_of([row]))

        assert typed is None or (repr(typed) == repr(plain) and not problems)


def test_most_recorded_rows_are_read_in_one_pass():
    rows = [row for key in KEYS for row in raw_rows(key)]
    found = [both(QUERIES["default"], body_of([row]))[0] for row in rows]

    assert sum(page is not None for page in found) > 0.9 * len(rows)


@pytest.mark.parametrize(
    "odd",
    [
        {"actions": actions(a="1") * 2},
        {"actions": [{"action_type": "a"}]},
        {"actions": [{"action_type": "a", "value": 1}]},
        {"clicks": "UNKNOWN"},
        {"clicks": "1_000"},
        {"spend": "NaN"},
        {"spend": " 1"},
        {"spend": "1,50"},
        {"spend": "1\n2"},
        {"campaign_name": "\ud83d"},
    ],
    ids=repr,
)
def test_what_does_not_fit_is_left_to_the_other_way(odd):
    query = InsightsQuery(level=Level.campaign)
    typed, plain, _ = both(query, body_of([RAW, RAW | odd]))

    assert typed is None
    assert len(plain.rows) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"data": {}}',
        b'{"data": [null]}',
        b'{"error": {"code": 1}, "data": []}',
        b'{"\\u0065rror": {"code": 1}, "data": []}',
        b'{"error_type": "OAuthException", "data": []}',
        b'{"data": [], "paging": {"next": "x"}}',
        b'{"data": [], "paging": {"next": "x", "cursors": {"after": ""}}}',
        b'{"data": [{"date_start": "\xff"}]}',
        b'{"data": [' + b'{"results":' * 5000,
    ],
    ids=lambda body: repr(body[:60]),
)
def test_a_body_that_is_no_page_is_none(body):
    assert TypedRows(InsightsQuery()).read(body) is None


def test_an_unusable_cursor_is_an_error_all_the_same():
    body = {"data": [], "paging": {"next": "x", "cursors": {}}}

    with pytest.raises(ServiceUnavailable, match="without a usable cursor"):
        PageDecoder(InsightsQuery()).from_body(body)


@pytest.mark.parametrize(
    ("paging", "after"),
    [
        (None, None),
        ({"cursors": {"after": "A"}}, None),
        ({"cursors": {"after": "A"}, "next": "https://x"}, "A"),
    ],
)
def test_only_the_absence_of_next_ends_the_pages(paging, after):
    page = TypedRows(InsightsQuery()).read(body_of([RAW], paging=paging))

    assert page.after == after


def test_a_large_page_is_read_in_one_pass_and_a_small_one_is_not():
    decoder = PageDecoder(InsightsQuery())

    assert decoder.from_bytes(body_of([RAW])) is None
    assert len(decoder.from_bytes(body_of([RAW] * 100)).rows) == 100
