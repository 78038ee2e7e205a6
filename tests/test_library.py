"""The program as a library: without a terminal, inside and outside an event loop."""

import asyncio
import json
import logging
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import metaconnect
from metaconnect import (
    AsyncMetaconnect,
    Metaconnect,
    fetch_meta_insights,
    fetch_meta_insights_async,
)
from metaconnect.errors import (
    AdAccountNotFound,
    InvalidRequest,
    NotConnected,
    UsageError,
)

ACCOUNT = "act_101000000000000"
OTHER_ACCOUNT = "act_101000000007919"


@pytest.fixture(autouse=True)
def same_settings(connected, monkeypatch):
    for name, value in connected.env.items():
        monkeypatch.setenv(name, value)


class TestTheTwoLineWay:
    def test_a_week_of_rows_with_exact_numbers(self):
        rows = fetch_meta_insights("acme", ACCOUNT)

        assert len(rows) == 7
        assert all(isinstance(row["spend"], Decimal) for row in rows)
        assert all(type(row["clicks"]) is int for row in rows)
        assert date.fromisoformat(rows[0]["date_start"])

    def test_the_twin_gives_the_same_inside_an_event_loop(self):
        async def both():
            return await asyncio.gather(
                fetch_meta_insights_async("acme", ACCOUNT, "last_7d"),
                fetch_meta_insights_async("acme", ACCOUNT.removeprefix("act_")),
            )

        one, two = asyncio.run(both())
        assert one == two == fetch_meta_insights("acme", ACCOUNT)

    def test_dates_take_the_place_of_the_preset(self):
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

    def test_raw_rows_are_as_meta_sent_them(self):
        row = fetch_meta_insights("acme", ACCOUNT, raw=True)[0]

        assert isinstance(row["spend"], str)
        assert "purchase_roas" in row

    def test_an_account_that_is_not_the_clients_is_refused(self, meta):
        for account in (OTHER_ACCOUNT, "A name"):
            with pytest.raises(AdAccountNotFound, match="is not the ad account of"):
                fetch_meta_insights("acme", account)

        assert meta.sandbox.requests == []

    def test_any_account_reads_another_that_the_token_reaches(self):
        rows = fetch_meta_insights("acme", OTHER_ACCOUNT, any_account=True)

        assert rows
        assert rows != fetch_meta_insights("acme", ACCOUNT)

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("beta", ACCOUNT), NotConnected),
            (("acme", ACCOUNT, "last_week"), UsageError),
        ],
    )
    def test_what_cannot_be_done_raises_our_own_errors(self, arguments, error):
        with pytest.raises(error):
            fetch_meta_insights(*arguments)


