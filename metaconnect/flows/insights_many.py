"""One query for many clients and ad accounts, where one failure is not all of them."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Sequence,
)
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, NamedTuple

import msgspec

from ..constants import FieldKind
from ..errors import MetaconnectError
from ..insights.query import InsightsQuery
from ..insights.schema import columns
from ..models import Column, Connection, Row
from ..stores.base import ConnectionStore
from .clients import chosen_connections, naming
from .insights import InsightsRequest
from .many import AT_ONCE, each

CLIENT: Final = "client"
ACCOUNT: Final = "account_id"
_PAGES_AHEAD: Final = 2  # of each ad account, while those before it are printed


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong with a client, or with one of its ad accounts."""

    client_id: str
    ad_account_id: str | None = None
    error: MetaconnectError


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a query is asked of, in order, and who cannot be asked."""

    requests: tuple[InsightsRequest, ...]
    failures: tuple[Failure, ...] = ()


class Part(NamedTuple):
    """Some of the rows that answer a request, labelled."""

    request: InsightsRequest
    rows: list[Row]


RequestsOf = Callable[[str, Connection | None], Awaitable[list[InsightsRequest]]]
Read = Callable[
    [InsightsRequest], AbstractAsyncContextManager[AsyncIterator[list[Row]]]
]
Failed = Callable[[Failure], None]


async def targets_of(
    clients: Collection[str] | None, store: ConnectionStore, requests_of: RequestsOf
) -> Targets:
    """
    Return what is asked of *clients*, by default of all that are connected.

    *requests_of* says it of one, whose connection it is given where there is one.
    """
    found, _missing = await chosen_connections(store, clients)
    connections: dict[str, Connection | None] = {c.client_id: c for c in found}
    order = dict.fromkeys(clients if clients is not None else connections)

    async def one(client_id: str) -> list[InsightsRequest] | Failure:
        try:
            with naming(client_id):
                return await requests_of(client_id, connections.get(client_id))
        except MetaconnectError as error:
            return Failure(client_id=client_id, error=error)

    targets = await each(order, one)
    return Targets(
        requests=tuple(r for one in targets if isinstance(one, list) for r in one),
        failures=tuple(each for each in targets if isinstance(each, Failure)),
    )


@asynccontextmanager
async def reading_many(
    requests: Iterable[InsightsRequest], *, read: Read, failed: Failed
) -> AsyncIterator[AsyncIterator[Part]]:
    """
    Yield the rows of all *requests*, in their order and each labelled (see `label`).

    A few are read at a time, whichever is printed. *failed* is told of each that
    fails as soon as it does; the pages before its failure have been yielded.
    """
    room = asyncio.Semaphore(AT_ONCE)
    lanes = [_Lane(request) for request in requests]
    tasks = [asyncio.create_task(lane.fill(read, failed, room)) for lane in lanes]

    async def parts() -> AsyncIterator[Part]:
        for lane in lanes:
            while (page := await lane.pages.get()) is not None:
                yield Part(lane.request, label(lane.request, page))
            if lane.unforeseen:
                raise lane.unforeseen

    try:
        yield parts()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Lane:
    """The pages of one request on their way; None comes after the last."""

    def __init__(self, request: InsightsRequest) -> None:
        self.request = request
        self.pages: asyncio.Queue[list[Row] | None] = asyncio.Queue(_PAGES_AHEAD)
        self.unforeseen: Exception | None = None

    async def fill(self, read: Read, failed: Failed, room: asyncio.Semaphore) -> None:
        async with room:
            try:
                async with read(self.request) as pages:
                    async for page in pages:
                        await self.pages.put(page)
            except MetaconnectError as error:
                failed(failure_of_request(self.request, error))
            except Exception as error:  # noqa: BLE001  raised to whoever reads
                self.unforeseen = error
        await self.pages.put(None)


def failure_of_request(request: InsightsRequest, error: MetaconnectError) -> Failure:
    return Failure(
        client_id=request.connection.client_id,
        ad_account_id=request.ad_account_id,
        error=error,
    )


def label(request: InsightsRequest, rows: Sequence[Row]) -> list[Row]:
    """Return *rows* with whose they are: `client` and Meta's `account_id`."""
    whose = {
        CLIENT: request.connection.client_id,
        ACCOUNT: request.ad_account_id.removeprefix("act_"),
    }
    return [{**whose, **row, **whose} for row in rows]


def labelled(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns of labelled rows: *columns* after whose they are."""
    own = tuple(c for c in columns if c.name not in (CLIENT, ACCOUNT))
    return (Column(name=CLIENT), Column(name=ACCOUNT, kind=FieldKind.ID), *own)


def labelled_columns(query: InsightsQuery) -> tuple[Column, ...]:
    """
    Return the columns of labelled rows that answer *query*.

    Their money has no unit: the ad accounts may have several currencies.
    """
    return labelled(columns(query))
