"""
An Insights edge of recorded rows, precomputed: ``act_…000018000`` has 18,000 of them.

    python -m tests.benchmarks.synthetic FILE MILLISECONDS

FILE has a row of Meta's a line, sorted by day. An ad account repeats or leaves out
rows, so that it has as many as the last nine digits of its number say, the same number
every day. Dates are those of the file, asked for by `time_range` or as last_Nd. Every
answer takes MILLISECONDS longer; GET /_requests says how many there were since.
"""

import json
import re
import sys
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, groupby, islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ACCOUNT = re.compile(r"/act_(\d+)(/insights)?$")
# What an ad account says of itself.
FACTS = {"name": "Shoes", "currency": "EUR", "timezone_name": "UTC"}


class Rows:
    """The recorded rows, by day."""

    def __init__(self, path: Path) -> None:
        lines = path.read_bytes().splitlines()
        days = groupby(lines, lambda line: json.loads(line)["date_start"])
        self.by_day = {date.fromisoformat(day): list(rows) for day, rows in days}

    def days(self, query: dict[str, str]) -> list[date]:
        known = list(self.by_day)
        if wanted := query.get("time_range"):
            since, until = (date.fromisoformat(d) for d in json.loads(wanted).values())
            return [day for day in known if since <= day <= until]
        preset = re.fullmatch(r"last_(\d+)d", query["date_preset"])
        return known[-int(preset[1]) :]

    def part(self, day: date, first: int, end: int) -> bytes:
        """Return rows of a day: in what order they come does not matter here."""
        start = first % len(self.by_day[day])
        return b",".join(islice(cycle(self.by_day[day]), start, start + end - first))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one piece
    rows: Rows
    latency = 0.0  # seconds
    requests = 0

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/_requests":
            self.answer(str(Handler.requests).encode())
            Handler.requests = 0
            return
        Handler.requests += 1
        time.sleep(self.latency)
        account, edge = ACCOUNT.search(url.path).groups()
        if edge:
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            self.answer(self.page(int(account) % 10**9, query))
        else:
            self.answer(json.dumps({"id": f"act_{account}", **FACTS}).encode())

    def page(self, total: int, query: dict[str, str]) -> bytes:
        days, a_day = self.rows.days(query), -(-total // len(self.rows.by_day))
        first = int(query.get("after", 0))
        end = min(first + int(query.get("limit", 25)), a_day * len(days))
        parts = (
            self.rows.part(day, max(first - start, 0), min(end - start, a_day))
            for day, start in zip(days, range(0, end, a_day), strict=False)
            if start + a_day > first
        )
        paging = {"cursors": {"before": str(first), "after": str(end)}}
        if end < a_day * len(days):
            paging["next"] = f"http://localhost/?after={end}"
        data, paging = b",".join(parts), json.dumps(paging).encode()
        return b'{"data":[%b],"paging":%b}' % (data, paging)

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """Say nothing."""


if __name__ == "__main__":
    Handler.rows = Rows(Path(sys.argv[1]))
    Handler.latency = int(sys.argv[2]) / 1000
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        print(f"http://localhost:{server.server_port}", file=sys.stderr, flush=True)
        server.serve_forever()
