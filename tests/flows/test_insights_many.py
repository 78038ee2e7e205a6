"""One query for many clients: order, labels, failures, and what is under way."""

import asyncio

import pytest

from metaconnect.errors import MetaconnectError, NotConnected, TokenRejected
from metaconnect.flows.insights_many import Failure, labelled_columns
from metaconnect.flows.many import AT_ONCE
from metaconnect.flows.report import InsightsReport
from metaconnect.graph.client import GraphClient
from metaconnect.insights.query import insights_query

from .conftest import asked

pytestmark = pytest.mark.anyio
CLIENTS = [f"client-{number:02}" for number in range(20)]
OTHER = "act_102000000000000"
QUERY = insights_query("yesterday", fields="spend")


@pytest.fixture
def clients(connect):
    for client_id in CLIENTS:
        connect(client_id)
    return CLIENTS


async def read(program, requests):
    failures = []
    async with program.reading_many(requests, failed=failures.append) as parts:
        found = [part async for part in parts]
    return found, failures


async def test_rows_say_whose_they_are_in_the_order_of_the_clients(program, clients):
    found = await program.insights_many(date_preset="yesterday", fields="spend")

    assert [row["client"] for row in found.rows] == CLIENTS
    assert {row["account_id"] for row in found.rows} == {"101000000000000"}
    assert list(found.rows[0]) == [c.name for c in labelled_columns(QUERY)]
    assert found.failures == []


async def test_named_clients_keep_the_order_in_which_they_are_named(program, clients):
    found = await program.insights_many(
        ["client-07", "client-03"], "yesterday", fields="spend"
    )

    assert [row["client"] for row in found.rows] == ["client-07", "client-03"]


async def test_what_fails_for_one_leaves_the_others(program, clients, connect, meta):
    connect("client-05", token="EAAB-of-nobody")

    found = await program.insights_many(
        [*CLIENTS, "stranger"], "yesterday", fields="spend"
    )

    assert [row["client"] for row in found.rows] == [
        client for client in CLIENTS if client != "client-05"
    ]
    by_client = {failure.client_id: failure.error for failure in found.failures}
    assert isinstance(by_client.pop("client-05"), TokenRejected)
    assert isinstance(by_client.pop("stranger"), NotConnected)
    assert by_client == {}


async def test_the_hint_of_a_failure_names_its_client(program, clients, connect):
    connect("client-05", token="EAAB-of-nobody")

    found = await program.insights_many(["client-05"], "yesterday")

    assert "--client client-05" in found.failures[0].error.hint


async def test_every_ad_account_that_a_token_reaches(program, connect):
    connect()
    reached = [account.id for account in await program.ad_accounts("acme")]

    found = await program.insights_requests(QUERY, all_accounts=True)

    assert [request.ad_account_id for request in found.requests] == reached
    assert len(reached) > 1
    assert all(request.timezone_name for request in found.requests)


async def test_ad_accounts_by_id_each_once(program, connect):
    connect()

    found = await program.insights_requests(QUERY, ["acme"], [OTHER, OTHER[4:]])

    assert [request.ad_account_id for request in found.requests] == [OTHER]


async def test_only_a_few_are_asked_at_a_time(program, clients, monkeypatch):
    targets = await program.insights_requests(QUERY)
    under_way, most = 0, 0
    real = GraphClient.get_decoded

    async def get_decoded(*args, **params):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        try:
            return await real(*args, **params)
        finally:
            under_way -= 1

    monkeypatch.setattr(GraphClient, "get_decoded", get_decoded)
    await read(program, targets.requests)

    assert 1 < most <= AT_ONCE


async def test_a_block_that_is_left_stops_every_request(program, clients, meta):
    targets = await program.insights_requests(insights_query("last_90d", level="ad"))
    async with program.reading_many(targets.requests, failed=print) as parts:
        await anext(parts)
        await asyncio.sleep(0.1)  # until the pages ahead have come
    seen = {request["path"] for request in asked(meta, "/insights")}
    await asyncio.sleep(0.1)

    assert {request["path"] for request in asked(meta, "/insights")} <= seen
    assert len(seen) < len(CLIENTS)
    assert not any("fill" in repr(task) for task in asyncio.all_tasks())


async def test_what_is_not_an_error_of_meta_ends_it_all(program, clients):
    targets = await program.insights_requests(QUERY)

    def read(_request, **_how):
        raise ZeroDivisionError

    program.reading = read
    with pytest.raises(ZeroDivisionError):
        async with program.reading_many(targets.requests, failed=print) as parts:
            async for _ in parts:
                pass


async def test_reports_come_in_order_with_failures_in_their_place(program, connect):
    connect("a")
    connect("b", token="EAAB-of-nobody")
    connect("c")
    targets = await program.insights_requests(QUERY)
    failures: list[Failure] = []

    found = await program.reports(targets.requests, failed=failures.append)

    assert [type(each) for each in found] == [InsightsReport, Failure, InsightsReport]
    assert found[1] is failures[0]
    assert isinstance(failures[0].error, MetaconnectError)
