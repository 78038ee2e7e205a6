"""A Meta in this process: objects that spend on days, pages, faults, report runs."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import msgspec

from metaconnect.graph.client import GraphClient
from metaconnect.graph.throttle import Throttle
from metaconnect.models import MetaHost

DAY = timedelta(days=1)
TOO_MUCH = {"code": 1, "message": "Please reduce the amount of data you're asking for"}
DOWN = {"code": 2, "message": "down", "is_transient": True}
LIMITED = {"code": 80000, "message": "There have been too many calls"}
NO_RUN = {"code": 100, "error_subcode": 33, "message": "Unsupported get request"}
NOT_READY = {"code": 2601, "error_subcode": 1815107, "is_transient": True}


class Clock:
    """Moves only while somebody sleeps, who sleep at the same time."""

    def __init__(self):
        self.now = 0.0
        self.slept = []

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.slept.append(seconds)
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


@dataclass
class PretendMeta:
    """
    *density* says how many objects spend on each day of the week, *order* how rows
    are sorted; *faults* are the numbers of the requests that fail, and how.
    """

    density: tuple[int, ...] = (10,)
    order: str = "date"
    most_rows: int = 10**9  # of a synchronous query
    most_a_page: int = 10**9
    faults: dict[int, str] = field(default_factory=dict)
    endings: tuple[str, ...] = ()  # of the report runs, in turn; then they complete
    latency: int = 0  # turns of the event loop
    requests: list = field(default_factory=list)
    runs: dict[str, list] = field(default_factory=dict)
    polls: Counter = field(default_factory=Counter)
    failed: Counter = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0
    usage: float = 1.0
    timezone_name: str | None = "UTC"
    now: datetime | None = None  # where the only preset is asked for
    made: dict[str, list] = field(default_factory=dict)

    async def __call__(self, request):
        number = len(self.requests)
        params = {k: v[0] for k, v in parse_qs(request.url.query.decode()).items()}
        if request.method == "POST":
            params |= {k: v[0] for k, v in parse_qs(request.content.decode()).items()}
        self.requests.append((request.method, request.url.path, params))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            for _ in range(self.latency + 1):
                await asyncio.sleep(0)
            return self._answer(number, request, params)
        finally:
            self.in_flight -= 1

    def _answer(self, number, request, params):
        path = request.url.path.removeprefix("/v26.0")
        key = (request.method, path, params.get("after"), params.get("time_range"))
        fault = self.faults.get(number)
        if fault and self.failed[key] < (1 if request.method == "POST" else 3):
            self.failed[key] += 1
            return self._fault(fault, request)
        if request.method == "POST":
            return self._start(params)
        if path.startswith("/act_") and path.endswith("/insights"):
            return self._insights(params)
        if path.startswith("/act_"):
            if self.timezone_name is None:
                return answer({"error": {"code": 100, "message": "no"}}, 400)
            return answer({"timezone_name": self.timezone_name})
        if path.endswith("/insights"):
            return self._report(path.split("/")[1], params)
        return self._poll(path.removeprefix("/"))

    def _fault(self, fault, request):
        if fault == "drop":
            raise httpx.ReadError("gone", request=request)
        if fault == "html":
            return httpx.Response(502, stream=httpx.ByteStream(b"<html>Bad gateway"))
        if fault == "throttle":
            usage = {"1": [{"call_count": 100, "estimated_time_to_regain_access": 1}]}
            headers = {"x-business-use-case-usage": json.dumps(usage)}
            return answer({"error": LIMITED}, 400, headers)
        return answer({"error": TOO_MUCH if fault == "much" else DOWN}, 500)

    def _insights(self, params):
        rows = self.rows(params)
        limit = int(params["limit"])
        if len(rows) > self.most_rows or min(limit, len(rows)) > self.most_a_page:
            return answer({"error": TOO_MUCH}, 500)
        return self._page(rows, params)

    def _page(self, rows, params):
        start, limit = int(params.get("after", 0)), int(params["limit"])
        page = rows[start : start + limit]
        paging = {"cursors": {"after": str(start + limit)}}
        if start + limit < len(rows):
            paging["next"] = "https://somewhere.example"
        used = {"1": [{"call_count": self.usage}]}
        headers = {"x-business-use-case-usage": json.dumps(used)}
        return answer({"data": page, "paging": paging}, headers=headers)

    def _start(self, params):
        run_id = str(1000 + len(self.runs))
        ending = dict(enumerate(self.endings)).get(len(self.runs), "completed")
        self.runs[run_id] = [ending, self.rows(params)]
        return answer({"report_run_id": run_id if len(self.runs) % 2 else int(run_id)})

    def _poll(self, run_id):
        self.polls[run_id] += 1
        ending, polls = self.runs[run_id][0], self.polls[run_id]
        if polls == 1:
            return answer({"error": NO_RUN}, 400)
        status, percent = {
            "completed": ("Job Completed", 100),
            "early": ("Job Completed", min(100, 30 * polls)),
            "failed": ("Job Failed", 0),
            "skipped": ("Job Skipped", 0),
            "stuck": ("Job Running", 100),
        }[ending]
        if polls == 2:
            status, percent = "Job Running", 40
        body = {"id": run_id, "async_status": status}
        body["async_percent_completion"] = percent
        if status == "Job Failed":
            body |= {"error_code": 2601, "error_message": "There was an error."}
            body["error_user_msg"] = "It could not be run."
        return answer(body)

    def _report(self, run_id, params):
        ending, rows = self.runs[run_id]
        if ending not in ("completed", "early") or self.polls[run_id] < 3:
            return answer({"error": NOT_READY}, 400)
        return self._page(rows, params)

    def rows(self, params):
        """Return all rows of a query, in the order of this ad account."""
        asked = {k: v for k, v in params.items() if k not in ("after", "limit")}
        key = json.dumps(asked, sort_keys=True)
        if key not in self.made:
            self.made[key] = self._rows(params)
        return self.made[key]

    def _rows(self, params):
        names = {"account": (), "campaign": ("campaign_id",), "ad": ("ad_id",)}
        ages = ("18-24", "25-34") if params.get("breakdowns") else (None,)
        found = []
        for since, until in units(self._dated(params)):
            days = [since + n * DAY for n in range((until - since).days + 1)]
            spent = self._spent(days, params, ages)
            dates = {"date_start": since.isoformat(), "date_stop": until.isoformat()}
            for (name, age), spend in spent.items():
                row = dict.fromkeys(names[params["level"]], name) | dates
                row |= {"spend": f"{spend}.00"} | ({"age": age} if age else {})
                found.append(row)
        return self._sorted(self._filtered(found, params), params)

    def _dated(self, params):
        if "date_preset" not in params:
            return params
        days = {"since": self.now.date() - 28 * DAY, "until": self.now.date() - DAY}
        return params | {"time_range": json.dumps(days, default=str)}

    def _spent(self, days, params, ages):
        """Return what each object has spent: of two ads in one campaign the sum."""
        wanted = None
        for each in json.loads(params.get("filtering", "[]")):
            if each["field"] == "campaign.id":
                wanted = set(each["value"])
        spent = Counter()
        for day in days:
            for ad in range(self.density[day.toordinal() % len(self.density)]):
                campaign = f"c{ad // 2}"
                if wanted is not None and campaign not in wanted:
                    continue
                own = {"account": "", "campaign": campaign, "ad": f"a{ad}"}
                for age in ages:
                    number = 1 + (ad * 7 + day.toordinal() * 3 + len(age or "")) % 50
                    spent[own[params["level"]], age] += number
        return spent

    def _filtered(self, rows, params):
        for each in json.loads(params.get("filtering", "[]")):
            if each["field"] == "spend":
                rows = [r for r in rows if float(r["spend"]) > float(each["value"])]
        return rows

    def _sorted(self, rows, params):
        if params.get("sort"):
            return sorted(rows, key=lambda row: float(row["spend"]))
        if self.order == "object":
            return sorted(rows, key=identity)
        if self.order == "shuffled":
            return sorted(rows, key=scrambled)
        return rows


def identity(row):
    return row.get("ad_id", row.get("campaign_id", "")), row.get("age", "")


def scrambled(row):
    return hashlib.md5(repr((identity(row), row["date_start"])).encode()).digest()


def units(params):
    """Yield the first and the last day of each row of a query."""
    given = json.loads(params["time_range"])
    since, until = (date.fromisoformat(given[key]) for key in ("since", "until"))
    step = params["time_increment"]
    while since <= until:
        if step == "monthly":
            end = (since.replace(day=28) + 4 * DAY).replace(day=1) - DAY
        else:
            end = until if step == "all_days" else since + (int(step) - 1) * DAY
        yield since, min(end, until)
        since = end + DAY


def answer(body, status=200, headers=None):
    content = msgspec.json.encode(body)
    return httpx.Response(status, stream=httpx.ByteStream(content), headers=headers)


def client_of(meta, clock=None, notice=lambda _text: None, **options):
    """Return a GraphClient of *meta*, which does not really wait."""
    clock = clock or Clock()
    http = httpx.AsyncClient(transport=httpx.MockTransport(meta), trust_env=False)
    throttle = Throttle(sleep=clock.sleep, clock=clock, jitter=lambda: 0.5, **options)
    host = MetaHost(graph_url="http://meta.example")
    return GraphClient(host, http=http, throttle=throttle, notice=notice)