class TestTheProgram:
    def test_rows_come_at_once_or_as_they_come(self):
        with Metaconnect() as meta:
            at_once = meta.insights("acme", "last_7d", level="campaign")
            streamed = list(meta.stream_insights("acme", "last_7d", level="campaign"))

        assert at_once == streamed
        assert len(at_once) > 7
        assert {"campaign_id", "campaign_name"} <= at_once[0].keys()

    def test_a_stream_that_is_left_early_is_closed(self):
        with Metaconnect() as meta:
            rows = meta.stream_insights("acme", "last_90d", level="ad")
            assert next(rows)["ad_id"]
            rows.close()

            assert meta.insights("acme", "yesterday")

    def test_it_works_where_a_loop_is_running_already(self):
        async def cell():
            with Metaconnect() as meta:
                return meta.insights("acme"), fetch_meta_insights("acme", ACCOUNT)

        one, two = asyncio.run(cell())
        assert one == two
        assert len(one) == 7

    def test_connections_and_ad_accounts(self):
        with Metaconnect() as meta:
            (connection,) = meta.connections()
            assert meta.connection("acme") == meta.connection() == connection
            ad_accounts = meta.ad_accounts("acme")
            changed = meta.use_ad_account("acme", OTHER_ACCOUNT)

        assert connection.client_id == "acme"
        assert (connection.currency, connection.timezone_name) == (
            "EUR",
            "Europe/Berlin",
        )
        assert ACCOUNT in {account.id for account in ad_accounts}
        assert changed.ad_account_id == OTHER_ACCOUNT
        assert changed.timezone_name == "Europe/Vienna"

    def test_many_reads_share_one_pool_of_connections(self, meta):
        async def many():
            async with AsyncMetaconnect() as program:
                reads = [program.insights("acme", "yesterday") for _ in range(8)]
                return await asyncio.gather(*reads)

        found = asyncio.run(many())
        assert len(found) == 8
        assert all(rows == found[0] for rows in found)

    def test_what_a_person_should_know_goes_to_logging(self, monkeypatch, caplog):
        monkeypatch.setenv("META_API_VERSION", "v24.0")

        with caplog.at_level(logging.INFO, "metaconnect"), Metaconnect() as meta:
            meta.insights("acme")
        assert any("v26.0" in message for message in caplog.messages)

    def test_an_error_keeps_what_meta_said(self):
        with Metaconnect() as meta, pytest.raises(InvalidRequest) as caught:
            meta.insights("acme", ad_account="act_999")

        facts = caught.value.as_dict()
        assert (facts["code"], facts["subcode"]) == (100, 33)
        assert facts["type"] == "InvalidRequest"
        assert facts["exit_code"] == 5

    def test_outside_its_block_it_says_so(self):
        with pytest.raises(RuntimeError, match="with"):
            Metaconnect().connections()


WITHOUT_A_TERMINAL = """
import sys
for name in ("typer", "click", "rich"):
    sys.modules[name] = None  # cannot be imported
import asyncio
from metaconnect import AsyncMetaconnect, Metaconnect, fetch_meta_insights
with Metaconnect() as meta:
    rows = meta.insights("acme", "last_7d", level="campaign")
    assert rows and meta.connections() and meta.ad_accounts("acme")
    assert meta.clients()
async def read():
    async with AsyncMetaconnect() as meta:
        return [row async for row in meta.stream_insights("acme")]
assert asyncio.run(read()) == fetch_meta_insights("acme", "act_101000000000000")
assert not [name for name in sys.modules if name.startswith("metaconnect.cli")]
"""


def test_it_runs_where_typer_click_and_rich_cannot_be_imported(connected):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_TERMINAL],
        env=connected.env,
        cwd=connected.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_public_names_are_few_and_documented():
    assert sorted(metaconnect.__all__) == metaconnect.__all__
    for name in metaconnect.__all__:
        assert getattr(metaconnect, name).__doc__
    with pytest.raises(AttributeError):
        metaconnect.nothing_of_the_kind  # noqa: B018


def test_the_package_is_typed():
    assert Path(metaconnect.__file__).with_name("py.typed").exists()


class TestOtherShapes:
    def test_rows_that_json_takes(self):
        rows = fetch_meta_insights("acme", ACCOUNT, numbers="float")

        assert json.loads(json.dumps(rows)) == rows
        assert isinstance(rows[0]["spend"], float)

    def test_a_stream_too(self):
        with Metaconnect() as meta:
            row = next(meta.stream_insights("acme", numbers="str"))

        assert isinstance(row["spend"], str)

    def test_a_data_frame(self):
        with Metaconnect() as meta:
            found = meta.insights_frame("acme", "last_7d", level="campaign")
            rows = meta.insights("acme", "last_7d", level="campaign")

        assert found["clicks"].sum() == sum(row["clicks"] for row in rows)
        assert list(found.columns) == list(rows[0])

    def test_many_clients(self):
        with Metaconnect() as meta:
            found = meta.insights_many(["acme", "stranger"], "yesterday")

        assert [row["client"] for row in found.rows] == ["acme"]
        assert [failure.client_id for failure in found.failures] == ["stranger"]
