"""Meta's own SDK and ours read the same rows."""

import asyncio
import json
from datetime import date
from decimal import Decimal

import pytest
from facebook_business.adobjects.adaccount import AdAccount

from metaconnect.api import AsyncMetaconnect
from metaconnect.constants import Level
from metaconnect.flows.insights import InsightsRequest
from metaconnect.insights.query import InsightsQuery
from metaconnect.models import AccessToken, Connection, TimeRange
from metaconnect.sandbox.breakdowns import COMBINATIONS
from metaconnect.settings import Settings

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*:UserWarning:facebook_business"),
]
FIRST = "act_101000000000000"
DELETED, TWICE = "act_103000000000001", "act_103000000000004"
SHUFFLED, KIRITIMATI, GAPS, OPTED_IN = (
    f"act_1030000000000{n}" for n in (22, 23, 25, 26)
)
LEVELS = ["account", "campaign", "adset", "ad"]
INCREMENTS = ["1", "7", "monthly", "all_days"]
FIELDS = ("spend", "impressions", "reach", "actions", "action_values", "purchase_roas")
WINDOWS = ("7d_click", "1d_view")


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def ours(server, token, runner, tmp_path):
    """Read a query with our client; return rows as Meta sent them, and typed."""
    settings = Settings(
        meta_app_id=server.app_id,
        meta_app_secret=server.app_secret,
        graph_url=server.url,
        dialog_url=server.url,
        store="local",
        secrets="file",
        home=str(tmp_path),
    )

    async def read(account, query, *, raw):
        connection = Connection(
            client_id="acme",
            token=AccessToken(value=token),
            user_facebook_id="122100000000000001",
            ad_account_id=account,
            graph_url=server.url,
            app_id=server.app_id,
        )
        request = InsightsRequest(
            connection=connection, ad_account_id=account, query=query
        )
        async with (
            AsyncMetaconnect(settings) as meta,
            meta.reading(request, raw=raw) as pages,
        ):
            return [row async for page in pages for row in page]

    return lambda account, query, *, raw=True: runner.run(read(account, query, raw=raw))


@pytest.fixture
def theirs(api):
    """Read the same query with Meta's SDK."""

    def theirs(account, query):
        days = query.time_range
        params = {
            "level": query.level.value,
            "time_increment": query.time_increment,
            "time_range": {"since": str(days.since), "until": str(days.until)},
            "breakdowns": list(query.breakdowns),
            "action_breakdowns": list(query.action_breakdowns),
            "action_attribution_windows": list(query.action_attribution_windows),
            "limit": 200,
        }
        params = {name: value for name, value in params.items() if value}
        asked = AdAccount(account, api=api)
        found = asked.get_insights(fields=list(query.fields), params=params)
        return [row.export_all_data() for row in found]

    return theirs


@pytest.fixture
def compare(ours, theirs):
    """Compare both, whatever the order, and return how many rows there were."""

    def compare(account, *, level="campaign", days=(9, 19), **asked):
        first, last = (date(2026, 11, day) for day in days)
        ids = [f"{each}_id" for each in LEVELS[: LEVELS.index(level) + 1]]
        query = InsightsQuery(
            fields=(*ids, *FIELDS),
            level=Level(level),
            time_range=TimeRange(since=first, until=last),
            **asked,
        )
        expected = theirs(account, query)
        names = set().union(*expected)
        found = [
            {name: row[name] for name in names if name in row}
            for row in ours(account, query)
        ]
        assert in_order(found) == in_order(expected)
        typed = ours(account, query, raw=False)
        assert sum(row["spend"] for row in typed) == sum(
            Decimal(row["spend"]) for row in expected
        )
        return len(typed)

    return compare


def in_order(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("increment", INCREMENTS)
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_and_increment(compare, level, increment):
    assert compare(FIRST, level=level, time_increment=increment)


@pytest.mark.parametrize("names", sorted(filter(None, COMBINATIONS)), ids=",".join)
def test_every_breakdown(compare, names):
    assert compare(OPTED_IN, breakdowns=names, days=(18, 19))


@pytest.mark.parametrize("account", [DELETED, TWICE, SHUFFLED, KIRITIMATI, GAPS])
def test_special_ad_accounts(compare, account):
    assert compare(account, level="ad")


def test_windows_and_action_breakdowns(compare):
    assert compare(FIRST, action_attribution_windows=WINDOWS)
    assert compare(FIRST, action_breakdowns=("action_type", "action_device"))


def test_what_needs_opting_in_is_empty_for_both(compare):
    assert compare(FIRST, breakdowns=("frequency_value",)) == 0
