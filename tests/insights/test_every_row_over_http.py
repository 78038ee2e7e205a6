"""The same against the sandbox, over HTTP: every row once, whatever goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metaconnect.constants import Level
from metaconnect.graph.client import GraphClient
from metaconnect.graph.http import open_http
from metaconnect.graph.throttle import Throttle
from metaconnect.insights.fetch import Source, insights_params
from metaconnect.insights.query import insights_query
from metaconnect.insights.reading import open_rows
from metaconnect.models import AccessToken, MetaHost
from metaconnect.sandbox.accounts import SPECIAL
from metaconnect.sandbox.query import parse_query
from metaconnect.sandbox.rows import rows_of

from .pretend import Clock

# Rows in several orders, limits on queries and pages, report runs of every kind.
ACCOUNTS = [
    f"1030000000000{number}"
    for number in (
        "07",
        "08",
        "09",
        "10",
        "11",
        "13",
        "14",
        "17",
        "18",
        "20",
        "22",
        "25",
    )
]
FAULTS = ("drop", "2", "html-gateway", "1/reduce", "80000", "body-cut")


@st.composite
def queries(draw):
    since = date(2026, 9, 1) + timedelta(draw(st.integers(0, 20)))
    until = since + timedelta(draw(st.integers(0, 20)))
    return insights_query(
        since=since,
        until=until,
        fields="spend,impressions",
        level=draw(st.sampled_from([Level.ad, Level.ad, Level.campaign])),
        time_increment=draw(st.sampled_from(["1", "1", "7", "monthly", "all_days"])),
        sort=draw(st.sampled_from([None, None, None, "spend"])),
    )


faults = st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(1, 12)), max_size=4)


async def rows_read(server, account, query):
    clock = Clock()
    host = MetaHost(graph_url=server.url)
    token = server.sandbox.issue_token(scopes=("ads_read",))
    async with open_http(host) as http:
        throttle = Throttle(sleep=clock.sleep, clock=clock, jitter=lambda: 0.5)
        graph = GraphClient(host, http=http, throttle=throttle)
        source = Source(
            graph,
            AccessToken(value=token),
            f"act_{account}",
            query,
            raw=True,
            rows_a_page=100,
        )
        async with open_rows(source) as pages:
            return [row async for page in pages for row in page]


def expected(server, account, query):
    (found,) = [each for each in SPECIAL if each["account_id"] == account]
    params = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in insights_params(query).items()
    }
    asked = parse_query(params, found, server.sandbox)
    return [json.loads(row) for row in rows_of(asked)]


@pytest.mark.timeout(120)
@given(account=st.sampled_from(ACCOUNTS), query=queries(), faults=faults)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_row_comes_once(sandbox_server, account, query, faults):
    sandbox_server.sandbox.reset()
    sandbox_server.sandbox.switches.regain_minutes = 1
    for fault, after in faults:
        sandbox_server.sandbox.plan("*", fault, 1, after=after)

    rows = asyncio.run(rows_read(sandbox_server, account, query))

    found = Counter(json.dumps(row, sort_keys=True) for row in rows)
    wanted = expected(sandbox_server, account, query)
    assert found == Counter(json.dumps(row, sort_keys=True) for row in wanted)
    if query.sort:
        spent = [float(row["spend"]) for row in rows]
        assert spent == sorted(spent)
