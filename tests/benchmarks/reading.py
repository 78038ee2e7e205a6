"""How long Insights take, from seven rows to a million."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from metaconnect.constants import DEFAULT_VERSION, Level
from metaconnect.insights.fetch import insights_params
from metaconnect.insights.query import InsightsQuery

from .measure import compare
from .programs import ONE_GET, SDK, Programs
from .report import Line
from .servers import control, sandbox, synthetic

SMALL = "act_101000000000000"
LARGE = "act_101000000047514"
LARGE_ROWS = 18_000
LATENCY = 200  # milliseconds
FEW, MANY = 10_000, 1_000_000


def seven_rows(programs: Programs, turns: int) -> Iterator[Line]:
    """A small query from the local store against one bare GET."""
    with sandbox() as url:
        programs.connect(url, control(url, "tokens")["access_token"], SMALL)
        params = insights_params(InsightsQuery())
        path = f"{url}/{DEFAULT_VERSION}/{SMALL}/insights"
        programs.env["BENCHMARK_URL"] = f"{path}?{urlencode(params)}"
        floor = programs.floor("one_get", ONE_GET)
        figures = compare(programs.ours("insights", "--format", "json"), floor, turns)
    yield Line.of("7 rows as JSON, over one bare GET", figures, budget=1.15)


def many_rows(programs: Programs, turns: int) -> Iterator[Line]:
    """36 pages to NDJSON against Meta's own SDK."""
    yield from _against_sdk(programs, turns, latency=0, budget=0.45)


def slow_pages(programs: Programs, turns: int) -> Iterator[Line]:
    """The same where each page takes its time."""
    yield from _against_sdk(programs, min(turns, 3), latency=LATENCY, budget=0.2)


def memory(programs: Programs, _turns: int) -> Iterator[Line]:
    """The peak memory of a long stream over that of a short one."""
    with synthetic() as url:
        programs.connect(url, "EAAB", f"act_{FEW}")
        few, many = (
            programs.ours(
                "insights", "--format", "ndjson", "--account", f"act_{rows}"
            ).cost()
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


def _against_sdk(
    programs: Programs, turns: int, *, latency: int, budget: float
) -> Iterator[Line]:
    query = InsightsQuery(level=Level.ad, date_preset="last_90d")
    with sandbox() as url:
        programs.connect(url, control(url, "tokens")["access_token"], LARGE)
        programs.env["BENCHMARK_QUERY"] = json.dumps(insights_params(query))
        sdk = programs.floor("sdk", SDK)
        ours = programs.ours(
            "insights", "--level", "ad", "--preset", "last_90d", "--format", "ndjson"
        )
        # The sandbox makes the rows up once; both sides must see all of them.
        if (ours.lines(), sdk.lines()) != (LARGE_ROWS, LARGE_ROWS):
            raise RuntimeError("the rows are not all there")
        control(url, "switches", latency_ms=latency)
        figures = compare(ours, sdk, turns)
    what = f"{LARGE_ROWS:,} rows, {latency} ms a page, over facebook-business"
    yield Line.of(what, figures, budget=budget)
