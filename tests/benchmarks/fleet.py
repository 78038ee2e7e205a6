"""How many ad accounts a day's sync serves an hour, under the quotas that Meta says."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
from msgspec import Struct
from rich.console import Console
from rich.table import Table
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from metaconnect.constants import Level
from metaconnect.errors import MetaconnectError
from metaconnect.flows.insights import InsightsRequest, reading
from metaconnect.flows.many import each
from metaconnect.graph.client import GraphClient
from metaconnect.graph.throttle import Throttle
from metaconnect.insights.query import InsightsQuery
from metaconnect.models import AccessToken, Connection, MetaHost, TimeRange
from metaconnect.sandbox import Sandbox, create_app
from metaconnect.sandbox.middleware import GraphMiddleware

from .fast_loop import FastLoop
from .programs import Programs
from .report import Line

CLIENTS = 5000
FEW = 1000  # where more would only take longer
DAYS = 29  # yesterday, and the 28 days before it
HOUR = 3600.0
START = datetime(2026, 11, 20, 3, tzinfo=UTC)
URL = "http://meta"
# Twelve ads, and two hundred; the sandbox's own ad accounts.
SMALL, LARGE = "101000000000000", "101000000047514"
ADS = {SMALL: 12, LARGE: 200}


class Case(Struct, frozen=True, kw_only=True):
    """
    What is assumed. `app_quota` are requests of Insights an hour, 0 is no limit.

    Of an ad account it is 600 (limited access) or 190,000 (full), and 400 for each of
    its active ads; of an app Meta gives no number.
    https://developers.facebook.com/docs/marketing-api/overview/rate-limiting
    """

    level: Level
    like: str = SMALL
    clients: int = CLIENTS
    access: int = 600
    seconds: float = 1.0  # an answer takes
    app_quota: int = 0


CASES = (
    Case(level=Level.account),
    Case(level=Level.ad),
    Case(level=Level.ad, seconds=3.0, clients=FEW),
    Case(level=Level.ad, access=190_000, clients=FEW),
    Case(level=Level.ad, like=LARGE, clients=FEW // 4),
    Case(level=Level.ad, app_quota=2000),
)


class Outcome(Struct, kw_only=True):
    """What came of a case; `hours` are those of Meta's clock."""

    first_hour: int = 0
    hours: float = 0.0
    requests: int = 0
    refused: int = 0
    rows: int = 0
    cpu_seconds: float = 0.0

    def rate(self, clients: int) -> float:
        """Return how many ad accounts an hour are served."""
        return clients / self.hours if self.hours <= 1 else self.first_hour


class Replay:
    """An ASGI application: every ad account has the rows of one of the sandbox's."""

    def __init__(self, like: str) -> None:
        self._path = f"/v25.0/act_{like}/insights"
        self._answers: dict[bytes, bytes] = {}
        # The sandbox uses threads, for which the simulated clock would not wait.
        self._elsewhere = ThreadPoolExecutor(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"]
        if query not in self._answers:
            asked = self._elsewhere.submit(asyncio.run, self._asked(query.decode()))
            self._answers[query] = asked.result()  # nothing else goes on meanwhile
        response = Response(self._answers[query], media_type="application/json")
        await response(scope, receive, send)

    async def _asked(self, query: str) -> bytes:
        sandbox = Sandbox(clock=lambda: START)
        token = sandbox.issue_token(scopes=("ads_read",))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(sandbox)),
            base_url="http://localhost",
            headers={"Authorization": f"Bearer {token}"},
        ) as client:
            answer = await client.get(f"{self._path}?{query}")
        return answer.raise_for_status().content


class Fleet:
    """Clients that are read as `sync` does it, and again an hour later if refused."""

    def __init__(self, case: Case, loop: FastLoop) -> None:
        self._case = case
        self._loop = loop
        self.outcome = Outcome()
        self.sandbox = Sandbox(clock=lambda: START + timedelta(seconds=loop.time()))
        switches = self.sandbox.switches
        switches.quota = case.access + 400 * ADS[case.like]
        switches.app_quota = case.app_quota
        switches.latency_ms = round(case.seconds * 1000)

    async def run(self) -> Outcome:
        """Serve everybody."""
        left, hour = self._requests(), 0
        async with self._graph() as self._client:
            while left:
                await asyncio.sleep(hour * HOUR - self._loop.time())
                done = await each(left, self._serve)
                left = [one for one, ok in zip(left, done, strict=True) if not ok]
                hour += 1
        self.outcome.hours = self._loop.time() / HOUR
        self.outcome.requests = len(self.sandbox.requests)
        return self.outcome

    @asynccontextmanager
    async def _graph(self) -> AsyncIterator[GraphClient]:
        app = GraphMiddleware(Replay(self._case.like), self.sandbox)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport) as http:
            throttle = Throttle(clock=self._loop.time)
            host = MetaHost(graph_url=URL, dialog_url=URL, version="v25.0")
            yield GraphClient(host, http=http, throttle=throttle)

    def _requests(self) -> list[InsightsRequest]:
        last = START.date() - timedelta(days=1)
        days = TimeRange(since=last - timedelta(days=DAYS - 1), until=last)
        return [
            InsightsRequest(
                connection=Connection(
                    client_id=f"client{number}",
                    token=AccessToken(value=f"EAAB{number}"),
                    user_facebook_id="1",
                    ad_account_id=f"act_{number}",
                    timezone_name="Europe/Berlin",
                    currency="EUR",
                ),
                ad_account_id=f"act_{number}",
                query=InsightsQuery(level=self._case.level, time_increment="1"),
                window=days,
            )
            for number in range(1, self._case.clients + 1)
        ]

    async def _serve(self, request: InsightsRequest) -> bool:
        """Read one ad account; return whether Meta let it."""
        rows = 0
        try:
            async with reading(request, graph=self._client) as pages:
                async for page in pages:
                    rows += len(page)
        except MetaconnectError:
            self.outcome.refused += 1
            return False
        self.outcome.rows += rows
        self.outcome.first_hour += self._loop.time() <= HOUR
        return True


def simulated(case: Case) -> Outcome:
    """Run *case* on a clock of its own."""
    loop = FastLoop()
    began = time.process_time()
    try:
        outcome = loop.run_until_complete(Fleet(case, loop).run())
    finally:
        loop.close()
    outcome.cpu_seconds = time.process_time() - began
    return outcome


def fleet(_programs: Programs, _turns: int) -> Iterator[Line]:
    """The daily sync of thousands of ad accounts, simulated."""
    _print([(case, simulated(case)) for case in CASES])
    yield from ()


def _print(outcomes: Sequence[tuple[Case, Outcome]]) -> None:
    table = Table(title=f"{DAYS} days of each ad account, on a simulated clock")
    headings = ("accounts", "level", "ads", "quota an hour", "of the app", "an answer")
    headings += ("accounts/h", "all done", "requests", "put off", "rows", "CPU")
    for heading in headings:
        table.add_column(heading, justify="right")
    for case, outcome in outcomes:
        table.add_row(
            f"{case.clients:,}",
            case.level.value,
            f"{ADS[case.like]}",
            f"{case.access + 400 * ADS[case.like]:,}",
            f"{case.app_quota:,}" if case.app_quota else "no limit",
            f"{case.seconds:g} s",
            f"{outcome.rate(case.clients):,.0f}",
            f"{outcome.hours:.2f} h",
            f"{outcome.requests:,}",
            f"{outcome.refused:,}",
            f"{outcome.rows:,}",
            f"{outcome.cpu_seconds:.0f} s",
        )
    Console(width=130).print(table)
