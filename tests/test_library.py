"""`fetch_meta_insights`: the same rows, from Python."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

import metaconnect
from metaconnect import fetch_meta_insights, fetch_meta_insights_async
from metaconnect.errors import AdAccountNotFound, NotConnected, UsageError

ACCOUNT = "act_101000000000000"


@pytest.fixture(autouse=True)
def same_settings(connected, monkeypatch):
    for name, value in connected.env.items():
        monkeypatch.setenv(name, value)


def test_a_week_of_rows_with_exact_numbers():
    rows = fetch_meta_insights("acme", ACCOUNT)

    assert len(rows) == 7
    assert all(isinstance(row["spend"], Decimal) for row in rows)
    assert all(type(row["clicks"]) is int for row in rows)
    assert date.fromisoformat(rows[0]["date_start"])


def test_the_twin_gives_the_same_inside_an_event_loop():
    async def both():
        return await asyncio.gather(
            fetch_meta_insights_async("acme", ACCOUNT, "last_7d"),
            fetch_meta_insights_async("acme", ACCOUNT.removeprefix("act_")),
        )

    one, two = asyncio.run(both())
    assert one == two == fetch_meta_insights("acme", ACCOUNT)


def test_dates_take_the_place_of_the_preset():
    rows = fetch_meta_insights(
        "acme",
        ACCOUNT,
        since=date(2026, 11, 2),
        until="2026-11-03",
        fields=["spend"],
        level="campaign",
        time_increment="all_days",
    )

    assert {row["date_start"] for row in rows} == {"2026-11-02"}
    assert {row["date_stop"] for row in rows} == {"2026-11-03"}


def test_raw_rows_are_as_meta_sent_them():
    row = fetch_meta_insights("acme", ACCOUNT, raw=True)[0]

    assert isinstance(row["spend"], str)
    assert "purchase_roas" in row


def test_an_account_that_is_not_the_clients_is_refused_unless_any_will_do():
    with pytest.raises(AdAccountNotFound, match="is not the ad account of client"):
        fetch_meta_insights("acme", "act_102000000000000")
    try:
        fetch_meta_insights("acme", "act_102000000000000", any_account=True)
    except metaconnect.MetaconnectError as error:
        assert not isinstance(error, AdAccountNotFound)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("beta", ACCOUNT), NotConnected),
        (("acme", ACCOUNT, "last_week"), UsageError),
    ],
)
def test_what_cannot_be_done_raises_our_own_errors(arguments, error):
    with pytest.raises(error):
        fetch_meta_insights(*arguments)


def test_the_public_names_are_few_and_documented():
    assert sorted(metaconnect.__all__) == metaconnect.__all__
    for name in metaconnect.__all__:
        assert getattr(metaconnect, name).__doc__
