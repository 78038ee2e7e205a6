"""
However a query is read, its rows are those of a plain sequential read, each once.

Hypothesis draws queries, ad accounts and faults.
"""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from metaconnect.constants import Level
from metaconnect.graph.gate import IN_FLIGHT
from metaconnect.insights.fetch import Source, insights_params
from metaconnect.insights.filters import Filter
from metaconnect.insights.query import InsightsQuery
from metaconnect.insights.reading import open_rows
from metaconnect.insights.report_runs import SMALL_REFUSALS
from metaconnect.insights.windows import may_split
from metaconnect.models import AccessToken, TimeRange

from .pretend import PretendMeta, client_of

EXAMPLES = 1000
RUNNER = asyncio.Runner()
TOKEN = AccessToken(value="EAAtoken")
FAULTS = ("drop", "500", "html", "throttle", "much")
OF_OBJECTS = Filter(
    field="campaign.id", operator="IN", value=tuple(f"c{n}" for n in range(0, 40, 3))
)
OF_ROWS = Filter(field="spend", operator="GREATER_THAN", value=12)

filters = st.sampled_from([(), (), (), (OF_OBJECTS,), (OF_ROWS,)])


@st.composite
def queries(draw):
    since = date(2026, 1, 1) + timedelta(draw(st.integers(0, 40)))
    until = since + timedelta(draw(st.integers(0, 60)))
    increments = ["1", "1", "1", "2", "7", "30", "monthly", "all_days"]
    return InsightsQuery(
        fields=("spend",),
        level=draw(
            st.sampled_from([Level.ad, Level.ad, Level.campaign, Level.account])
        ),
        time_range=TimeRange(since=since, until=until),
        time_increment=draw(st.sampled_from(increments)),
        breakdowns=draw(st.sampled_from([(), (), ("age",)])),
        filtering=draw(filters),
        sort=draw(st.sampled_from([(), (), (), ("spend_ascending",)])),
        limit=draw(st.sampled_from([None, None, None, None, 7, 150])),
    )


# Meta may refuse a small request for its size now and then, not all the time.
faults = st.dictionaries(
    st.integers(0, 40), st.sampled_from(FAULTS), max_size=5
).filter(lambda found: list(found.values()).count("much") <= SMALL_REFUSALS)


@st.composite
def metas(draw):
    return PretendMeta(
        density=tuple(draw(st.lists(st.integers(0, 40), min_size=1, max_size=4))),
        order=draw(st.sampled_from(["date", "object", "shuffled"])),
        most_rows=draw(st.sampled_from([10**9, 10**9, 200, 60, 10])),
        most_a_page=draw(st.sampled_from([10**9, 10**9, 60, 30])),
        faults=draw(faults),
        endings=draw(
            st.sampled_from([(), ("failed",), ("skipped",), ("stuck",), ("early",)])
        ),
        latency=draw(st.integers(0, 3)),
    )


async def rows_read(meta, query, **options):
    source = Source(client_of(meta), TOKEN, "act_1", query, rows_a_page=100, raw=True)
    async with open_rows(source, **options) as pages:
        return [row async for page in pages for row in page]


def plain(meta, query):
    """Return the rows of a sequential read without faults."""
    params = insights_params(query).items()
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params}
    return meta.rows(texts)[: query.limit]


REFUSED = PretendMeta(density=(2,), order="date", most_a_page=30)
REFUSED.faults = {0: "much", 9: "much"}


@pytest.mark.timeout(180)
@example(
    meta=REFUSED,
    query=InsightsQuery(
        fields=("spend",),
        level=Level.ad,
        time_range=TimeRange(since=date(2026, 1, 1), until=date(2026, 1, 16)),
        sort=("spend_ascending",),
    ),
)
@given(meta=metas(), query=queries())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
def test_every_row_comes_once(meta, query):
    rows = RUNNER.run(rows_read(meta, query))

    expected = plain(meta, query)
    by_date = sorted(expected, key=lambda row: row["date_start"])
    # A query that is cut into windows has its rows by date.
    assert rows in ([expected, by_date] if may_split(query) else [expected])
    assert meta.most_in_flight <= IN_FLIGHT
