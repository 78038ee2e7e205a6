"""How long Insights take, from seven rows to a million, and how many requests."""

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from urllib.parse import urlencode

from metaconnect.constants import DEFAULT_VERSION, Level
from metaconnect.insights.fetch import ROWS_A_PAGE, insights_params
from metaconnect.insights.query import InsightsQuery

from .measure import Command, compare
from .programs import BARE, ONE_GET, SDK, Programs
from .report import Line
from .servers import control, requests_since, sandbox, synthetic

SMALL = "act_101000000000000"  # the sandbox's
SMALL_ROWS = 90  # one a day
LARGE_ROWS = 18_000
PAGES = LARGE_ROWS // ROWS_A_PAGE
LATENCY = 200  # milliseconds
CLIENTS = 100
FEW, MANY = 9_990, 999_990  # the same number on each of 90 days
TOKEN = "EAABbenchmark"
# Of 90 days, an ad a row: what the query of `insights_params` below asks for.
WHOLE = ("--level", "ad", "--preset", "last_90d", "--format", "ndjson")


def seven_rows(programs: Programs, turns: int) -> Iterator[Line]:
    """A small query from the local store against one bare GET."""
    with sandbox() as url:
        programs.connect(url, control(url, "tokens")["access_token"], SMALL)
        params = insights_params(InsightsQuery())
        path = f"{url}/{DEFAULT_VERSION}/{SMALL}/insights"
        programs.env["BENCHMARK_URL"] = f"{path}?{urlencode(params)}"
        floor = programs.floor("one_get", ONE_GET)
        figures = compare(programs.ours("insights", "--format", "json"), floor, turns)
    yield Line.of("7 rows as JSON, over one bare GET", figures, budget=0.95)
    try:
        distribution("meta-ads")
    except PackageNotFoundError:
        yield Line.note("7 rows, over meta-ads: left out, as that is not installed")


def many_rows(programs: Programs, turns: int) -> Iterator[Line]:
    """36 pages to NDJSON against Meta's own SDK, and against bare httpx."""
    yield from _large(programs, turns, latency=0, budget=0.42)


def slow_pages(programs: Programs, turns: int) -> Iterator[Line]:
    """The same where each page takes its time."""
    yield from _large(programs, min(turns, 3), latency=LATENCY, budget=0.15)


def many_clients(programs: Programs, turns: int) -> Iterator[Line]:
    """A page of each of many clients against one of one client."""
    with synthetic(latency=LATENCY) as url:
        accounts = [_account(SMALL_ROWS, number) for number in range(CLIENTS)]
        programs.connect(url, TOKEN, *accounts)
        asked = ("insights", "--preset", "last_7d", "--format", "ndjson")
        every = programs.ours(*asked, "--all")
        _require(every, CLIENTS * 7)
        one = programs.ours(*asked, "--client", "client0")
        figures = compare(every, one, min(turns, 3))
    what = f"{CLIENTS} clients, a page each of {LATENCY} ms, over one client"
    yield Line.of(what, figures, budget=10)


def memory(programs: Programs, _turns: int) -> Iterator[Line]:
    """The peak memory of a long stream over that of a short one."""
    with synthetic() as url:
        programs.connect(url, TOKEN, _account(FEW))
        few, many = (
            programs.ours("insights", *WHOLE, "--account", _account(rows)).cost()
            for rows in (FEW, MANY)
        )
    yield Line(
        what=f"peak memory of {MANY:,} rows, over {FEW:,} rows",
        ours=f"{many.peak_mib:.1f} MiB",
        theirs=f"{few.peak_mib:.1f} MiB",
        result=f"+{many.peak_mib - few.peak_mib:.1f} MiB",
        budget="+40 MiB",
        kept=many.peak_mib - few.peak_mib <= 40,
    )


def requests(programs: Programs, _turns: int) -> Iterator[Line]:
    """How many requests a query takes over how many pages it has."""
    with synthetic() as url:
        programs.connect(url, TOKEN, _account(SMALL_ROWS))
        small = ("--preset", "last_7d", "--format", "json")
        large = (*WHOLE, "--account", _account(LARGE_ROWS))
        for asked, pages, most in (
            (small, 1, 1),
            (large, PAGES, 1.2 * PAGES + 2),
        ):
            programs.ours("insights", *asked).lines()
            sent = requests_since(url)
            yield Line(
                what=f"requests for {pages} pages",
                ours=f"{sent}",
                theirs=f"{pages}",
                result=f"{sent / pages:.2f}",
                budget=f"{most / pages:.2f}",
                kept=sent <= most,
            )


def _large(
    programs: Programs, turns: int, *, latency: int, budget: float
) -> Iterator[Line]:
    query = InsightsQuery(level=Level.ad, date_preset="last_90d")
    account = _account(LARGE_ROWS)
    with synthetic(latency=latency) as url:
        programs.connect(url, TOKEN, account)
        programs.env["BENCHMARK_QUERY"] = json.dumps(insights_params(query))
        programs.env["BENCHMARK_PATH"] = f"{DEFAULT_VERSION}/{account}/insights"
        ours = programs.ours("insights", *WHOLE)
        others = {
            "facebook-business": programs.floor("sdk", SDK),
            "bare httpx": programs.floor("bare", BARE),
        }
        for each in (ours, *others.values()):
            _require(each, LARGE_ROWS)
        for name, other in others.items():
            yield Line.of(
                f"{LARGE_ROWS:,} rows, {latency} ms a page, over {name}",
                compare(ours, other, turns),
                budget=budget if name == "facebook-business" else None,
            )


def _require(command: Command, rows: int) -> None:
    """Raise RuntimeError unless the command prints that many lines."""
    if (found := command.lines()) != rows:
        raise RuntimeError(f"{found} rows of {rows}: {command.arguments}")


def _account(rows: int, number: int = 0) -> str:
    """Return the ad account of the synthetic server that has so many rows."""
    return f"act_{number + 1}{rows:09}"
